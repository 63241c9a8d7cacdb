package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where one application thread, platform or virtual, waits for something the core does. No wake-up is lost: the thread shows
 * itself before it looks, and whoever changes what it looks at looks for the thread afterwards.
 */
final class Parking {
    /**
     * Times a platform thread offers its processor before it parks. What it waits for is often one turn of the core's thread
     * away; where both share a processor, yielding to it takes the place of two system calls, one to sleep and one to wake.
     */
    private static final int YIELDS = 4;

    private volatile @Nullable Thread sleeper;

    /** The moment on {@link System#nanoTime} when a timeout is over that begins now, or {@link Deadlines#NONE} for that. */
    static long deadline(long timeoutNs) {
        return timeoutNs == Deadlines.NONE ? Deadlines.NONE : System.nanoTime() + timeoutNs;
    }

    /**
     * Waits until {@code ready} answers true, {@link System#nanoTime} reaches the deadline, or the thread is interrupted.
     *
     * @param deadlineNs {@link Deadlines#NONE} for ever
     * @return what {@code ready} answered last
     */
    boolean await(BooleanSupplier ready, long deadlineNs) {
        if (ready.getAsBoolean() || isReadySoon(ready)) {
            return true;
        }
        sleeper = Thread.currentThread();
        try {
            while (!ready.getAsBoolean()) {
                if (Thread.currentThread().isInterrupted()) {
                    return false;
                }
                if (deadlineNs == Deadlines.NONE) {
                    LockSupport.park(this);
                    continue;
                }
                long left = deadlineNs - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
            }
            return true;
        } finally {
            sleeper = null;
        }
    }

    private static boolean isReadySoon(BooleanSupplier ready) {
        if (Thread.currentThread().isVirtual()) {
            return false;
        }
        for (int i = 0; i < YIELDS; i++) {
            Thread.yield();
            if (ready.getAsBoolean()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Makes the waiting thread, if there is one, look again. What it looks at was written with a volatile store, or a full
     * fence came before the call: otherwise both sides could miss each other.
     */
    void wake() {
        Thread thread = sleeper;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
