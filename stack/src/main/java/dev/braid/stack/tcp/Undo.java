package dev.braid.stack.tcp;

/**
 * What may show that the present or last recovery was needless: where it began, and what it sent again. Kept after the recovery's
 * end, for a DSACK may come late; until the next reduction of the window. Core thread only.
 */
final class Undo {
    private static final long NONE = Long.MIN_VALUE;

    /** SND.UNA, as a position, when the recovery began. */
    private long marker = NONE;
    /** The window was reduced as it began, not before it for another reason: there is something to give back. */
    private boolean reduced;
    /** Anything was sent again, then or still in flight from before. */
    private boolean resent;
    /** Packets sent again of which no DSACK has told. */
    private int unexplained;

    private long firstResentNs = NONE;

    /** A recovery is under way, or is over and may yet turn out to have been needless. */
    boolean armed() {
        return marker != NONE;
    }

    /** Where the recovery began. */
    long marker() {
        return marker;
    }

    /** Undoing has a window to give back. */
    boolean givesBack() {
        return reduced;
    }

    /**
     * A recovery begins, or a timeout that is no part of one.
     *
     * @param sndUna the oldest unacknowledged position
     * @param packetsAgain packets in flight that were sent again before, whose duplicates may be reported yet
     * @param reduced the congestion window is reduced for it
     * @param calm nothing was being repaired until now
     */
    void begin(long sndUna, int packetsAgain, boolean reduced, boolean calm) {
        marker = sndUna;
        this.reduced = reduced;
        unexplained = packetsAgain;
        resent = packetsAgain > 0;
        firstResentNs = calm ? NONE : firstResentNs;
    }

    /** A repair left, so many packets long. */
    void onRetransmitted(int packets, long nowNs) {
        if (marker != NONE) {
            resent = true;
            unexplained += packets;
            firstResentNs = firstResentNs == NONE ? nowNs : firstResentNs;
        }
    }

    /** So many packets arrived twice, the last of them ending at this position. */
    void onDuplicates(int packets, long to) {
        if (marker != NONE && to > marker) {
            unexplained = Math.max(0, unexplained - packets);
        }
    }

    /** Every packet that was sent again arrived twice (RFC 2883 section 5.4): none had been lost. */
    boolean allDuplicates() {
        return marker != NONE && resent && unexplained == 0;
    }

    /** Whether a repair of this recovery left. */
    boolean repaired() {
        return firstResentNs != NONE;
    }

    /** When the first repair of the episode left. */
    long firstResentNs() {
        return firstResentNs;
    }

    /** It is undone, or there will be nothing to undo. */
    void forget() {
        marker = NONE;
        reduced = false;
        resent = false;
        unexplained = 0;
        firstResentNs = NONE;
    }
}
