package dev.braid.stack.congestion;

import org.jspecify.annotations.Nullable;

/**
 * How much may be in flight and how fast it may leave. It sees events and answers questions; it never touches the sender, the
 * loss detection or the pacer.
 *
 * <p>{@link #cwnd()} is compared with the <em>pipe</em>: the bytes the sender believes to be in the network (RFC 6675), that is
 * sent, neither acknowledged nor SACKed nor lost; without SACK each duplicate acknowledgment counts as one segment that left.
 * So no implementation inflates its window during recovery. One instance serves one connection, on the core's thread; no
 * method but {@link #info()} allocates.
 *
 * <p>"Flight" below is RFC 5681's FlightSize: bytes sent and not cumulatively acknowledged, lost ones included. "Inflight" is the
 * pipe.
 */
public interface CongestionControl {
    /** {@link #pacingRate()}: as fast as the window allows. */
    long UNPACED = Long.MAX_VALUE;
    /** {@link #ssthresh()}: no loss yet, slow start has no end. */
    long UNLIMITED = Long.MAX_VALUE;

    /** What users choose it by, such as {@code "reno"}: at most 15 ASCII characters, as Linux's TCP_CONGESTION allows. */
    String name();

    // The connection's life.

    /**
     * Bits that differ from one connection to the next, for what a control decides by lot. Comes once, before
     * {@link #onEstablished} or {@link #onTakeOver}.
     */
    default void entropy(long entropy) {}

    /**
     * The handshake is over; before it the window is one segment.
     *
     * @param mss the effective send MSS: payload bytes of a full segment
     * @param srttNs the round-trip time the handshake measured, or 0
     * @param handshakeLost the SYN or SYN/ACK was lost: start from one segment (RFC 5681 §3.1)
     */
    void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs);

    /**
     * It takes over a live connection from another control, in place of {@link #onEstablished}. What is in flight stays, so the
     * window goes on from {@code before.cwnd()} and nothing leaves in a burst.
     *
     * @param before the control until now; not used afterwards
     * @param mss the effective send MSS
     * @param srttNs the smoothed round-trip time, or 0
     * @param inflight bytes in the pipe
     * @param reducing a recovery or a reduction by ECN is under way, whose end {@link #onRecoveryEnd} will tell
     */
    void onTakeOver(CongestionControl before, int mss, long srttNs, long inflight, boolean reducing, long nowNs);

    /** The effective send MSS changed. */
    void onMss(int mss);

    // Sending.

    /**
     * Data left.
     *
     * @param bytes payload of the frame
     * @param inflightBefore bytes in the pipe before it; 0 means sending starts again after a pause
     * @param resent it had been sent before
     */
    void onSent(int bytes, long inflightBefore, boolean resent, long nowNs);

    /**
     * Nothing was sent for at least a retransmission timeout, and the next data is about to leave (RFC 5681 section 4.1). Only where
     * the configuration asks for it.
     *
     * @param timeouts how many retransmission timeouts have passed, at least 1
     */
    default void onIdle(long timeouts) {}

    /** All that the application gave was sent, and the window has room: what comes now is its pace. */
    default void onApplicationLimited(long inflight, long nowNs) {}

    // What comes back.

    /**
     * An acknowledgment brought news: bytes acknowledged or SACKed, a duplicate that tells of a segment, or ECE. Other pure
     * duplicates do not come here. The sample is the caller's and is used again for the next.
     */
    void onAck(AckSample sample);

    /**
     * A frame, or a part of one, was marked lost. Comes for each, before the {@link #onRecoveryStart} or {@link #onAck} of the
     * acknowledgment that showed it.
     *
     * @param bytes payload lost
     * @param deliveredAtSend {@link AckSample#deliveredBytes} when it was sent
     * @param lostAtSend {@link AckSample#lostTotal} when it was sent
     * @param inflightAtSend bytes in the pipe when it was sent, itself included
     * @param appLimitedAtSend the application limited sending then
     */
    default void onSegmentLost(
            int bytes, long deliveredAtSend, long lostAtSend, long inflightAtSend, boolean appLimitedAtSend,
            long nowNs) {}

    /**
     * Loss was detected by duplicate acknowledgments, SACK or RACK: fast recovery begins, once per window of data. Comes before
     * {@link #onAck} of the acknowledgment that showed it. When a reduction by ECN is under way for the same window, it is not
     * repeated: the reduction goes on as recovery.
     *
     * @param flight FlightSize
     * @param sndNxt recovery lasts until this position is acknowledged
     */
    void onRecoveryStart(long flight, long sndNxt, long nowNs);

    /**
     * ECE calls for a reduction (RFC 3168 §6.1.2), at most one per window of data: state CWR begins. Comes before {@link #onAck}
     * of the acknowledgment that carried it; ends as recovery does.
     *
     * @param flight FlightSize
     * @param sndNxt it lasts until this position is acknowledged
     */
    default void onEcnReduction(long flight, long sndNxt, long nowNs) {
        onRecoveryStart(flight, sndNxt, nowNs);
    }

    /**
     * A timer, not an acknowledgment, found loss (RFC 8985's reordering timer). Comes after {@link #onRecoveryStart} when that
     * began recovery: no {@link #onAck} follows that would open the window for the repair.
     *
     * @param lostBytes bytes newly lost
     * @param inflight bytes in the pipe without them
     */
    default void onTimerLoss(long lostBytes, long inflight, long nowNs) {}

    /** All that was outstanding when recovery or the reduction by ECN began, or at the timeout, is acknowledged. */
    void onRecoveryEnd(long inflight, long nowNs);

    /**
     * The retransmission timer expired.
     *
     * @param flight FlightSize
     * @param inflight bytes in the pipe, now that the timeout has marked what it believes lost
     * @param first the first expiry for this data: later ones reduce nothing again (RFC 5681 §3.1)
     */
    void onTimeout(long flight, long inflight, boolean first, long nowNs);

    /**
     * The last recovery, reduction or timeout turned out to be spurious: what it took is given back (RFC 3522, RFC 4015, RFC 5682).
     * The recovery is over; no {@link #onRecoveryEnd} follows.
     */
    void onUndo(long nowNs);

    // Answers.

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

    /**
     * Whether it works by ECN marks: ECN is negotiated whatever the configuration says, every packet is ECN-capable, and the
     * receiver tells of each change of the CE codepoint at once (DCTCP, RFC 8257 §3).
     */
    default boolean needsEcn() {
        return false;
    }

    /** Its own numbers for people who watch it (Linux's TCP_CC_INFO), or {@code null}. Allocates. */
    default @Nullable CongestionInfo info() {
        return null;
    }
}
