package dev.braid.tools.kernel.mptcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.braid.stack.Link;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes over the wire between Braid and the kernel, judged by tshark: no packet may be an error to it. */
@Tag("kernel")
@Timeout(120)
class WireTest {
    private static final boolean FULL = Boolean.getBoolean("braid.full");
    private static final List<String> DEVICES = List.of("braid0", "braid1");

    @TempDir private Path folder;

    @BeforeEach
    void needsTshark() {
        assumeThat(Path.of("/usr/bin/tshark")).as("tshark, which verify installs").exists();
    }

    /** The baseline's: in the short form one. */
    static List<Arguments> baseline() {
        return FULL ? cells() : cells().subList(0, 1);
    }

    static List<Arguments> cells() {
        return MatrixTest.cells().stream().filter(cell -> FULL || isInShortForm(cell)).toList();
    }

    private static boolean isInShortForm(Arguments cell) {
        boolean mixed = ((Families) cell.get()[1]).mixed();
        return switch ((Scenario) cell.get()[0]) {
            case JOIN_BY_CLIENT, ADD_ADDR_WITH_PORT, REMOVE_ADDR_BY_SERVER, CHECKSUMS, MP_PRIO_BY_CLIENT,
                    FAST_CLOSE_BY_CLIENT ->
                !mixed;
            case ADD_ADDR -> mixed;
            default -> false;
        };
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void noPacketOfBraidAsClientIsAnErrorToTshark(Scenario scenario, Families families) throws Exception {
        // Without offloads the devices carry packets as a wire does, checksums complete.
        try (var bed = new TwoPaths(Link::withoutOffloads)) {
            Path file = captured(bed.namespace(), DEVICES, () -> scenario.run(bed.braid(), bed.kernel(), families));
            noErrors(file, scenario, true);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void noPacketOfBraidAsServerIsAnErrorToTshark(Scenario scenario, Families families) throws Exception {
        try (var bed = new TwoPaths(Link::withoutOffloads)) {
            Path file = captured(bed.namespace(), DEVICES, () -> scenario.run(bed.kernel(), bed.braid(), families));
            noErrors(file, scenario, true);
        }
    }

    /** The baseline; what the kernel sends itself has no checksums yet. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("baseline")
    void noPacketBetweenTwoKernelsIsAnErrorToTshark(Scenario scenario, Families families) throws Exception {
        try (var bed = new TwoKernels()) {
            Path file = captured(bed.clientNamespace(), List.of("eth0", "eth1"),
                    () -> scenario.run(bed.client(), bed.server(), families));
            noErrors(file, scenario, false);
        }
    }

    private Path captured(NetworkNamespace namespace, List<String> devices, Conversation.Middle scenario)
            throws Exception {
        Path file = folder.resolve("wire.pcapng");
        Process dumpcap = capture(namespace, devices, file);
        try {
            scenario.happens();
        } finally {
            // Goodbyes and all.
            Thread.sleep(300);
            dumpcap.toHandle().destroy();
            assertThat(dumpcap.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        return file;
    }

    private static void noErrors(Path file, Scenario scenario, boolean checksums) throws Exception {
        if (scenario != Scenario.PLAIN_CLIENT) {
            assertThat(tshark(file, checksums, "tcp.options.mptcp.subtype == 0")).as("MP_CAPABLE").isNotEmpty();
        }
        assertThat(tshark(file, checksums, "_ws.expert.severity == error")).as(scenario.name()).isEmpty();
    }

    private static Process capture(NetworkNamespace namespace, List<String> devices, Path file) throws IOException {
        Process dumpcap = namespace.start("dumpcap", "-q", "-i", devices.get(0), "-i", devices.get(1), "-w",
                file.toString());
        BufferedReader said = dumpcap.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith("File:")) {
                return dumpcap;
            }
        }
        throw new IOException("dumpcap ended");
    }

    private static List<String> tshark(Path file, boolean checksums, String filter) throws Exception {
        Process process = new ProcessBuilder("tshark", "-o", "tcp.check_checksum:" + checksums, "-o",
                "ip.check_checksum:TRUE",
                // Random bytes may look like some application.
                "-d", "tcp.port==1-65535,data", "-r", file.toString(), "-Y", filter, "-T", "fields", "-e",
                "frame.number", "-e", "_ws.col.Info", "-e",
                "_ws.expert.message")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = process.inputReader().readAllLines();
        assertThat(process.waitFor()).as("tshark's exit status").isZero();
        return lines;
    }
}
