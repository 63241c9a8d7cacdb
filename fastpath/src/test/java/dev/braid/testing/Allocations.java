package dev.braid.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that code allocates on the Java heap. */
public final class Allocations {
    private static final int RUNS = 20_000;
    private static final int ROUNDS = 20;

    private Allocations() {}

    /**
     * Runs the body in up to {@value #ROUNDS} rounds of {@value #RUNS} runs, until one of them allocates nothing:
     * before the JIT compiler has done its work, which a busy machine puts off, short-lived views of memory still
     * cost heap.
     *
     * @return bytes per run in the most frugal round, rounded down
     */
    public static long perRun(Runnable body) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < RUNS; i++) {
                body.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / RUNS);
        }
        return least;
    }
}
