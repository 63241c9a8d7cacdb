package dev.braid.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what the calling thread allocates on the Java heap: the proof of "nothing per frame in steady state". */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** The least of so many runs counts: the first may compile, load classes or grow a pool. */
    private static final int RUNS = 5;

    private Allocation() {}

    /** Bytes that this call allocated on the calling thread. */
    public static long during(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Bytes that the work allocates once it is warm: the least of several runs. */
    public static long inSteadyState(Runnable work) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            least = Math.min(least, during(work));
        }
        return least;
    }
}
