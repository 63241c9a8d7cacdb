package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * When to acknowledge (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2): at once what is out of order, at the latest what is more
 * than one full segment, the rest within the delay. Every segment at the start of a connection, after a pause and after a
 * needless retransmission, when the peer is in slow start. And what ends a message, as soon as the program has read it: Nagle's
 * algorithm at the other end waits for it.
 *
 * <p>Where a program answers what it reads within the delay (Linux's ping-pong mode), its answer carries the acknowledgement, and
 * neither of the last two sends one of its own.
 *
 * <p>What is due goes once per batch of arrivals, when output is flushed, and rides on data if there is any.
 */
final class AckPolicy {
    private static final long NEVER = Long.MIN_VALUE;
    /** RFC 9293 section 3.7.1's default. */
    private static final int USUAL_MSS = 536;
    /** Ends of messages that are acknowledged once read though the program answers: it has not answered the first of them. */
    private static final int UNANSWERED = 2;

    private final long delayNs;
    private final int quickAtStart;
    private int quickSegments;
    private long lastDataNs = NEVER;
    /** The program answers what it reads within the delay. */
    private boolean answering;
    /** Ends of messages since an acknowledgement was last sent. */
    private int messageEnds;
    /** What "full segment" means to this peer: the largest packet payload seen, unless segments became smaller since. */
    private int rcvMss = USUAL_MSS;
    /** Size of the last segment, when it may be a full one and was smaller than {@link #rcvMss}; else 0. */
    private int smaller;

    private int unackedBytes;
    private boolean now;
    /** What is owed is one without payload. */
    private boolean pure;
    private Decision reason = Decision.ACK_NOW;
    private long deadlineNs = Deadlines.NONE;

    AckPolicy(long delayNs, int quickSegments) {
        this.delayNs = delayNs;
        this.quickAtStart = quickSegments;
        this.quickSegments = quickSegments;
    }

    /**
     * In-order payload arrived.
     *
     * @param packetBytes payload of each packet of a super-segment, or the whole length
     * @param pushed the peer has nothing more to say for now
     * @param quick the user wants everything acknowledged at once
     * @param pauseNs silence after which the peer begins slowly again: the retransmission timeout
     */
    void onData(int bytes, int packetBytes, boolean pushed, boolean quick, long pauseNs, long nowNs) {
        measure(packetBytes, pushed);
        if (nowNs - lastDataNs > pauseNs && lastDataNs != NEVER) {
            quickSegments = Math.max(quickSegments, quickAtStart);
        }
        lastDataNs = nowNs;
        unackedBytes += bytes;
        if (quickSegments > 0 && !answering) {
            quickSegments -= Math.min(quickSegments, 1 + (bytes - 1) / packetBytes);
            now = true;
        } else if (quick || unackedBytes > rcvMss) {
            now = true;
        } else if (deadlineNs == Deadlines.NONE) {
            deadlineNs = nowNs + delayNs;
        }
    }

    /**
     * What a full segment is to this peer. Two smaller ones of one size in a row are full ones too: options took room, or the path
     * has become narrower. Below the usual size they are messages that happen to be equally long.
     */
    private void measure(int packetBytes, boolean pushed) {
        int smallerBefore = smaller;
        smaller = 0;
        if (packetBytes >= rcvMss) {
            rcvMss = packetBytes;
            messageEnds += pushed ? 1 : 0;
        } else if (packetBytes == smallerBefore) {
            rcvMss = packetBytes;
        } else {
            smaller = packetBytes >= USUAL_MSS ? packetBytes : 0;
            messageEnds++;
        }
    }

    /**
     * The program has taken all that arrived.
     *
     * @return whether an ACK is owed for that
     */
    boolean onAllRead() {
        if (unackedBytes > 0 && messageEnds >= (answering ? UNANSWERED : 1)) {
            now = true;
        }
        return now;
    }

    /** New data leaves, soon after some arrived perhaps. */
    void onDataSent(long nowNs) {
        answering |= lastDataNs != NEVER && nowNs - lastDataNs < delayNs;
    }

    /** An ACK is owed at once. */
    void demand(Decision why) {
        now = true;
        reason = why;
    }

    /** An ACK with fresh SACK blocks is owed: data segments have no room for them. */
    void demandWithSack() {
        now = true;
        pure = true;
    }

    /** An ACK without payload is owed at once. */
    void demandPure(Decision why) {
        demand(why);
        pure = true;
    }

    /** The delay is over. */
    void onDelayExpired() {
        deadlineNs = Deadlines.NONE;
        now = true;
        reason = Decision.ACK_DELAYED;
        answering = false; // the answer did not come in time
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
     * @param hadRoom it had no payload, and so room for SACK blocks
     */
    void onAckSent(boolean hadRoom) {
        unackedBytes = 0;
        messageEnds = 0;
        deadlineNs = Deadlines.NONE;
        now = pure && !hadRoom;
        pure = now;
        reason = now ? reason : Decision.ACK_NOW;
    }

    /** The longest delay. */
    long delayNs() {
        return delayNs;
    }

    /** Payload of a full segment of the peer's, in bytes. */
    int rcvMss() {
        return rcvMss;
    }

    /** Bytes that arrived in order since an acknowledgement was last sent. */
    int unackedBytes() {
        return unackedBytes;
    }

    /** The next segments, at least so many, are acknowledged at once, whether the program answers or not. */
    void quickAtLeast(int segments) {
        quickSegments = Math.max(quickSegments, segments);
        answering = false;
    }

    /** The peer sent something again that was here: its window is small now, as at the start. */
    void onNeedlessRetransmission() {
        quickAtLeast(quickAtStart);
    }
}
