package dev.braid.stack.nio;

import dev.braid.stack.tcp.Tcb;

/**
 * A moment of one connection, as Linux's TCP_INFO tells it.
 *
 * @param state the state's name (RFC 9293 section 3.3.2)
 * @param mss bytes of payload in a full segment
 * @param srttNs smoothed round-trip time in nanoseconds, 0 before the first sample
 * @param rttvarNs its mean deviation
 * @param rtoNs retransmission timeout in nanoseconds, back-off included
 * @param cwnd congestion window in bytes
 * @param ssthresh slow start threshold in bytes
 * @param flightSize bytes sent and not acknowledged
 * @param sndWnd window the peer offers, in bytes
 * @param bytesAcked payload bytes the peer acknowledged
 * @param bytesReceived payload bytes received in order
 * @param retransmits segments sent again
 */
public record ConnectionInfo(
        String state,
        int mss,
        long srttNs,
        long rttvarNs,
        long rtoNs,
        long cwnd,
        long ssthresh,
        long flightSize,
        long sndWnd,
        long bytesAcked,
        long bytesReceived,
        long retransmits) {

    static ConnectionInfo of(Tcb tcb) {
        return new ConnectionInfo(
                tcb.state().name(),
                tcb.mss(),
                tcb.srttNs(),
                tcb.rttvarNs(),
                tcb.rtoNs(),
                tcb.cwnd(),
                tcb.ssthresh(),
                tcb.flightSize(),
                tcb.sndWnd(),
                tcb.bytesAcked(),
                tcb.bytesReceived(),
                tcb.retransmits());
    }
}
