package dev.braid.stack.mptcp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of the connection's stream that are to go again over another subflow than the one that has not brought them to the peer (RFC
 * 8684 section 3.3.6), lowest position first, none overlapping another. Core thread only; allocation-free once it is large enough, for a
 * scheduler may have all data go again.
 */
final class Reinjections {
    private static final int LEAST = 8;

    /** The pieces, {@link #count} of them: where each begins, where it ends, and who had it. */
    private long[] starts = {};

    private long[] ends = {};
    /** {@code null}: that one is gone or has brought it as far as it could. */
    private @Nullable Subflow[] froms = {};
    private int count;
    private long bytes;

    /** Whether nothing is to go again. */
    boolean isEmpty() {
        return count == 0;
    }

    /** Bytes that are to go again. */
    long bytes() {
        return bytes;
    }

    /** Where the first piece begins; of an empty one, nothing to be used. */
    long start() {
        return starts[0];
    }

    /** Where it ends. */
    long end() {
        return ends[0];
    }

    /** Which subflow must not carry it, unless it is {@code null}; {@code null} too when nothing is to go again. */
    @Nullable
    Subflow from() {
        return count == 0 ? null : froms[0];
    }

    /** Adds a piece; where it overlaps others it takes their place. */
    void add(long start, long end, @Nullable Subflow from) {
        if (start >= end) {
            return;
        }
        int at = count;
        while (at > 0 && ends[at - 1] > start) {
            at--;
        }
        int behind = at;
        bytes += end - start;
        while (behind < count && starts[behind] < end) {
            bytes -= Math.min(ends[behind], end) - Math.max(starts[behind], start);
            behind++;
        }
        boolean restBefore = at < behind && starts[at] < start;
        boolean restBehind = at < behind && ends[behind - 1] > end;
        long lastEnd = restBehind ? ends[behind - 1] : 0;
        @Nullable Subflow lastFrom = restBehind ? froms[behind - 1] : null;
        int own = restBefore ? at + 1 : at;
        move(behind, own + (restBehind ? 2 : 1));
        if (restBefore) {
            ends[at] = start;
        }
        put(own, start, end, from);
        if (restBehind) {
            put(own + 1, end, lastEnd, lastFrom);
        }
        joinWithNext(own);
        joinWithNext(own - 1);
    }

    private void put(int at, long start, long end, @Nullable Subflow from) {
        starts[at] = start;
        ends[at] = end;
        froms[at] = from;
    }

    /** Moves the pieces from an index on to another one. */
    private void move(int from, int to) {
        int moved = count + to - from;
        if (moved > starts.length) {
            int room = Math.max(LEAST, 2 * moved);
            starts = Arrays.copyOf(starts, room);
            ends = Arrays.copyOf(ends, room);
            froms = Arrays.copyOf(froms, room);
        }
        System.arraycopy(starts, from, starts, to, count - from);
        System.arraycopy(ends, from, ends, to, count - from);
        System.arraycopy(froms, from, froms, to, count - from);
        for (int i = moved; i < count; i++) {
            froms[i] = null;
        }
        count = moved;
    }

    private void joinWithNext(int at) {
        if (at >= 0 && at + 1 < count && ends[at] == starts[at + 1] && froms[at] == froms[at + 1]) {
            ends[at] = ends[at + 1];
            move(at + 2, at + 1);
        }
    }

    /** What lies before this position is done: it was sent again from the first piece, or is acknowledged. */
    void done(long upTo) {
        int over = 0;
        while (over < count && ends[over] <= upTo) {
            bytes -= ends[over] - starts[over];
            over++;
        }
        if (over > 0) {
            move(over, 0);
        }
        if (count > 0 && starts[0] < upTo) {
            bytes -= upTo - starts[0];
            starts[0] = upTo;
        }
    }

    /** The subflow is gone: whoever is left may carry what it had. */
    void forget(Subflow gone) {
        for (int i = 0; i < count; i++) {
            if (froms[i] == gone) {
                froms[i] = null;
            }
        }
    }

    /**
     * Pieces that their subflow has brought to its peer meanwhile, whose connection yet lacks them, may go over whichever, that one
     * included: it may be the only one left.
     *
     * @return whether there were any
     */
    boolean letAllCarryWhatWasBrought() {
        boolean any = false;
        for (int i = 0; i < count; i++) {
            Subflow from = froms[i];
            if (from != null && from.mappings.inFlightUpTo(starts[i]) == starts[i]) {
                froms[i] = null;
                any = true;
            }
        }
        return any;
    }

    /** Nothing is to go again. */
    void clear() {
        move(count, 0);
        bytes = 0;
    }
}
