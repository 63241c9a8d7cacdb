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
    /** Bytes that this acknowledgment made the sender believe lost. */
    public int lostBytes;
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
    /** The application, not the window, limited what was in flight. */
    public boolean appLimited;
    /** The receiver echoed congestion (RFC 3168). */
    public boolean ece;
    /** The sender is in fast recovery. */
    public boolean inRecovery;
    /** What was outstanding at the last retransmission timeout is not acknowledged yet. */
    public boolean inLoss;
    /** All bytes delivered so far. */
    public long deliveredBytes;
    /** Delivery rate in bytes per second as measured by this acknowledgment, 0 when not measured. */
    public long deliveryRate;
    /** The rate sample was taken while the application limited sending. */
    public boolean rateAppLimited;

    /** Empties it for the next acknowledgment. */
    public AckSample clear() {
        nowNs = 0;
        ackedBytes = 0;
        knownBytes = 0;
        sackedBytes = 0;
        lostBytes = 0;
        rttNs = -1;
        srttNs = 0;
        minRttNs = 0;
        inflightBefore = 0;
        inflightAfter = 0;
        sndUna = 0;
        sndNxt = 0;
        appLimited = false;
        ece = false;
        inRecovery = false;
        inLoss = false;
        deliveredBytes = 0;
        deliveryRate = 0;
        rateAppLimited = false;
        return this;
    }
}
