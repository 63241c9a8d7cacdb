package dev.braid.stack.congestion;

/**
 * What one arriving acknowledgment told the sender: filled in and reused by the connection, read by {@link CongestionControl}
 * during {@link CongestionControl#onAck}. Bytes and nanoseconds; positions count bytes since the connection's first data byte.
 */
public final class AckSample {
    /** The core's clock. */
    public long nowNs;
    /** Bytes that the cumulative acknowledgment moved over. */
    public int ackedBytes;
    /** How many of these were known to have arrived already: SACK blocks, or duplicates without SACK, had told. */
    public int knownBytes;
    /** Bytes that SACK blocks named for the first time. */
    public int sackedBytes;
    /**
     * Bytes that it showed to have arrived, and nothing before it did: {@code ackedBytes - knownBytes + sackedBytes}, and without
     * SACK a segment for each duplicate.
     */
    public int newlyDelivered;
    /** Bytes that this acknowledgment made the sender believe lost. */
    public int lostBytes;
    /** Of {@link #newlyDelivered}, those that ECE told were marked (RFC 8257 §3.3). */
    public int ceBytes;
    /** The round-trip time this acknowledgment measured (Karn's algorithm applied), or -1. */
    public long rttNs;
    /** The smoothed round-trip time, 0 before the first measurement. */
    public long srttNs;
    /** The smallest round-trip time seen, 0 before the first measurement. */
    public long minRttNs;
    /** Bytes in flight before it arrived. */
    public long inflightBefore;
    /** Bytes in flight after it arrived. */
    public long inflightAfter;
    /** The oldest unacknowledged position, after it arrived. */
    public long sndUna;
    /** The next position to send. */
    public long sndNxt;
    /** The window, not the application nor the pace, limited what was in flight ({@link WindowUse#limited}). */
    public boolean cwndLimited;
    /** The most that was in flight in the present window of data. */
    public long mostInflight;
    /** The receiver sends SACK blocks: losses are found one by one. */
    public boolean selectiveAcks;
    /** The path was seen to reorder by more than duplicates are waited for: SACK blocks are then no sign of loss. */
    public boolean reorders;
    /** The receiver echoed congestion (RFC 3168). */
    public boolean ece;
    /** The sender is in fast recovery. */
    public boolean inRecovery;
    /** What was outstanding at the last retransmission timeout is not acknowledged yet. */
    public boolean inLoss;
    /** All bytes delivered so far (C.delivered of draft-ietf-ccwg-bbr). */
    public long deliveredBytes;
    /** All bytes ever marked lost (C.lost). */
    public long lostTotal;

    // The rate sample: of the delivered segment that was sent last. Nothing in it counts where rateIntervalNs is 0.

    /** Delivery rate in bytes per second as measured by this acknowledgment, 0 when not measured. */
    public long deliveryRate;
    /** The time over which it was measured, 0 when not measured (RS.interval). */
    public long rateIntervalNs;
    /** Bytes delivered in that time (RS.delivered). */
    public long rateDelivered;
    /** {@link #deliveredBytes} when that segment was sent (RS.prior_delivered). */
    public long priorDelivered;
    /** Bytes in flight when it was sent, itself included (RS.tx_in_flight). */
    public long txInflight;
    /** Bytes marked lost since it was sent (RS.lost). */
    public long rateLost;
    /** The rate sample was taken while the application limited sending. */
    public boolean rateAppLimited;
    /** That segment was sent more than once. */
    public boolean rateResent;
    /** It is the first acknowledgment of a segment that was sent after the last round trip began: a new one begins. */
    public boolean roundStart;

    /** Empties it for the next acknowledgment. */
    public AckSample clear() {
        nowNs = 0;
        ackedBytes = 0;
        knownBytes = 0;
        sackedBytes = 0;
        newlyDelivered = 0;
        lostBytes = 0;
        ceBytes = 0;
        rttNs = -1;
        srttNs = 0;
        minRttNs = 0;
        inflightBefore = 0;
        inflightAfter = 0;
        sndUna = 0;
        sndNxt = 0;
        cwndLimited = false;
        mostInflight = 0;
        selectiveAcks = false;
        reorders = false;
        ece = false;
        inRecovery = false;
        inLoss = false;
        deliveredBytes = 0;
        lostTotal = 0;
        clearRate();
        return this;
    }

    /** This acknowledgment makes no rate sample. */
    public void clearRate() {
        deliveryRate = 0;
        rateIntervalNs = 0;
        rateDelivered = 0;
        priorDelivered = 0;
        txInflight = 0;
        rateLost = 0;
        rateAppLimited = false;
        rateResent = false;
        roundStart = false;
    }
}
