package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * When to acknowledge (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2): at once what is out of order, at the latest every second
 * full segment, the rest within the delay; every segment at the start of a connection, where the peer is in slow start.
 *
 * <p>What is due goes once per batch of arrivals, when output is flushed, and rides on data if there is any.
 */
final class AckPolicy {
    private final long delayNs;
    private int quickSegments;
    /** Largest packet payload seen: what "full segment" means to this peer. */
    private int rcvMss = 536;

    private int unackedBytes;
    private boolean now;
    private boolean sackNews;
    private Decision reason = Decision.ACK_NOW;
    private long deadlineNs = Deadlines.NONE;

    AckPolicy(long delayNs, int quickSegments) {
        this.delayNs = delayNs;
        this.quickSegments = quickSegments;
    }

    /**
     * In-order payload arrived.
     *
     * @param packetBytes payload of each packet of a super-segment, or the whole length
     */
    void onData(int bytes, int packetBytes, boolean quick, long nowNs) {
        if (packetBytes > rcvMss) {
            rcvMss = packetBytes;
        }
        unackedBytes += bytes;
        if (quickSegments > 0) {
            quickSegments -= Math.min(quickSegments, 1 + (bytes - 1) / packetBytes);
            now = true;
        } else if (quick || unackedBytes >= 2 * rcvMss) {
            now = true;
        } else if (deadlineNs == Deadlines.NONE) {
            deadlineNs = nowNs + delayNs;
        }
    }

    /** An ACK is owed at once. */
    void demand(Decision why) {
        now = true;
        reason = why;
    }

    /** An ACK with fresh SACK blocks is owed: data segments have no room for them. */
    void demandWithSack() {
        now = true;
        sackNews = true;
    }

    /** The delay is over. */
    void onDelayExpired() {
        deadlineNs = Deadlines.NONE;
        now = true;
        reason = Decision.ACK_DELAYED;
    }

    /** Whether an ACK is due. */
    boolean due() {
        return now;
    }

    /** Why it is due, for the trace. */
    Decision reason() {
        return reason;
    }

    /** When a delayed one falls due. */
    long deadlineNs() {
        return deadlineNs;
    }

    /**
     * A segment with the present ACK number left.
     *
     * @param pure it had no payload, and so room for SACK blocks
     */
    void onAckSent(boolean pure) {
        unackedBytes = 0;
        deadlineNs = Deadlines.NONE;
        now = sackNews && !pure;
        sackNews = now;
        reason = Decision.ACK_NOW;
    }

    /** The longest delay. */
    long delayNs() {
        return delayNs;
    }

    /** Largest packet payload seen, in bytes. */
    int rcvMss() {
        return rcvMss;
    }

    /** Bytes that arrived in order since an acknowledgement was last sent. */
    int unackedBytes() {
        return unackedBytes;
    }

    /** The next segments, at least so many, are acknowledged at once. */
    void quickAtLeast(int segments) {
        quickSegments = Math.max(quickSegments, segments);
    }
}
