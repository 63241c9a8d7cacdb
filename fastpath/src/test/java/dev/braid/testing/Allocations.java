package dev.braid.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that code allocates on the Java heap. */
public final class Allocations {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;

    private Allocations() {}

    /**
     * Runs the body until it is warm, then {@value #MEASURED} times more.
     *
     * @return bytes per measured run, rounded down: 0 for code that allocates nothing, whatever the JVM did by the way
     */
    public static long perRun(Runnable body) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            body.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            body.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / MEASURED;
    }
}
