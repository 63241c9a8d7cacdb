package dev.braid.stack;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.pipeline.CoreTask;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.nio.CoreHost;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** How a stack ends: gracefully for as long as {@link #GRACE_NS}, then hard. */
final class StackShutdown {
    /** How long what was written may take to leave. */
    private static final long GRACE_NS = 1_000_000_000L;
    /** How long the FINs may take; a peer that does not finish in this time is reset. */
    private static final long GOODBYE_NS = 100_000_000L;
    private static final long POLL_MS = 2;
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private final StackCore core;
    private final ChunkPool chunks;
    private final CoreHost host;
    private final Pipeline pipeline;
    private boolean begun;

    StackShutdown(StackCore core, ChunkPool chunks, CoreHost host, Pipeline pipeline) {
        this.core = core;
        this.chunks = chunks;
        this.host = host;
        this.pipeline = pipeline;
    }

    /** Ends the stack. Answers whether this call did it, and its memory can go. */
    synchronized boolean run() {
        if (begun) {
            return false;
        }
        begun = true;
        onCore(nowNs -> host.closeAll());
        await(GRACE_NS, this::isQuiet);
        await(GOODBYE_NS, this::isAlone);
        onCore(core::close);
        pipeline.close();
        while (!host.dispose()) {
            pause(NEVER);
        }
        return true;
    }

    private void await(long atMostNs, BooleanSupplier over) {
        long deadlineNs = System.nanoTime() + atMostNs;
        while (pipeline.failure() == null && !over.getAsBoolean() && System.nanoTime() < deadlineNs) {
            pause(NEVER);
        }
    }

    /** Whether no connection is left, but for those in TIME-WAIT: the last FIN of each is acknowledged, and the peer's is here. */
    private boolean isAlone() {
        var connections = new AtomicInteger();
        onCore(nowNs -> connections.set(core.tcp().connections()));
        return connections.get() == 0;
    }

    /** Whether every channel has handed its bytes to TCP, and TCP, which keeps what is not acknowledged, keeps none. */
    private boolean isQuiet() {
        var open = new AtomicInteger();
        onCore(nowNs -> open.set(host.openChannels()));
        return open.get() == 0 && chunks.inUse() == 0;
    }

    private void onCore(LongConsumer body) {
        var done = new CountDownLatch(1);
        pipeline.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                try {
                    body.accept(nowNs);
                } finally {
                    done.countDown();
                }
            }

            @Override
            public void abandon(@Nullable Throwable cause) {
                done.countDown();
            }
        });
        while (done.getCount() > 0) {
            drive();
            pause(done);
        }
    }

    /** Nobody else drives an invoked pipeline while it is being closed. */
    private void drive() {
        if (pipeline.isInvoked()) {
            pipeline.invoke();
        }
    }

    private void pause(CountDownLatch until) {
        boolean interrupted = Thread.interrupted();
        try {
            if (!until.await(POLL_MS, TimeUnit.MILLISECONDS)) {
                drive();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            // The rest of the shutdown is short; the caller finds the interrupt afterwards.
            Thread.currentThread().interrupt();
        }
    }
}
