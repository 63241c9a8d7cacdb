package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;

/**
 * The bytes an application has written and the connection still needs, as spans of reference-counted chunks. Positions count
 * bytes since the stream's first byte.
 *
 * <p>Each queued span holds one reference to its chunk; frames that carry its bytes hold their own, so bytes may be released
 * here while a frame with them still waits to be written. Core thread only; allocates only while growing.
 */
public final class SendStream {
    /** An empty stream at position 0. */
    public SendStream() {}

    /** The position of the first byte held. */
    public long start() {
        throw new UnsupportedOperationException();
    }

    /** The position behind the last byte written. */
    public long end() {
        throw new UnsupportedOperationException();
    }

    /** Bytes held: {@code end() - start()}. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of chunk memory the stream pins: what the send buffer is charged. */
    public long trueSize() {
        throw new UnsupportedOperationException();
    }

    /**
     * Adds bytes at the end, retaining the chunk; the caller keeps its own reference. Bytes that follow the last ones in the
     * same chunk extend their span.
     */
    public void append(Chunk chunk, int offset, int length) {
        throw new UnsupportedOperationException(chunk.toString() + offset + length);
    }

    /**
     * Adds bytes of the stream to a frame's fragments; the frame takes references of its own.
     *
     * @param from a position held, {@code start() <= from}
     * @param length {@code from + length <= end()}
     * @return how many bytes fitted: fewer than {@code length} only when the frame ran out of fragments
     */
    public int attach(Frame frame, long from, int length) {
        throw new UnsupportedOperationException(frame.toString() + from + length);
    }

    /** Copies bytes of the stream, for a payload too small to be worth a fragment or one that crosses too many spans. */
    public void copyTo(long from, long address, int length) {
        throw new UnsupportedOperationException("" + from + address + length);
    }

    /** Drops what lies before {@code upTo}, at any byte; what was dropped before is no error. */
    public void release(long upTo) {
        throw new UnsupportedOperationException("" + upTo);
    }

    /** Drops everything; the stream ends where it did. */
    public void clear() {
        release(end());
    }
}
