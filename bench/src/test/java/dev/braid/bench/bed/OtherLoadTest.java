package dev.braid.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherLoadTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir private Path proc;

    private void process(long pid, String name, long parent, long ticks) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), pid + " (" + name + ") S " + parent
                + " 1 1 0 -1 4194560 0 0 0 0 " + ticks / 2 + " " + (ticks - ticks / 2) + " 0 0 20 0 1 0 100 0 0\n");
    }

    @Test
    @SuppressWarnings("try") // nothing was started
    void theBusiestStrangerSpoilsARun() throws IOException {
        try (OtherLoad load = OtherLoad.over(proc)) {
            process(10, "quiet", 1, 1000);
            process(11, "a (odd) name", 1, 1000);
            process(12, "ours", 1, 1000);
            process(13, "ksoftirqd/0", 2, 1000);
            load.isOurs(12);
            load.sample(SECOND_NS);
            process(10, "quiet", 1, 1030);
            process(11, "a (odd) name", 1, 1060);
            process(12, "ours", 1, 1100);
            process(13, "ksoftirqd/0", 2, 1100);
            load.sample(2 * SECOND_NS);
            assertThat(load.takeWorst()).isEqualTo(new Disturbance("a (odd) name", 0.6));
        }
    }

    @Test
    @SuppressWarnings("try") // nothing was started
    void aLittleLoadSpoilsNothing() throws IOException {
        try (OtherLoad load = OtherLoad.over(proc)) {
            process(10, "quiet", 1, 1000);
            load.sample(SECOND_NS);
            process(10, "quiet", 1, 1019);
            load.sample(2 * SECOND_NS);
            assertThat(load.takeWorst()).isNull();
        }
    }
}
