package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.Frame;
import java.lang.invoke.VarHandle;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** A bounded ring from one stage's thread to the next one's. One thread puts frames in, one takes them out. */
final class HandoffRing implements FrameSink {
    private final SpscAtomicArrayQueue<Frame> frames;
    private final Waiter consumer;
    private final Counter full;

    /**
     * An empty ring.
     *
     * @param capacity frames it holds, a power of two
     * @param consumer what the taking thread sleeps on
     * @param full counts frames dropped because the ring was full
     */
    HandoffRing(int capacity, Waiter consumer, Counter full) {
        this.frames = new SpscAtomicArrayQueue<>(capacity);
        this.consumer = consumer;
        this.full = full;
    }

    /** The frames it holds when full. */
    int capacity() {
        return frames.capacity();
    }

    @Override
    public int room() {
        return frames.capacity() - frames.size();
    }

    @Override
    public void accept(Frame frame, long nowNs) {
        if (!frames.offer(frame)) {
            frame.drop(full);
        }
    }

    @Override
    public void endOfBatch() {
        // A ring's put is a release store; without the fence the sleeper's announcement could be read before it, and both
        // sides miss each other.
        VarHandle.fullFence();
        consumer.wake();
    }

    @Nullable
    Frame poll() {
        return frames.poll();
    }

    /** Releases what is left. Once neither thread runs. */
    void clear() {
        for (Frame frame = frames.poll(); frame != null; frame = frames.poll()) {
            frame.release();
        }
    }
}
