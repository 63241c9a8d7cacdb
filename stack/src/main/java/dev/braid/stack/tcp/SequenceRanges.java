package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import java.util.Arrays;

/**
 * Disjoint, non-touching ranges {@code [start, end)} of sequence numbers, in order: what a receiver holds beyond RCV.NXT, as
 * SACK reports it. All lie within 2^30 of each other. Core thread only; allocates only while growing.
 */
final class SequenceRanges {
    private static final int INITIAL = 8;

    private int[] starts = new int[INITIAL];
    private int[] ends = new int[INITIAL];
    private int count;

    int count() {
        return count;
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    /** The range that holds {@code seq}, or -1. */
    int find(int seq) {
        int index = firstEndingBehind(seq);
        return index < count && Seq.lessOrEqual(starts[index], seq) ? index : -1;
    }

    /** The first range that shares numbers with [from, to), or -1. */
    int firstOverlap(int from, int to) {
        int index = firstEndingBehind(from);
        return index < count && Seq.lessThan(starts[index], to) ? index : -1;
    }

    /** Adds a range, which may overlap and touch others. */
    void add(int start, int end) {
        int from = firstEndingBehind(start - 1);
        int to = from;
        int low = start;
        int high = end;
        while (to < count && Seq.lessOrEqual(starts[to], end)) {
            low = Seq.min(low, starts[to]);
            high = Seq.max(high, ends[to]);
            to++;
        }
        replace(from, to, low, high);
    }

    /** Forgets what lies before {@code seq}. */
    void dropBefore(int seq) {
        int gone = firstEndingBehind(seq);
        remove(0, gone);
        if (count > 0 && Seq.lessThan(starts[0], seq)) {
            starts[0] = seq;
        }
    }

    /** Forgets what lies at and behind {@code seq}. */
    void dropFrom(int seq) {
        while (count > 0 && Seq.lessOrEqual(seq, starts[count - 1])) {
            count--;
        }
        if (count > 0) {
            ends[count - 1] = Seq.min(ends[count - 1], seq);
        }
    }

    void clear() {
        count = 0;
    }

    /** The index of the first range whose end lies behind {@code seq}; {@link #count()} when none does. */
    private int firstEndingBehind(int seq) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Seq.lessThan(seq, ends[middle])) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Puts one range in the place of those from {@code from} up to {@code to}. */
    private void replace(int from, int to, int start, int end) {
        if (from == to) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            System.arraycopy(starts, from, starts, from + 1, count - from);
            System.arraycopy(ends, from, ends, from + 1, count - from);
            count++;
        } else {
            remove(from + 1, to);
        }
        starts[from] = start;
        ends[from] = end;
    }

    private void remove(int from, int to) {
        if (from < to) {
            System.arraycopy(starts, to, starts, from, count - to);
            System.arraycopy(ends, to, ends, from, count - to);
            count -= to - from;
        }
    }
}
