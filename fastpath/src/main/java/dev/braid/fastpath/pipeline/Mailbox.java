package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.device.Waiter;
import java.lang.invoke.VarHandle;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** The way for any thread to the protocol's thread. A task is done soon, or abandoned when the pipeline ends; never lost. */
public final class Mailbox {
    private static final int SEGMENT = 1024;
    /** Tasks done in one duty cycle: enough to keep up, few enough to keep frames flowing. */
    private static final int BUDGET = 256;

    private final MpscUnboundedAtomicArrayQueue<CoreTask> tasks = new MpscUnboundedAtomicArrayQueue<>(SEGMENT);
    private final Object abandoning = new Object();
    private final Waiter owner;
    private volatile boolean closed;
    private volatile @Nullable Throwable cause;

    Mailbox(Waiter owner) {
        this.owner = owner;
    }

    /** Hands a task over and wakes the protocol's thread if it sleeps. Any thread; never waits. */
    public void post(CoreTask task) {
        tasks.offer(task);
        if (closed) {
            abandonAll();
            return;
        }
        VarHandle.fullFence();
        owner.wake();
    }

    /** Whether tasks are abandoned from now on. */
    public boolean isClosed() {
        return closed;
    }

    /** What ended the pipeline; {@code null} while it runs and when it was closed in peace. */
    public @Nullable Throwable cause() {
        return cause;
    }

    /** Does some tasks. The protocol's thread. */
    int drain(long nowNs) {
        int done = 0;
        for (; done < BUDGET; done++) {
            CoreTask task = tasks.poll();
            if (task == null) {
                break;
            }
            task.run(nowNs);
        }
        return done;
    }

    /** Abandons what waits and whatever comes later. The protocol's thread when it ends, or another once it has ended. */
    void close(@Nullable Throwable why) {
        if (!closed) {
            cause = why;
            closed = true;
        }
        abandonAll();
    }

    private void abandonAll() {
        synchronized (abandoning) {
            for (CoreTask task = tasks.poll(); task != null; task = tasks.poll()) {
                task.abandon(cause);
            }
        }
    }
}
