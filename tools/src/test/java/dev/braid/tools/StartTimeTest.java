package dev.braid.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.tools.control.ControlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a short command does from the shell, launcher and JVM and all, until it has printed an answer and ended. */
@Tag("kernel")
@Timeout(120)
class StartTimeTest {
    private static final int RUNS = 5;
    private static final String CACHED = "source: shared objects file";

    @TempDir Path folder;

    private static Path root() {
        return Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    }

    private static boolean isBuilt() throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c",
                "root=$PWD; . tools/lib/build.sh && build_is_current && [ -r \"$build_cache\" ]")
                .directory(root().toFile()).redirectErrorStream(true).start().waitFor() == 0;
    }

    private long startMs(String options, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of(root().resolve("tools/bin/braid").toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("XDG_RUNTIME_DIR", folder.toString());
        builder.environment().put("BRAID_JAVA_OPTS", options);
        long began = System.nanoTime();
        int status = builder.start().waitFor();
        long took = System.nanoTime() - began;
        assertThat(status).as(Files.readString(folder.resolve("output"))).isZero();
        return TimeUnit.NANOSECONDS.toMillis(took);
    }

    private List<Long> times(String... words) throws IOException, InterruptedException {
        var times = new ArrayList<Long>();
        for (int i = 0; i < RUNS; i++) {
            times.add(startMs("", words));
        }
        times.sort(null);
        return times;
    }

    @Test
    void aShortCommandTakesWhatItLoadsFromTheCache() throws Exception {
        assumeTrue(isBuilt(), "the jars are not built, or older than the sources: tools/bin/braid builds them");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Path run = Files.createDirectory(folder.resolve("braid"));
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        Path loaded = folder.resolve("loaded");
        try (ControlServer daemon = ControlServer.open(run.resolve("admin.sock"))) {
            Rehearsal.answer(daemon);
            startMs("-Xlog:class+load=info:file=" + loaded, "status", "--json");
            List<Long> times = times("status", "--json");
            // How fast the machine is just now is for people to judge; docs/building.md has figures.
            System.out.println("braid status --json: " + times + " ms, to be below 500");
        }
        List<String> classes = Files.readAllLines(loaded);
        assertThat(classes).hasSizeGreaterThan(1000);
        assertThat(classes.stream().filter(line -> !line.contains(CACHED)).count())
                .as("of %d classes, those from elsewhere", classes.size())
                .isLessThan(classes.size() / 32);
    }
}
