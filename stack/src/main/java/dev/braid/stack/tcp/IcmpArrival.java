package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.icmp.IcmpError;

/**
 * An ICMP error quotes a segment of ours (RFC 9293 section 3.9.2.2). It counts only if the quoted number is in flight (RFC 5927
 * section 4.1); hard errors end a connection only before it is established (section 5.2), soft ones never do by themselves.
 */
final class IcmpArrival {
    /** A second transmission of a SYN that is answered by a soft error again ends the attempt (RFC 5461 section 4.1). */
    private static final int SOFT_ERRORS_IN_SYN_SENT = 2;

    private final TcpLayer layer;

    IcmpArrival(TcpLayer layer) {
        this.layer = layer;
    }

    void input(IcmpError error, long nowNs) {
        Tcb tcb = layer.flows.lookup(
                error.scope(),
                Protocol.TCP,
                error.localHi(),
                error.localLo(),
                error.remoteHi(),
                error.remoteLo(),
                error.localPort(),
                error.remotePort());
        if (tcb == null || tcb.state == TcpState.CLOSED) {
            return;
        }
        if (!Seq.between(tcb.sndUna, error.seq(), tcb.sndNxt)) {
            layer.counters.icmpOutOfWindow.increment();
            return;
        }
        switch (error.kind()) {
            case PACKET_TOO_BIG -> packetTooBig(tcb, error.mtu(), nowNs);
            case PORT_UNREACHABLE -> hard(tcb, TcpFailure.REFUSED);
            case PROTOCOL_UNREACHABLE -> hard(tcb, TcpFailure.PROTOCOL);
            case NETWORK_UNREACHABLE -> soft(tcb, TcpFailure.NETWORK_UNREACHABLE);
            case HOST_UNREACHABLE, PROHIBITED, TIME_EXCEEDED -> soft(tcb, TcpFailure.HOST_UNREACHABLE);
            case PARAMETER_PROBLEM -> soft(tcb, TcpFailure.PROTOCOL);
        }
        layer.touch(tcb);
    }

    /** RFC 5927 section 5.2: once synchronised, treated as soft, for a connection that works cannot have a hard error. */
    private void hard(Tcb tcb, TcpFailure failure) {
        if (tcb.state == TcpState.SYN_SENT) {
            layer.ending.fail(tcb, failure);
        } else if (tcb.state != TcpState.SYN_RECEIVED) {
            tcb.softError = failure == TcpFailure.PROTOCOL ? failure : TcpFailure.HOST_UNREACHABLE;
        }
    }

    /** RFC 1122 section 4.2.3.9: "TCP MUST NOT abort the connection" for them; a timeout later is blamed on them. */
    private void soft(Tcb tcb, TcpFailure failure) {
        tcb.softError = failure;
        tcb.softErrors++;
        if (tcb.state == TcpState.SYN_SENT && tcb.softErrors >= SOFT_ERRORS_IN_SYN_SENT && tcb.timeouts > 0) {
            layer.ending.fail(tcb, failure);
        }
    }

    /** RFC 1191, RFC 8201: smaller segments from now on; what was too big goes again, cut anew, without blaming congestion. */
    private void packetTooBig(Tcb tcb, int mtu, long nowNs) {
        int present = tcb.path().mtu();
        // RFC 5927 section 7.2 would have more checks: at least, what is claimed has to explain why the segment was refused.
        if (mtu >= present || mtu < tcb.path().headerLength() + Tcp.MIN_HEADER) {
            return;
        }
        if (!tcb.path().lowerMtu(mtu, nowNs)) {
            return;
        }
        int before = tcb.sndMss;
        layer.refreshMss(tcb);
        if (tcb.sndMss < before && tcb.state.synchronised() && !tcb.sent.isEmpty()) {
            tcb.loss.onMtuReduced(tcb.sent);
            tcb.sent.rate.losses.forget();
            tcb.retransmitNow = true;
        }
    }
}
