package dev.braid.stack.tcp;

/** What a segment is for, as far as its options care: an {@link UpperLayer} reserves and writes by it. */
public enum SegmentKind {
    /** The first SYN of an active open, and its retransmissions. */
    SYN,
    /** The answer to a SYN, in simultaneous open too. */
    SYN_ACK,
    /** The ACK that completes the handshake of an active open, and its repetition when the peer's SYN/ACK comes again. */
    THIRD_ACK,
    /** No data: an acknowledgement, window update or probe, or a FIN alone. */
    ACK,
    /** Payload, new or sent again. */
    DATA,
    /** A reset of a connection that exists. */
    RESET
}
