package dev.braid.stack.mptcp;

import java.util.Arrays;

/**
 * What data one subflow was given: its data sequence mappings, in the order of its own stream. A mapping is declared once and never
 * changed (RFC 8684 section 3.3.1), so a retransmission finds here what it has to say again.
 *
 * <p>One is kept until its subflow's peer acknowledged it at both levels: until then it may have to go again, here or elsewhere
 * (section 3.3.2). Positions are those of the connection's stream, offsets those of the subflow's; index 0 is the oldest. Core thread
 * only; allocates only while growing.
 */
final class SentMappings {
    private static final int INITIAL = 16;
    private static final int LAST = 1 << 16;
    private static final int REASON_SHIFT = 17;

    /** Rings, a power of two long; mapping {@code i} is at {@code (head + i) & (length - 1)}. */
    private long[] offsets = new long[INITIAL];

    private long[] positions = new long[INITIAL];
    private int[] lengths = new int[INITIAL];
    /** The data's sum in the low half; above it whether the stream ends behind it, and why this subflow has it. */
    private int[] notes = new int[INITIAL];

    private int head;
    private int count;
    private long end;
    private long acked;

    /** How many are kept. */
    int count() {
        return count;
    }

    /** The subflow's offset behind all it was given. */
    long end() {
        return end;
    }

    /** The subflow's offset up to which its peer acknowledged. */
    long acked() {
        return acked;
    }

    /**
     * Data is given to the subflow, behind what it was given before.
     *
     * @param length bytes of data, 1..65,534
     * @param last the stream ends behind it: the mapping has one octet more, the DATA_FIN (RFC 8684 section 3.3.3)
     * @param sum of the data, 0..65535, where checksums are used
     */
    void add(long position, int length, boolean last, int sum) {
        if (count == offsets.length) {
            grow();
        }
        int slot = slot(count++);
        offsets[slot] = end;
        positions[slot] = position;
        lengths[slot] = length;
        notes[slot] = sum | (last ? LAST : 0);
        end += length;
    }

    /** Why the newest one was given to this subflow: a code of {@link MptcpReason}. */
    void because(int reason) {
        notes[slot(count - 1)] |= reason << REASON_SHIFT;
    }

    /** Why it was given to this subflow. */
    int reason(int index) {
        return notes[slot(index)] >>> REASON_SHIFT;
    }

    /** The mapping that covers a byte of the subflow's stream, -1 when none that is kept does. */
    int find(long offset) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int slot = slot(middle);
            if (offset < offsets[slot]) {
                high = middle - 1;
            } else if (offset >= offsets[slot] + lengths[slot]) {
                low = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    /** Where it begins in the subflow's stream. */
    long offset(int index) {
        return offsets[slot(index)];
    }

    /** Where it begins in the connection's stream. */
    long position(int index) {
        return positions[slot(index)];
    }

    /** Bytes of data it covers, a DATA_FIN not counted. */
    int length(int index) {
        return lengths[slot(index)];
    }

    /** Whether the DATA_FIN is its last octet. */
    boolean last(int index) {
        return (notes[slot(index)] & LAST) != 0;
    }

    /** The sum of its data. */
    int sum(int index) {
        return notes[slot(index)] & 0xffff;
    }

    /** Whether the peer acknowledged all of it on this subflow. */
    boolean acked(int index) {
        return offset(index) + length(index) <= acked;
    }

    /** The subflow's peer acknowledged up to an offset of its stream, and up to a position of the connection's. */
    void acknowledged(long offset, long position) {
        acked = Math.max(acked, offset);
        while (count > 0 && acked(0) && positions[head] + lengths[head] <= position) {
            head = (head + 1) & (offsets.length - 1);
            count--;
        }
    }

    /**
     * Whether a byte of the connection's stream was given to the subflow and is not acknowledged there.
     *
     * @return the position behind the bytes of which that is true, or {@code position} when it is not
     */
    long inFlightUpTo(long position) {
        for (int i = 0; i < count; i++) {
            long from = positions[slot(i)];
            if (from <= position && position < from + lengths[slot(i)] && !acked(i)) {
                return from + lengths[slot(i)];
            }
        }
        return position;
    }

    /** How often the subflow was given this byte of the connection's stream and its peer acknowledged it there. */
    int timesBrought(long position) {
        int times = 0;
        for (int i = 0; i < count; i++) {
            long from = positions[slot(i)];
            if (from <= position && position < from + lengths[slot(i)] && acked(i)) {
                times++;
            }
        }
        return times;
    }

    /** Whether what is kept from this position on lies in one piece at both levels, and ends with the given position. */
    boolean isContiguous(long from, long to) {
        long expected = to - end;
        for (int i = 0; i < count; i++) {
            int slot = slot(i);
            if (positions[slot] + lengths[slot] > from && positions[slot] - offsets[slot] != expected) {
                return false;
            }
        }
        return from >= to || (count > 0 && positions[head] <= from);
    }

    /** Forgets all; offsets stay. */
    void clear() {
        head = 0;
        count = 0;
    }

    private int slot(int index) {
        return (head + index) & (offsets.length - 1);
    }

    private void grow() {
        int old = offsets.length;
        offsets = grown(offsets);
        positions = grown(positions);
        lengths = Arrays.copyOf(lengths, 2 * old);
        notes = Arrays.copyOf(notes, 2 * old);
        System.arraycopy(lengths, 0, lengths, old, head);
        System.arraycopy(notes, 0, notes, old, head);
    }

    private long[] grown(long[] ring) {
        long[] larger = Arrays.copyOf(ring, 2 * ring.length);
        System.arraycopy(ring, 0, larger, ring.length, head);
        return larger;
    }
}
