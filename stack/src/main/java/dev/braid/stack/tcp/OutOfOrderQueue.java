package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import org.jspecify.annotations.Nullable;

/**
 * Segments that arrived ahead of RCV.NXT, by sequence number, without overlaps. The span of a frame is
 * {@code [payloadOffset(), linearLength())}, as in {@link ReceiveQueue}.
 *
 * <p>Bounded by the memory it pins. Insertion is a binary search and a bounded move; runs of tiny segments share a slot, so
 * hostile ones pin little and cost little (SegmentSmack, CVE-2018-5390). Core thread only; allocates only while growing.
 */
public final class OutOfOrderQueue {
    /** What became of an inserted frame. */
    public enum Outcome {
        /** Some of its bytes were new and are queued. */
        QUEUED,
        /** All of its bytes were there: released. */
        DUPLICATE,
        /** The limit is reached by segments that come before it: released. */
        NO_ROOM
    }

    /**
     * An empty queue.
     *
     * @param pool where small slots come from
     * @param limit bytes of memory it may pin
     */
    public OutOfOrderQueue(FramePool pool, long limit) {
        throw new UnsupportedOperationException(pool.toString() + limit);
    }

    /** Changes the limit, in bytes of memory; what is queued stays. */
    public void limit(long bytes) {
        throw new UnsupportedOperationException("" + bytes);
    }

    /**
     * Takes the frame over. What is queued already wins over the same bytes in the frame, except that segments the frame covers
     * wholly give way. When the limit is reached, segments furthest from RCV.NXT make room for nearer ones.
     *
     * @param seq the sequence number of its first unread byte; all that is queued lies within 2^30 of it
     */
    public Outcome insert(Frame frame, int seq) {
        throw new UnsupportedOperationException(frame.toString() + seq);
    }

    /**
     * The frame that holds {@code rcvNxt}, now the caller's and trimmed to start there, or {@code null} when there is a gap. What
     * lies wholly before {@code rcvNxt} is released.
     */
    public @Nullable Frame next(int rcvNxt) {
        throw new UnsupportedOperationException("" + rcvNxt);
    }

    /** Whether nothing is queued. */
    public boolean isEmpty() {
        throw new UnsupportedOperationException();
    }

    /** Frames queued. */
    public int frames() {
        throw new UnsupportedOperationException();
    }

    /** Payload bytes queued. */
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of memory pinned. */
    public long trueSize() {
        throw new UnsupportedOperationException();
    }

    /** The sequence number behind the last byte queued; only when not empty. */
    public int end() {
        throw new UnsupportedOperationException();
    }

    /**
     * SACK blocks: first the one with the segment inserted last, then those reported before, latest first (RFC 2018 §4).
     *
     * @param edges receives left and right edges in turn; {@code 2 * max} long
     * @param max the most blocks wanted, 1..4
     * @return how many blocks were written
     */
    public int sackBlocks(int[] edges, int max) {
        throw new UnsupportedOperationException("" + edges.length + max);
    }

    /** Releases every frame. */
    public void clear() {
        throw new UnsupportedOperationException();
    }
}
