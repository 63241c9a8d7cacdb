package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;

/** A segment arrives in SYN-SENT: RFC 9293 section 3.10.7.3, check by check. */
final class SynSentArrival {
    private final TcpLayer layer;
    private final AckArrival ackArrival;
    private final OtherStatesArrival otherStates;

    SynSentArrival(TcpLayer layer, AckArrival ackArrival, OtherStatesArrival otherStates) {
        this.layer = layer;
        this.ackArrival = ackArrival;
        this.otherStates = otherStates;
    }

    void input(Tcb tcb, TcpSegment segment, long nowNs) {
        boolean acceptable = segment.has(Tcp.ACK);
        if (!first(tcb, segment) || !second(tcb, segment, acceptable, nowNs)) {
            return;
        }
        if (!segment.has(Tcp.SYN)) {
            // "Fifth, if neither of the SYN or RST bits is set, then drop the segment and return."
            layer.counters.dropSynSent.increment();
            return;
        }
        fourth(tcb, segment, acceptable, nowNs);
    }

    /** First, check the ACK bit. */
    private boolean first(Tcb tcb, TcpSegment segment) {
        if (!segment.has(Tcp.ACK)) {
            return true;
        }
        // "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset (unless the RST bit is set, if so drop the segment and return)"
        if (Seq.lessOrEqual(segment.ack, tcb.iss) || Seq.lessThan(tcb.sndNxt, segment.ack)) {
            layer.counters.dropSynSent.increment();
            layer.resets.answer(segment);
            return false;
        }
        return true;
    }

    /** Second, check the RST bit. */
    private boolean second(Tcb tcb, TcpSegment segment, boolean acceptable, long nowNs) {
        if (!segment.has(Tcp.RST)) {
            return true;
        }
        // "If the ACK was acceptable, then signal to the user "error: connection reset", drop the segment, enter CLOSED state,
        // delete TCB, and return. Otherwise (no ACK), drop the segment and return."
        if (acceptable) {
            UpperLayer upper = tcb.upper;
            if (upper != null) {
                upper.onSegment(tcb, segment, nowNs); // it may say why
            }
            layer.ending.fail(tcb, TcpFailure.REFUSED);
        } else {
            layer.counters.dropReset.increment();
        }
        return false;
    }

    /** Fourth, check the SYN bit. (Third would be security, which RFC 9293 appendix A.1 leaves out.) */
    private void fourth(Tcb tcb, TcpSegment segment, boolean acked, long nowNs) {
        PeerSyn.accept(tcb, segment, nowNs);
        UpperLayer upper = tcb.upper;
        if (upper != null) {
            UpperLayer.Verdict verdict = upper.onSegment(tcb, segment, nowNs);
            if (verdict == UpperLayer.Verdict.RESET) {
                tcb.enter(TcpState.SYN_RECEIVED); // its numbers are known: a reset can be sent
            }
            if (!otherStates.verdict(tcb, verdict)) {
                return;
            }
        }
        if (acked) {
            ackArrival.establish(tcb, segment, nowNs);
            layer.output.thirdAck(tcb, nowNs);
            // What may stand behind the SYN is dealt with as a segment of its own: text and FIN have the next number.
            segment.seq++;
            segment.flags &= ~Tcp.SYN;
            otherStates.afterAck(tcb, segment, nowNs);
            return;
        }
        // "Otherwise, enter SYN-RECEIVED, form a SYN,ACK segment and send it": a simultaneous open.
        tcb.enter(TcpState.SYN_RECEIVED);
        tcb.sndWnd = segment.wnd;
        tcb.maxSndWnd = segment.wnd;
        tcb.sndWl1 = segment.seq;
        tcb.sndWl2 = tcb.iss;
        tcb.synDue = true;
    }
}
