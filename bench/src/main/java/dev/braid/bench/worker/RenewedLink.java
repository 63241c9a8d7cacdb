package dev.braid.bench.worker;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.pipeline.CoreTask;
import dev.braid.fastpath.pipeline.Pipeline;
import dev.braid.fastpath.sim.LinkBridge;
import dev.braid.fastpath.sim.LinkConfig;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A bridge that another can take the place of while the pipeline runs: a new one knows no packet and no draw of the old. */
final class RenewedLink implements FrameProcessor {
    private static final long ANSWER_S = 5;
    private static final long LOOK_EVERY_MS = 5;

    private final FramePool frames;
    private final Counters counters;
    private final Pipeline pipeline;
    private LinkBridge bridge;

    RenewedLink(FramePool frames, Counters counters, Pipeline pipeline) {
        this.frames = frames;
        this.counters = counters;
        this.pipeline = pipeline;
        this.bridge = bridge(LinkConfig.PERFECT, LinkConfig.PERFECT, 0);
    }

    private LinkBridge bridge(LinkConfig forth, LinkConfig back, long seed) {
        return new LinkBridge(forth, back, seed, frames, counters, pipeline.output());
    }

    /** Puts a new link in the old one's place; what was on its way is lost. Any thread but the pipeline's. */
    void renew(LinkConfig forth, LinkConfig back, long seed) throws IOException {
        onPipeline(() -> {
            bridge.close();
            bridge = bridge(forth, back, seed);
            return true;
        });
    }

    /** Waits until nothing is on its way; answers whether that came to pass in time. Any thread but the pipeline's. */
    boolean drain(long withinMs) throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
        int empty = 0;
        while (empty < 2 && System.nanoTime() - deadlineNs < 0) {
            boolean idle = onPipeline(() -> bridge.from(0).inFlight() + bridge.from(1).inFlight() == 0);
            empty = idle ? empty + 1 : 0;
            pause();
        }
        return empty >= 2;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(LOOK_EVERY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private boolean onPipeline(Supplier<Boolean> work) throws IOException {
        var done = new CompletableFuture<Boolean>();
        pipeline.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                done.complete(work.get());
            }

            @Override
            public void abandon(@Nullable Throwable cause) {
                done.completeExceptionally(new IOException("the link has ended: " + cause));
            }
        });
        try {
            return done.get(ANSWER_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the link does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void onFrame(Frame frame, long nowNs) {
        bridge.onFrame(frame, nowNs);
    }

    @Override
    public void onDevice(int device, boolean up, int mtu, long nowNs) {
        bridge.onDevice(device, up, mtu, nowNs);
    }

    @Override
    public void onDeadline(long nowNs) {
        bridge.onDeadline(nowNs);
    }

    @Override
    public int flush(long nowNs) {
        return bridge.flush(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        return bridge.nextDeadlineNs();
    }

    /** Releases what is on its way; the pipeline has ended. */
    void close() {
        bridge.close();
    }
}
