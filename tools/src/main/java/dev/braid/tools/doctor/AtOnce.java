package dev.braid.tools.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The same trial of several links or sizes at once: what is silent takes its full time. */
final class AtOnce {
    private AtOnce() {}

    /**
     * What came of each, in their order; those that answered {@code null} are left out, and so is what has not come when interrupted.
     *
     * @param trial may block; runs on threads of its own
     */
    static <K, R> Map<K, R> tried(List<K> all, Function<K, @Nullable R> trial) {
        Map<K, R> done = new ConcurrentHashMap<>();
        List<Thread> threads = new ArrayList<>();
        for (K one : all) {
            threads.add(Thread.ofVirtual().start(() -> {
                R result = trial.apply(one);
                if (result != null) {
                    done.put(one, result);
                }
            }));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Map<K, R> ordered = new LinkedHashMap<>();
        for (K one : all) {
            R result = done.get(one);
            if (result != null) {
                ordered.put(one, result);
            }
        }
        return ordered;
    }
}
