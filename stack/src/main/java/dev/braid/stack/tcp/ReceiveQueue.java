package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes received in order and not read yet, in the frames they came in. The unread span of a queued frame is
 * {@code [payloadOffset(), linearLength())}.
 *
 * <p>Charged by the memory it pins. Small payloads are copied into the frame before them while they fit, and a frame that uses
 * less than a quarter of its slot moves to a small one. Core thread only; allocates only while growing.
 */
public final class ReceiveQueue {
    private static final int INITIAL_FRAMES = 8;

    private final FramePool pool;
    /** A ring, a power of two long. */
    private @Nullable Frame[] frames = new Frame[INITIAL_FRAMES];

    private int head;
    private int count;
    private int available;
    private long trueSize;

    /** An empty queue that takes small slots from {@code pool}. */
    public ReceiveQueue(FramePool pool) {
        this.pool = pool;
    }

    /** Takes the frame over: its unread span follows what is queued. A frame without unread bytes is released. */
    public void append(Frame frame) {
        int length = Packing.payload(frame);
        if (length <= 0) {
            frame.release();
            return;
        }
        available += length;
        if (count > 0 && Packing.absorb(at(count - 1), frame)) {
            return;
        }
        Frame kept = Packing.repacked(pool, frame);
        if (count == frames.length) {
            grow();
        }
        frames[(head + count++) & (frames.length - 1)] = kept;
        trueSize += kept.trueSize();
    }

    /**
     * As {@link #append}, where memory matters more than a copy: the payload goes behind that of the frame before it, or into small
     * slots, where this takes less.
     */
    public void appendPacked(Frame frame) {
        boolean splits = Packing.isWorthSplitting(frame);
        while (splits && Packing.payload(frame) > 0) {
            @Nullable Frame piece = Packing.takePiece(pool, frame);
            splits = piece != null;
            if (piece != null) {
                append(piece);
            }
        }
        append(frame); // what is left
    }

    /** Whether {@link #append} would copy the frame's payload into memory that is pinned already. */
    boolean absorbs(Frame frame) {
        return count > 0 && Packing.absorbs(at(count - 1), frame);
    }

    /** Bytes unread. */
    public int available() {
        return available;
    }

    /** Bytes of memory the queue pins. */
    public long trueSize() {
        return trueSize;
    }

    /** The frame with the next bytes, which stays the queue's, or {@code null}. */
    public @Nullable Frame peek() {
        return count == 0 ? null : at(0);
    }

    /** The frame with the next bytes, now the caller's, or {@code null}. */
    public @Nullable Frame take() {
        if (count == 0) {
            return null;
        }
        Frame frame = at(0);
        frames[head] = null;
        head = (head + 1) & (frames.length - 1);
        count--;
        available -= Packing.payload(frame);
        trueSize -= frame.trueSize();
        return frame;
    }

    /**
     * Copies bytes out and drops them.
     *
     * @return how many: less than {@code length} when fewer are there
     */
    public int copyOut(long address, int length) {
        int copied = peekOut(0, address, length);
        return skip(copied);
    }

    /**
     * Copies bytes out that stay queued.
     *
     * @param skip bytes to pass over first
     * @return how many were copied
     */
    public int peekOut(int skip, long address, int length) {
        int passed = 0;
        int copied = 0;
        for (int i = 0; i < count && copied < length; i++) {
            Frame frame = at(i);
            int unread = Packing.payload(frame);
            int from = Math.max(0, skip - passed);
            if (from < unread) {
                int part = Math.min(unread - from, length - copied);
                Memory.copy(frame.data() + frame.payloadOffset() + from, address + copied, part);
                copied += part;
            }
            passed += unread;
        }
        return copied;
    }

    /**
     * Drops bytes unread.
     *
     * @return how many: less than {@code length} when fewer are there
     */
    public int skip(int length) {
        int skipped = 0;
        while (skipped < length && count > 0) {
            Frame frame = at(0);
            int unread = Packing.payload(frame);
            int part = Math.min(unread, length - skipped);
            skipped += part;
            if (part == unread) {
                Frame done = take();
                if (done != null) {
                    done.release();
                }
            } else {
                frame.payloadOffset(frame.payloadOffset() + part);
                available -= part;
            }
        }
        return skipped;
    }

    /** Releases every frame. */
    public void clear() {
        for (Frame frame = take(); frame != null; frame = take()) {
            frame.release();
        }
    }

    private Frame at(int index) {
        Frame frame = frames[(head + index) & (frames.length - 1)];
        if (frame == null) {
            throw new IllegalStateException("no frame " + index);
        }
        return frame;
    }

    private void grow() {
        int old = frames.length;
        frames = Arrays.copyOf(frames, 2 * old);
        System.arraycopy(frames, 0, frames, old, head);
        Arrays.fill(frames, 0, head, null);
    }
}
