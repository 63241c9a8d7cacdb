package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The unit that systemd runs the daemon by. */
@Timeout(30)
final class UnitFileTest {
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @TempDir Path folder;

    @Test
    void systemdKnowsEveryLineOfIt() throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "there is no systemd-analyze");
        String unit = Files.readString(Path.of(System.getProperty("basedir", ""), "systemd", "braid.service"));
        // The place where it is installed is not here.
        Path copy = Files.writeString(
                folder.resolve("braid.service"), unit.replace("/opt/braid/tools/bin/braid", "/bin/true"));
        assertThat(verify(copy)).isEmpty();
        Files.writeString(copy, Files.readString(copy).replace("AmbientCapabilities", "AmbientCapability"));
        assertThat(verify(copy)).contains("Unknown key");
    }

    private static String verify(Path unit) throws Exception {
        Process process = new ProcessBuilder(ANALYZE.toString(), "verify", "--man=no", unit.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
