package dev.braid.stack.nio;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.device.FrameProcessor;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.pipeline.Mailbox;
import dev.braid.stack.socket.Sockets;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A core with channels around it: between the frames of a batch and the flush that ends it, the pumps of the channels that
 * something happened to take their turn.
 *
 * <p>The core's thread only, but for the accessors of what never changes.
 */
public final class CoreHost implements FrameProcessor {
    private static final long SWEEP_NS = 1_000_000_000L;
    private static final long CHUNK_RETRY_NS = 5_000_000L;
    /** Before every time a clock can show, and still far enough from the end of long to subtract one. */
    private static final long AT_ONCE_NS = Long.MIN_VALUE / 2;

    private final FrameProcessor core;
    private final Sockets sockets;
    private final ChunkPool chunks;
    private final Mailbox mailbox;
    private final ArrayDeque<Pumped> marked = new ArrayDeque<>();
    private final Set<Pumped> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Pumped> watched = new ArrayList<>();
    private long nextSweepNs = Long.MAX_VALUE;

    /** Channels' pumps around this core. */
    public CoreHost(FrameProcessor core, Sockets sockets, ChunkPool chunks, Mailbox mailbox) {
        this.core = core;
        this.sockets = sockets;
        this.chunks = chunks;
        this.mailbox = mailbox;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    ChunkPool chunks() {
        return chunks;
    }

    Sockets sockets() {
        return sockets;
    }

    /** Lets the pump have its turn before the next flush. The caller sees to it that a pump is marked once. */
    void mark(Pumped pump) {
        marked.add(pump);
    }

    void opened(Pumped pump) {
        open.add(pump);
    }

    void closed(Pumped pump) {
        open.remove(pump);
    }

    /** Sweeps the pump once a second from now on, or soon because it waits for a chunk. Once for each pump. */
    void watch(Pumped pump, long nowNs) {
        watched.add(pump);
        nextSweepNs = Math.min(nextSweepNs, nowNs + SWEEP_NS);
    }

    /** Brings the next sweep forward: somebody found the chunk pool empty. */
    void retryChunksSoon(long nowNs) {
        nextSweepNs = Math.min(nextSweepNs, nowNs + CHUNK_RETRY_NS);
    }

    /**
     * Has the core's thread run something short, which is given the core's time, and waits for it. Any thread but the core's;
     * of a stack that is {@code INVOKED}, any but the one that invokes it.
     *
     * @throws IOException when the stack has ended
     */
    public void call(LongConsumer body) throws IOException {
        CoreCall.on(mailbox, nowNs -> {
            body.accept(nowNs);
            return 0;
        });
    }

    /** Channels that are open, or closed and still sending. */
    public int openChannels() {
        return open.size();
    }

    @Override
    public void onFrame(Frame frame, long nowNs) {
        core.onFrame(frame, nowNs);
    }

    @Override
    public void onDevice(int device, boolean up, int mtu, long nowNs) {
        core.onDevice(device, up, mtu, nowNs);
    }

    @Override
    public void onDeadline(long nowNs) {
        if (core.nextDeadlineNs() <= nowNs) {
            core.onDeadline(nowNs);
        }
        if (nextSweepNs <= nowNs) {
            nextSweepNs = Long.MAX_VALUE;
            watched.removeIf(pump -> !pump.sweep(nowNs));
            if (!watched.isEmpty()) {
                nextSweepNs = Math.min(nextSweepNs, nowNs + SWEEP_NS);
            }
        }
    }

    @Override
    public int flush(long nowNs) {
        for (Pumped pump = marked.poll(); pump != null; pump = marked.poll()) {
            pump.pump(nowNs);
        }
        return core.flush(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        // What was marked during a flush waits for the next one, which is due at once.
        return marked.isEmpty() ? Math.min(core.nextDeadlineNs(), nextSweepNs) : AT_ONCE_NS;
    }

    /** Closes every channel on behalf of a stack that is about to end: what was written still leaves. The core's thread. */
    public void closeAll() {
        for (Pumped pump : List.copyOf(open)) {
            pump.stackEnding();
        }
    }

    /** The pipeline has ended: everybody who waits hears why. The core's thread, or any once that has ended. */
    public void end(@Nullable Throwable cause) {
        for (Pumped pump : List.copyOf(open)) {
            pump.stackEnded(cause);
        }
    }

    /**
     * Throws away what is left in the channels of an ended stack, so that its memory can go.
     *
     * @return whether no application thread is inside a channel any more; else to be called again
     */
    public boolean dispose() {
        open.removeIf(Pumped::dispose);
        return open.isEmpty();
    }
}
