package dev.braid.stack.tcp;

/** What a segment is for, as far as its options care: an {@link UpperLayer} reserves and writes by it. */
public enum SegmentKind {
    /** The first SYN of an active open, and its retransmissions. */
    SYN,
    /** The answer to a SYN, in simultaneous open too. */
    SYN_ACK,
    /** The ACK that completes the handshake of an active open, and its repetition when the peer's SYN/ACK comes again. */
    THIRD_ACK,
    /** No data: an acknowledgement, window update or window probe, or a FIN alone. */
    ACK,
    /** One octet that the peer has, so that it must answer: options that belong to payload would contradict it. */
    PROBE,
    /** Payload, new or sent again. */
    DATA,
    /** A reset of a connection that exists. */
    RESET
}
