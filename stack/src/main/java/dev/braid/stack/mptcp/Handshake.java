package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.stack.tcp.SegmentKind;
import dev.braid.stack.tcp.TcpSegment;
import dev.braid.stack.tcp.UpperLayer.Verdict;

/** What a subflow has to say and hear until both ends know what it is: MP_CAPABLE's or MP_JOIN's packets. Core thread only. */
interface Handshake {
    /** Bytes of option that it wants on a segment of this kind, not padded; 0 = none. */
    int length(SegmentKind kind);

    /**
     * Writes them.
     *
     * @return bytes written
     */
    int write(SegmentKind kind, long address, long streamOffset);

    /** Whether the peer began: then this end says no more than its SYN/ACK until the third packet has told who that is. */
    boolean passive();

    /** A segment arrived, resets aside; its options have been parsed. May end the handshake, or the use of Multipath TCP. */
    Verdict onSegment(TcpSegment segment, MptcpOptions options, long nowNs);
}
