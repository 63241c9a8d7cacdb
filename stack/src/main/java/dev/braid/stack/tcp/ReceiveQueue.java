package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import org.jspecify.annotations.Nullable;

/**
 * Bytes received in order and not read yet, in the frames they came in. The unread span of a queued frame is
 * {@code [payloadOffset(), linearLength())}.
 *
 * <p>Charged by the memory it pins. Small payloads are copied into the frame before them while they fit, and a frame that uses
 * less than a quarter of its slot moves to a small one. Core thread only; allocates only while growing.
 */
public final class ReceiveQueue {
    /** An empty queue that takes small slots from {@code pool}. */
    public ReceiveQueue(FramePool pool) {
        throw new UnsupportedOperationException(pool.toString());
    }

    /** Takes the frame over: its unread span follows what is queued. A frame without unread bytes is released. */
    public void append(Frame frame) {
        throw new UnsupportedOperationException(frame.toString());
    }

    /** Bytes unread. */
    public int available() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of memory the queue pins. */
    public long trueSize() {
        throw new UnsupportedOperationException();
    }

    /** The frame with the next bytes, which stays the queue's, or {@code null}. */
    public @Nullable Frame peek() {
        throw new UnsupportedOperationException();
    }

    /** The frame with the next bytes, now the caller's, or {@code null}. */
    public @Nullable Frame take() {
        throw new UnsupportedOperationException();
    }

    /**
     * Copies bytes out and drops them.
     *
     * @return how many: less than {@code length} when fewer are there
     */
    public int copyOut(long address, int length) {
        throw new UnsupportedOperationException("" + address + length);
    }

    /**
     * Copies bytes out that stay queued.
     *
     * @param skip bytes to pass over first
     * @return how many were copied
     */
    public int peekOut(int skip, long address, int length) {
        throw new UnsupportedOperationException("" + skip + address + length);
    }

    /**
     * Drops bytes unread.
     *
     * @return how many: less than {@code length} when fewer are there
     */
    public int skip(int length) {
        throw new UnsupportedOperationException("" + length);
    }

    /** Releases every frame. */
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
