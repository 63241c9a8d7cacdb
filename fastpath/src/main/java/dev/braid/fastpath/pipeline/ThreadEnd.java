package dev.braid.fastpath.pipeline;

/** Waits for threads that were told to end and are certain to. */
public final class ThreadEnd {
    private ThreadEnd() {}

    /**
     * Returns when the thread has ended, and at once when it never began. An interrupt of the caller has to wait, for what the thread
     * uses must not be closed before; it is kept.
     */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
