package dev.braid.stack.congestion;

/**
 * How much may be in flight and how fast it may leave. It sees events and answers questions; it never touches the sender, the
 * loss detection or the pacer.
 *
 * <p>{@link #cwnd()} is compared with the <em>pipe</em>: the bytes the sender believes to be in the network (RFC 6675), that is
 * sent, neither acknowledged nor SACKed nor lost; without SACK each duplicate acknowledgment counts as one segment that left.
 * So no implementation inflates its window during recovery. One instance serves one connection, on the core's thread; no
 * method allocates.
 */
public interface CongestionControl {
    /** {@link #pacingRate()}: as fast as the window allows. */
    long UNPACED = Long.MAX_VALUE;
    /** {@link #ssthresh()}: no loss yet, slow start has no end. */
    long UNLIMITED = Long.MAX_VALUE;

    /** What users choose it by, such as {@code "reno"}. */
    String name();

    /**
     * The handshake is over; before it the window is one segment.
     *
     * @param mss the effective send MSS: payload bytes of a full segment
     * @param srttNs the round-trip time the handshake measured, or 0
     * @param handshakeLost the SYN or SYN/ACK was lost: start from one segment (RFC 5681 §3.1)
     */
    void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs);

    /** The effective send MSS changed. */
    void onMss(int mss);

    /**
     * Data left.
     *
     * @param bytes payload of the frame, new or resent
     * @param inflightBefore bytes in flight before it; 0 means sending starts again after a pause
     */
    void onSent(int bytes, long inflightBefore, long nowNs);

    /**
     * Nothing was sent for at least a retransmission timeout, and the next data is about to leave (RFC 5681 section 4.1). Only where
     * the configuration asks for it.
     *
     * @param timeouts how many retransmission timeouts have passed, at least 1
     */
    default void onIdle(long timeouts) {}

    /** An acknowledgment brought news: bytes acknowledged or SACKed, or ECE. Pure duplicates without news do not come here. */
    void onAck(AckSample sample);

    /**
     * Loss was detected by duplicate acknowledgments, SACK or RACK, or ECE calls for one reduction: fast recovery begins, once
     * per window of data. Comes before {@link #onAck} of the acknowledgment that showed it.
     *
     * @param inflight bytes sent and not cumulatively acknowledged: FlightSize (RFC 5681 §2)
     * @param sndNxt recovery lasts until this position is acknowledged
     */
    void onRecoveryStart(long inflight, long sndNxt, long nowNs);

    /** All that was outstanding when recovery began, or at the timeout, is acknowledged. */
    void onRecoveryEnd(long inflight, long nowNs);

    /**
     * The retransmission timer expired.
     *
     * @param inflight FlightSize before the timeout
     * @param first the first expiry for this data: later ones halve nothing again (RFC 5681 §3.1)
     */
    void onTimeout(long inflight, boolean first, long nowNs);

    /** The last recovery or timeout turned out to be spurious: what it took is given back (RFC 3522, RFC 5682). */
    void onSpurious(long nowNs);

    /** The congestion window in bytes; at least one MSS. */
    long cwnd();

    /** The slow-start threshold in bytes, or {@link #UNLIMITED}. */
    long ssthresh();

    /** Bytes per second at which the pacer lets data go, or {@link #UNPACED}. */
    long pacingRate();

    /** Whether it grows exponentially now. */
    default boolean inSlowStart() {
        return cwnd() < ssthresh();
    }
}
