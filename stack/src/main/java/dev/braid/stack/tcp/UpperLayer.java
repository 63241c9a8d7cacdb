package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;

/**
 * A protocol on top of one TCB that TCP itself knows nothing of: the one place where more than a byte stream plugs in.
 *
 * <p>TCP without an upper layer pays one null test at each place below. Every call comes on the core's thread, from the
 * middle of TCP's own work: an implementation answers from its state and calls back only through {@link LowerLayer}.
 */
public interface UpperLayer {
    /** What TCP does with a segment whose options the upper layer has seen. */
    enum Verdict {
        /** Goes on with it. */
        PROCEED,
        /** Drops it, counted as {@code TcpDropUpperLayer}. */
        DISCARD,
        /** Resets the connection. */
        RESET
    }

    /** How a pure ACK carries timestamps, where they were agreed on. */
    enum Stamping {
        /** Behind two NOPs, as every other segment does. */
        ALIGNED,
        /** Without NOPs, which leaves 30 bytes. */
        PACKED,
        /** Not at all, which leaves 40. */
        NONE
    }

    // Options.

    /**
     * How many bytes of options it wants on the next segment of this kind.
     *
     * @param room bytes that are free, a multiple of 4 but for timestamps that are {@linkplain Stamping#PACKED packed}
     * @return 0..room, a multiple of 4 or all of it; TCP cuts the payload accordingly
     */
    int reserveOptions(Tcb tcb, SegmentKind kind, int room);

    /**
     * Writes the options it reserved.
     *
     * @param address where they go
     * @param reserved what {@link #reserveOptions} answered for this segment
     * @param streamOffset place of the payload's first byte in the stream of this TCB, 0 = the first byte behind the SYN
     * @param length payload bytes, a whole super-segment's; each packet it is cut into carries the same options
     * @return bytes written, at most {@code reserved}; TCP fills up with NOPs
     */
    int writeOptions(Tcb tcb, SegmentKind kind, long address, int reserved, long streamOffset, int length);

    /**
     * How the next pure ACK carries timestamps, since what the upper layer wants said on it may have no room beside them as they usually
     * are. RFC 7323 section 3.2 wants them on every segment, and lets a peer drop one without: {@link Stamping#NONE} is not for what must
     * arrive.
     */
    default Stamping stamping(Tcb tcb) {
        return Stamping.ALIGNED;
    }

    /**
     * Sees an acceptable segment before TCP processes its ACK and data: parses what options it carries, SYN, SYN/ACK, third
     * ACK, data and pure ACKs alike, and resets, of which the answer changes nothing. What it learns about the payload it
     * attaches to {@link TcpSegment#frame()} as an extension, which comes back with {@link #onData}.
     */
    Verdict onSegment(Tcb tcb, TcpSegment segment, long nowNs);

    /**
     * Whether the options of a reset in the window prove that the peer sent it, where its sequence number does not: data was lost, or
     * overtook it. RFC 5961 section 3.2 wants the number as the proof because a reset has no other.
     */
    default boolean provesReset(Tcb tcb, TcpSegment segment) {
        return false;
    }

    /** Whether this duplicate ACK must not count towards loss detection, because it carries news of the upper layer. */
    boolean exemptDuplicateAck(Tcb tcb, TcpSegment segment);

    /**
     * Why the upper layer had the segment sent whose options it wrote last, and what else it decided before. Asked once for each
     * segment, only while decisions are traced.
     *
     * @return in codes of its own; 0 = it has nothing to add to TCP's decision
     */
    default long reasons(Tcb tcb, Decision decision) {
        return 0;
    }

    // Data.

    /**
     * TCP could send now and has nothing queued: the upper layer {@linkplain LowerLayer#append appends} what is to go next.
     * All that one call appends has a boundary behind it that no segment crosses.
     *
     * @param room bytes that windows, pacing and one super-frame allow, at least 1
     * @return bytes appended, 0..room; after 0 TCP asks again only after {@link LowerLayer#dataReady}
     */
    int pull(Tcb tcb, int room, long nowNs);

    /**
     * Where what one {@link #pull} appended ends: no segment crosses that, whatever became of those that carried it first.
     *
     * @param streamOffset of a byte that was appended and is not acknowledged
     * @return an offset behind it
     */
    long boundary(Tcb tcb, long streamOffset);

    /** Bytes, more or less, that it could give this TCB in {@link #pull}: while there are none, the user is what is waited for. */
    long pullable(Tcb tcb);

    /**
     * The window to advertise in bytes, 0 or more, in place of the TCB's own buffer. It counts from whatever the upper layer's options
     * say: TCP writes just this, rounded up to what the field can express, though the edge it makes in the TCB's own sequence space
     * may then move left. What is taken follows {@link LowerLayer#receiveBuffer} instead.
     */
    long receiveWindow(Tcb tcb);

    /**
     * A segment leaves whose window field says this many bytes: the answer of {@link #receiveWindow}, rounded up, or less where the
     * field cannot express as much.
     */
    default void onAdvertised(Tcb tcb, long window) {}

    /**
     * Whether what was received and is unread takes so much memory that no more is taken, whatever windows promised: their fields are
     * rounded up, and a peer that sends less than a unit at a time never sees one close. What is refused is not acknowledged.
     */
    default boolean isFull(Tcb tcb) {
        return false;
    }

    /**
     * Takes in-order payload, which is not charged to the TCB. The frame is the upper layer's from now on.
     *
     * @param frame payload at [{@code payloadOffset()}, {@code linearLength()})
     * @param streamOffset place of its first byte in the peer's stream of this TCB, 0 = the first byte behind the SYN
     */
    void onData(Tcb tcb, Frame frame, long streamOffset, long nowNs);

    // Whose connection it is.

    /**
     * What a listener hands out once this TCB, which a peer opened, is established: the TCB itself, or what the upper layer makes of
     * it. The upper layer owns the TCB from then on if it is not the TCB that it answers.
     */
    default Connection accepted(Tcb tcb) {
        return tcb;
    }

    // Events.

    /** Everything below {@code streamOffset} was acknowledged by the peer. */
    void onAcked(Tcb tcb, long streamOffset, long nowNs);

    /** Loss was found from duplicate or selective acknowledgements: a recovery begins. */
    void onLoss(Tcb tcb, long nowNs);

    /** The retransmission timer expired. */
    void onRto(Tcb tcb, long nowNs);

    /** The TCB is gone or in TIME-WAIT: the last call for it. */
    void onClosed(Tcb tcb, long nowNs);
}
