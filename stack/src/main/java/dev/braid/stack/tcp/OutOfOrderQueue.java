package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Seq;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Segments that arrived ahead of RCV.NXT, by sequence number, without overlaps. The span of a frame is
 * {@code [payloadOffset(), linearLength())}, as in {@link ReceiveQueue}.
 *
 * <p>Bounded by the memory it pins. Insertion is a binary search and a bounded move; runs of tiny segments share a slot, so
 * hostile ones pin little and cost little (SegmentSmack, CVE-2018-5390). A super-segment that leaves most of its slot unused is
 * moved into small slots before anything is given up for want of room: a window full of them was promised room as well. Core
 * thread only; allocates only while growing or making room.
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

    private static final int INITIAL_FRAMES = 8;
    /** How many recent arrivals are remembered for SACK; twice what fits, for some will be in one block. */
    private static final int RECENT = 8;

    private final FramePool pool;
    private final SequenceRanges ranges = new SequenceRanges();
    /** A sequence number inside of each block reported, latest first. */
    private final int[] recent = new int[RECENT];

    private int recentCount;
    /** The queued frames, in order, at {@code [head, tail)}. */
    private @Nullable Frame[] frames = new Frame[INITIAL_FRAMES];

    private int[] starts = new int[INITIAL_FRAMES];
    private int head;
    private int tail;
    private long bytes;
    private long trueSize;
    private long limit;
    /** Where payload begins to be moved out of slots that it leaves half empty, in true bytes. */
    private long packFrom;
    /** Where pieces lie for a moment; made when there are some for the first time. */
    private Frame[] pieces = {};
    /** Nothing would be gained by {@link #pack}. */
    private boolean packed = true;

    /**
     * An empty queue.
     *
     * @param pool where small slots come from
     * @param limit bytes of memory it may pin
     */
    public OutOfOrderQueue(FramePool pool, long limit) {
        this.pool = pool;
        limit(limit);
    }

    /** Changes the limit, in bytes of memory; what is queued stays. */
    public void limit(long bytes) {
        limit(bytes, bytes);
    }

    /**
     * Changes the limit, and says from where on memory is worth the copying of super-segments into small slots.
     *
     * @param bytes the limit, in bytes of memory
     * @param packFrom bytes of memory, up to {@code bytes}
     */
    public void limit(long bytes, long packFrom) {
        this.limit = bytes;
        this.packFrom = Math.min(packFrom, bytes);
    }

    /**
     * Takes the frame over. What is queued already wins over the same bytes in the frame, except that segments the frame covers
     * wholly give way. When the limit is reached, segments furthest from RCV.NXT make room for nearer ones.
     *
     * @param seq the sequence number of its first unread byte; all that is queued lies within 2^30 of it
     */
    public Outcome insert(Frame frame, int seq) {
        int start = seq;
        int end = seq + Packing.payload(frame);
        int range = ranges.find(start);
        if (start == end || (range >= 0 && Seq.lessOrEqual(end, ranges.end(range)))) {
            frame.release();
            if (start != end) {
                remember(start);
            }
            return Outcome.DUPLICATE;
        }
        if (!packed && trueSize + frame.trueSize() > packFrom) {
            pack();
        }
        int at = upperBound(start);
        if (at > head && Seq.lessThan(start, endOf(at - 1))) {
            int overlap = endOf(at - 1) - start;
            frame.payloadOffset(frame.payloadOffset() + overlap);
            start += overlap;
        }
        int covered = at;
        while (covered < tail && Seq.lessOrEqual(endOf(covered), end)) {
            covered++;
        }
        if (covered < tail && Seq.lessThan(starts[covered], end)) {
            int overlap = end - starts[covered];
            frame.resize(frame.linearLength() - overlap);
            end -= overlap;
        }
        if (at > head && endOf(at - 1) == start && Packing.absorb(frameAt(at - 1), frame)) {
            bytes += end - start;
            removeFrames(at, covered);
        } else if (!replace(at, covered, Packing.repacked(pool, frame), start, end)) {
            return Outcome.NO_ROOM;
        }
        ranges.add(start, end);
        remember(start);
        return Outcome.QUEUED;
    }

    /**
     * The frame that holds {@code rcvNxt}, now the caller's and trimmed to start there, or {@code null} when there is a gap. What
     * lies wholly before {@code rcvNxt} is released.
     */
    public @Nullable Frame next(int rcvNxt) {
        while (head < tail && Seq.lessOrEqual(starts[head], rcvNxt)) {
            Frame frame = frameAt(head);
            int end = endOf(head);
            int stale = rcvNxt - starts[head];
            frames[head++] = null;
            bytes -= Packing.payload(frame);
            trueSize -= frame.trueSize();
            if (head == tail) {
                head = 0;
                tail = 0;
            }
            ranges.dropBefore(Seq.max(end, rcvNxt));
            if (Seq.lessThan(rcvNxt, end)) {
                frame.payloadOffset(frame.payloadOffset() + stale);
                return frame;
            }
            frame.release();
        }
        return null;
    }

    /** Gives segments up, those furthest from RCV.NXT first, until {@code wanted} bytes of memory are free or none is left. */
    public void giveUp(long wanted) {
        int from = tail;
        for (long freed = 0; freed < wanted && from > head;) {
            freed += frameAt(--from).trueSize();
        }
        if (from < tail) {
            ranges.dropFrom(starts[from]);
            removeFrames(from, tail);
        }
    }

    /** Whether nothing is queued. */
    public boolean isEmpty() {
        return head == tail;
    }

    /** Frames queued. */
    public int frames() {
        return tail - head;
    }

    /** Payload bytes queued. */
    public long bytes() {
        return bytes;
    }

    /** Bytes of memory pinned. */
    public long trueSize() {
        return trueSize;
    }

    /** The sequence number behind the last byte queued; only when not empty. */
    public int end() {
        return endOf(tail - 1);
    }

    /**
     * SACK blocks: first the one with the segment inserted last, then those reported before, latest first (RFC 2018 §4).
     *
     * @param edges receives left and right edges in turn; {@code 2 * max} long
     * @param from where the first block goes: 1 behind a DSACK block, else 0
     * @param max the most blocks wanted, what stands before {@code from} included, 1..4
     * @return how many blocks there are then, at least {@code from}
     */
    public int sackBlocks(int[] edges, int from, int max) {
        int blocks = from;
        for (int i = 0; i < recentCount && blocks < max; i++) {
            int range = ranges.find(recent[i]);
            if (range >= 0 && !contains(edges, from, blocks, ranges.start(range))) {
                edges[2 * blocks] = ranges.start(range);
                edges[2 * blocks + 1] = ranges.end(range);
                blocks++;
            }
        }
        return blocks;
    }

    /** The first contiguous range queued that shares bytes with [from, to), or -1; an index for the next two methods. */
    int firstOverlap(int from, int to) {
        return ranges.firstOverlap(from, to);
    }

    int rangeStart(int range) {
        return ranges.start(range);
    }

    int rangeEnd(int range) {
        return ranges.end(range);
    }

    /** Releases every frame. */
    public void clear() {
        while (head < tail) {
            frameAt(head).release();
            frames[head++] = null;
        }
        head = 0;
        tail = 0;
        bytes = 0;
        trueSize = 0;
        recentCount = 0;
        ranges.clear();
    }

    private static boolean contains(int[] edges, int from, int to, int left) {
        for (int i = from; i < to; i++) {
            if (edges[2 * i] == left) {
                return true;
            }
        }
        return false;
    }

    /** Puts the block of {@code seq} first among those to report; what was remembered of the same block goes. */
    private void remember(int seq) {
        int range = ranges.find(seq);
        int kept = 0;
        int displaced = seq;
        for (int i = 0; i < recentCount; i++) {
            int other = recent[i];
            int of = ranges.find(other);
            recent[kept++] = displaced;
            if (of < 0 || of == range) {
                // Its place takes the one before it; the rest stay as they are.
                System.arraycopy(recent, i + 1, recent, kept, recentCount - i - 1);
                recentCount -= i + 1 - kept;
                return;
            }
            displaced = other;
        }
        if (kept < RECENT) {
            recent[kept++] = displaced;
        }
        recentCount = kept;
    }

    /** Queues the frame in the place of those it covers if the limit, after making room, allows; else releases it. */
    private boolean replace(int from, int to, Frame frame, int start, int end) {
        long wanted = frame.trueSize();
        for (int i = from; i < to; i++) {
            wanted -= frameAt(i).trueSize();
        }
        boolean splits = trueSize + wanted > packFrom && Packing.isWorthSplitting(frame);
        if (splits) {
            wanted += Packing.splitSize(frame) - frame.trueSize();
        }
        if (!makeRoom(wanted, end)) {
            frame.release();
            return false;
        }
        removeFrames(from, to);
        int at = openSlots(from, 1);
        frames[at] = frame;
        starts[at] = start;
        bytes += end - start;
        trueSize += frame.trueSize();
        if (splits) {
            split(at);
        } else {
            packed &= !Packing.isWorthSplitting(frame);
        }
        return true;
    }

    /** Makes {@code count} empty slots in front of the one at {@code index}, and answers the index of the first. */
    private int openSlots(int index, int count) {
        int at = index;
        if (tail + count > frames.length) {
            at -= head;
            moveToFront(count);
        }
        System.arraycopy(frames, at, frames, at + count, tail - at);
        System.arraycopy(starts, at, starts, at + count, tail - at);
        tail += count;
        return at;
    }

    /** Moves what leaves much of its slots unused into small ones. */
    private void pack() {
        packed = true;
        for (int fromTail = 1; fromTail <= tail - head; fromTail++) {
            int index = tail - fromTail;
            if (Packing.isWorthSplitting(frameAt(index))) {
                int before = tail - head;
                split(index);
                fromTail += tail - head - before;
            }
        }
    }

    /** Puts small frames in the place of a large one; leaves it where there are not enough of them. */
    private void split(int index) {
        Frame frame = frameAt(index);
        if (pieces.length == 0) {
            pieces = new Frame[Packing.MOST_PIECES];
        }
        int count = Packing.split(pool, frame, pieces);
        if (count == 0) {
            return;
        }
        int start = starts[index];
        int at = openSlots(index, count - 1);
        trueSize -= frame.trueSize();
        frame.release();
        for (int i = 0; i < count; i++) {
            Frame piece = pieces[i];
            frames[at] = piece;
            starts[at++] = start;
            start += Packing.payload(piece);
            trueSize += piece.trueSize();
        }
    }

    /** Gives up frames behind {@code end}, last ones first, if that makes room for {@code wanted} bytes of memory. */
    private boolean makeRoom(long wanted, int end) {
        long missing = trueSize + wanted - limit;
        int from = tail;
        while (missing > 0 && from > head && Seq.lessOrEqual(end, starts[from - 1])) {
            missing -= frameAt(--from).trueSize();
        }
        if (missing > 0) {
            return false;
        }
        if (from < tail) {
            ranges.dropFrom(starts[from]);
            removeFrames(from, tail);
        }
        return true;
    }

    private void removeFrames(int from, int to) {
        if (from == to) {
            return;
        }
        for (int i = from; i < to; i++) {
            Frame frame = frameAt(i);
            bytes -= Packing.payload(frame);
            trueSize -= frame.trueSize();
            frame.release();
        }
        System.arraycopy(frames, to, frames, from, tail - to);
        System.arraycopy(starts, to, starts, from, tail - to);
        Arrays.fill(frames, tail - (to - from), tail, null);
        tail -= to - from;
    }

    /** The index of the first frame that starts behind {@code seq}. */
    private int upperBound(int seq) {
        int low = head;
        int high = tail;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Seq.lessThan(seq, starts[middle])) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private int endOf(int index) {
        return starts[index] + Packing.payload(frameAt(index));
    }

    private Frame frameAt(int index) {
        Frame frame = frames[index];
        if (frame == null) {
            throw new IllegalStateException("no frame " + index);
        }
        return frame;
    }

    /** Makes space for so many behind {@link #tail}: at the front if half of it is free, else by growing. */
    private void moveToFront(int more) {
        int count = tail - head;
        @Nullable Frame[] toFrames = frames;
        int[] toStarts = starts;
        if (head < frames.length / 2 || count + more > frames.length) {
            toFrames = new Frame[2 * (frames.length + more)];
            toStarts = new int[toFrames.length];
        }
        System.arraycopy(frames, head, toFrames, 0, count);
        System.arraycopy(starts, head, toStarts, 0, count);
        frames = toFrames;
        starts = toStarts;
        Arrays.fill(frames, count, tail, null);
        head = 0;
        tail = count;
    }
}
