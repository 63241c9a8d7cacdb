package dev.braid.bench.worker;

import dev.braid.tundriver.sys.Scheduling;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Starts what must not wait for a processor: threads it starts are served before others where that is allowed. A link that waits
 * jitters; and the kernel's TCP runs on the thread of the link that brings it a packet, so Braid beside it needs the same.
 */
final class ServedFirst {
    private static final int NICE = -20;

    private ServedFirst() {}

    /** Does it on a thread that is served first, and waits. */
    static <T> T start(Callable<T> work) throws IOException {
        var task = new FutureTask<>(() -> {
            var unused = Scheduling.nice(NICE);
            return work.call();
        });
        Thread.ofPlatform().name("served-first").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
