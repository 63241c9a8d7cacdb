package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * The octet below SND.UNA that a probe brings, and what the peer says to it: a D-SACK of this octet alone (RFC 2883) can be nothing else,
 * so the time it took measures the path even where nothing of this end's waits to be acknowledged. A peer that reports no duplicates
 * measures nothing. Core thread only.
 */
final class ProbedOctet {
    /** A probe that is not answered by then was lost: the next answer is to a later one. */
    private static final long LOST_NS = 3_000_000_000L;

    private long position = Long.MIN_VALUE;
    /** When the first left that may be answered next; NONE = each was answered. */
    private long sentNs = Deadlines.NONE;

    private long rttNs;

    /** A probe leaves with the octet at this position. */
    void sent(long position, long nowNs) {
        if (position != this.position || sentNs == Deadlines.NONE || nowNs - sentNs >= LOST_NS) {
            sentNs = nowNs;
        }
        this.position = position;
    }

    /** Whether that is the octet. */
    boolean is(long from, long to) {
        return from == position && to - from == 1;
    }

    /** The peer said that it had the octet already. */
    void answered(long arrivalNs) {
        if (sentNs != Deadlines.NONE) {
            rttNs = Math.max(1, arrivalNs - sentNs);
            sentNs = Deadlines.NONE;
        }
    }

    /** What the last answer took, or more where the next one takes longer already; 0 before the first. */
    long rttNs(long nowNs) {
        return sentNs == Deadlines.NONE || rttNs == 0 ? rttNs : Math.max(rttNs, nowNs - sentNs);
    }
}
