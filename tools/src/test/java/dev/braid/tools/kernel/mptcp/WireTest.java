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
import org.junit.jupiter.params.provider.EnumSource;

/** What goes over the wire between Braid and the kernel, judged by tshark: no packet may be an error to it. */
@Tag("kernel")
@Timeout(120)
class WireTest {
    private static final List<String> DEVICES = List.of("braid0", "braid1");

    @TempDir private Path folder;

    @BeforeEach
    void needsTshark() {
        assumeThat(Path.of("/usr/bin/tshark")).as("tshark, which verify installs").exists();
    }

    @ParameterizedTest
    @EnumSource(value = Scenario.class, names = {"JOIN_BY_CLIENT", "ADD_ADDR_WITH_PORT", "REMOVE_ADDR_BY_SERVER",
        "CHECKSUMS",
        "MP_PRIO_BY_CLIENT",
        "FAST_CLOSE_BY_CLIENT"})
    void noPacketIsAnErrorToTshark(Scenario scenario) throws Exception {
        for (boolean braidIsClient : new boolean[] {true, false}) {
            Path file = folder.resolve(scenario + "-" + braidIsClient + ".pcapng");
            // Without offloads the devices carry packets as a wire does, checksums complete.
            try (var bed = new TwoPaths(Link::withoutOffloads)) {
                Process dumpcap = capture(bed.namespace(), file);
                try {
                    scenario.run(braidIsClient ? bed.braid() : bed.kernel(), braidIsClient ? bed.kernel() : bed.braid(),
                            Families.V4);
                } finally {
                    // Goodbyes and all.
                    Thread.sleep(300);
                    dumpcap.toHandle().destroy();
                    assertThat(dumpcap.waitFor(10, TimeUnit.SECONDS)).isTrue();
                }
            }
            assertThat(tshark(file, "tcp.options.mptcp.subtype == 0")).as("MP_CAPABLE in %s", file).isNotEmpty();
            assertThat(tshark(file, "_ws.expert.severity == error")).as(file.getFileName().toString()).isEmpty();
        }
    }

    private static Process capture(NetworkNamespace namespace, Path file) throws IOException {
        Process dumpcap = namespace.start("dumpcap", "-q", "-i", DEVICES.get(0), "-i", DEVICES.get(1), "-w",
                file.toString());
        BufferedReader said = dumpcap.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith("File:")) {
                return dumpcap;
            }
        }
        throw new IOException("dumpcap ended");
    }

    private static List<String> tshark(Path file, String filter) throws Exception {
        Process process = new ProcessBuilder("tshark", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
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
