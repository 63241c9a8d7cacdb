package dev.braid.tools.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code braid drill} as somebody types it. */
@Timeout(60)
class DrillCommandTest {
    @TempDir private Path folder = Path.of("");

    private Process braid(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolveSibling("tools/jvm.args"),
                "-cp", System.getProperty("java.class.path"), "dev.braid.tools.Main", "drill"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @Test
    void aSignalEndsItWithSuccessAndWithoutTraces() throws Exception {
        Path calls = folder.resolve("calls");
        Path wire = folder.resolve("wire");
        Process process = braid("--calls", calls.toString(), "--wire", wire.toString(), "--clock", "real");
        try (var output = process.inputReader()) {
            assertThat(output.readLine()).endsWith("ready");
            try (DrillClient client = new DrillClient(calls, wire, "a")) {
                assertThat(client.virtualClock).isFalse();
                client.listen();
                assertThat(client.inject(Packet.of(0, 0, Packet.SYN, 0))).hasSize(1);

                process.toHandle().destroy();

                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(process.exitValue()).isZero();
            assertThat(output.readLine()).isNull();
            assertThat(Files.exists(calls) || Files.exists(wire)).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aPathThatCannotBeIsOneLine() throws Exception {
        Process process = braid("--calls", folder.resolve("none/calls").toString(), "--wire",
                folder.resolve("w").toString());
        try (var output = process.inputReader()) {
            List<String> lines = output.lines().toList();
            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(lines).singleElement().asString().contains("cannot listen on").contains("none/calls");
        }
    }
}
