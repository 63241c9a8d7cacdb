package dev.braid.tundriver.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    @Test
    void aThreadsNicenessIsItsOwnAndThatOfThreadsItStarts() throws Exception {
        List<String> nice = Collections.synchronizedList(new ArrayList<>());
        Thread parent = Thread.ofPlatform().start(() -> {
            assertThat(Scheduling.nice(7)).isZero();
            nice.add(nice());
            Thread child = Thread.ofPlatform().start(() -> nice.add(nice()));
            join(child);
        });
        join(parent);
        assertThat(nice).containsExactly("7", "7");
        assertThat(nice()).isNotEqualTo("7");
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return stat.replaceFirst(".*\\) ", "").split(" ")[16];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
