package dev.braid.stack.mptcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.tcp.TcpSegment;

/**
 * The receiving half of a connection's data sequence space: mappings, reassembly over all subflows, the shared window (RFC 8684
 * section 3.3). Core thread only.
 */
final class DataReceiver {
    final MptcpConnection connection;

    DataReceiver(MptcpConnection connection) {
        this.connection = connection;
    }

    /** A segment's DSS option was parsed into {@code connection.layer.options}: its mapping goes with the payload, or is kept. */
    void onMapping(Subflow subflow, TcpSegment segment, long nowNs) {}

    /** A subflow delivers in-order bytes; takes the frame. */
    void onData(Subflow subflow, Frame frame, long streamOffset, long nowNs) {
        frame.release();
    }

    /** Bytes behind DATA_ACK that there is room for: what every subflow advertises. */
    long window() {
        return 0;
    }

    /** The data sequence number expected next: the DATA_ACK (RFC 8684 section 3.3.2). */
    long dataAck() {
        return 0;
    }

    /** Whether the peer uses 64-bit DSNs, and so must get 64-bit DATA_ACKs. */
    boolean wideDataAck() {
        return true;
    }

    /** Lets go of all memory. */
    void release() {}
}
