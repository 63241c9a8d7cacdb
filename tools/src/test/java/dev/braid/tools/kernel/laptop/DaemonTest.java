package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code braid up} and the commands that ask it. */
@Tag("kernel")
@Timeout(180)
class DaemonTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    @TempDir Path folder;

    private LaptopBed bed;
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        bed = LaptopBed.start();
        daemon = Daemon.up(bed, folder);
    }

    @AfterEach
    void end() {
        daemon.close();
        bed.close();
    }

    private void configure(String text) throws Exception {
        Files.writeString(folder.resolve("braid.toml"), text);
        new ProcessBuilder("kill", "-HUP", String.valueOf(daemon.status().get("daemon").get("pid").asLong())).start()
                .waitFor();
    }

    private void awaitGoal(String goal) throws Exception {
        long until = System.nanoTime() + LIMIT_NS;
        while (!daemon.status().get("goal").asString().equals(goal)) {
            assertThat(System.nanoTime()).as("the goal became " + goal).isLessThan(until);
            Thread.sleep(10);
        }
    }

    @Test
    void aHangupAppliesTheConfigurationAndABadOneChangesNothing() throws Exception {
        configure("goal = \"latency\"\n");
        awaitGoal("latency");
        configure("goal = \"latncy\"\n[goals]\n\":22\" = \"handover\"\n");
        JsonNode status = daemon.statusByCommand(); // which takes its time
        assertThat(status.get("goal").asString()).isEqualTo("latency");
        assertThat(status.get("goals").toString()).doesNotContain(":22");
        configure("goal = \"redundant\"\n");
        awaitGoal("redundant");
    }
}
