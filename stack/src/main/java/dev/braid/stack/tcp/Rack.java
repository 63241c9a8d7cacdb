package dev.braid.stack.tcp;

/**
 * Recent acknowledgment (RFC 8985 section 6): what was sent before something that has arrived, and longer ago than a round trip
 * and a little, is lost. Here is the state that acknowledgments move: the segment sent last of those that arrived, the round trip
 * it took, whether the path reorders, and how long reordering is waited out. {@link LossMarking#byTime} applies it.
 * Nanoseconds and positions; core thread only.
 */
final class Rack {
    /** Recoveries without DSACK after which a widened window shrinks again: RACK.reo_wnd_persist. */
    private static final int PERSIST = 16;
    private static final int MAX_STEPS = 255;

    /** RACK.xmit_ts. */
    private long sentNs = Long.MIN_VALUE;
    /** RACK.end_seq. */
    private long end;
    private long rttNs;
    private int reorderings;
    /** RACK.reo_wnd_mult. */
    private int steps = 1;
    private int persist;
    /** RACK.dsack_round: until this position is acknowledged the window does not grow again. */
    private long dsackRound = Long.MIN_VALUE;

    /**
     * Something was delivered, and when it was sent is beyond doubt (section 6.2, step 2).
     *
     * @param segmentSentNs when it was last sent
     * @param segmentEnd the position behind it
     * @param tookNs from then to the arrival of the acknowledgment
     */
    void onDelivered(long segmentSentNs, long segmentEnd, long tookNs) {
        rttNs = Math.max(0, tookNs);
        if (segmentSentNs > sentNs || (segmentSentNs == sentNs && segmentEnd > end)) {
            sentNs = segmentSentNs;
            end = segmentEnd;
        }
    }

    /** RACK_sent_after: whether what arrived was sent after the segment, ties decided by position. */
    boolean sentAfter(long segmentSentNs, long segmentEnd) {
        return sentNs > segmentSentNs || (sentNs == segmentSentNs && end > segmentEnd);
    }

    /** When the segment sent last of those that arrived was sent, RACK.xmit_ts. */
    long sentNs() {
        return sentNs;
    }

    /** RACK.rtt: the round trip of the segment delivered last; 0 before the first. */
    long rttNs() {
        return rttNs;
    }

    /** Never-retransmitted data arrived behind later data (step 3). */
    void onReordering() {
        reorderings++;
    }

    /** How often reordering was seen. */
    int reorderings() {
        return reorderings;
    }

    /**
     * A DSACK came (RFC 2883): perhaps the window was too small for the reordering there is. It grows once per round trip in which
     * that happens (step 4).
     *
     * @param sndUna the oldest position not acknowledged
     * @param sndNxt the position behind all that was sent
     */
    void onDsack(long sndUna, long sndNxt) {
        if (sndUna >= dsackRound) {
            dsackRound = sndNxt;
            steps = Math.min(MAX_STEPS, steps + 1);
            persist = PERSIST;
        }
    }

    /** A recovery is complete: after sixteen without a DSACK the window is small again. */
    void onRecoveryEnd() {
        persist--;
        if (persist <= 0) {
            persist = 0;
            steps = 1;
        }
    }

    /**
     * RACK.reo_wnd: how much longer than a round trip a segment may take (step 4).
     *
     * @param hasty no settling time is due while nothing was ever seen reordered: in recovery, or with DupThresh SACKed
     * @param minRttNs RACK.min_RTT
     */
    long reorderingWindowNs(boolean hasty, long minRttNs, long srttNs) {
        if (hasty && reorderings == 0) {
            return 0;
        }
        return Math.min(minRttNs / 4 * steps, srttNs);
    }
}
