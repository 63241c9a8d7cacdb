package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * The short way for what an established flow brings nearly always: the next expected segment, with no flag but ACK and PSH and no
 * option but timestamps and the upper layer's (RFC 1122 section 4.2.2.1 calls Van Jacobson's idea "header prediction"). All it leaves out are checks
 * whose answers are known; what it does, it does with the long way's own pieces.
 */
final class HeaderPrediction {
    private final TcpLayer layer;
    private final AckArrival ackArrival;
    private final TextArrival textArrival;
    private final OtherStatesArrival longWay;

    HeaderPrediction(TcpLayer layer, AckArrival ackArrival, TextArrival textArrival, OtherStatesArrival longWay) {
        this.layer = layer;
        this.ackArrival = ackArrival;
        this.textArrival = textArrival;
        this.longWay = longWay;
    }

    /** Whether the segment was as predicted and has been dealt with; else nothing was changed. */
    boolean input(Tcb tcb, TcpSegment segment, long nowNs) {
        if (tcb.state != TcpState.ESTABLISHED
                || segment.seq != tcb.rcvNxt
                || (segment.flags & ~Tcp.PSH) != Tcp.ACK
                || tcb.orphaned
                || !usualOptions(tcb, segment)) {
            return false;
        }
        int acked = Seq.diff(segment.ack, tcb.sndUna);
        if (acked < 0 || Seq.lessThan(tcb.sndNxt, segment.ack)) {
            return false;
        }
        int length = segment.length;
        if (length == 0) {
            // A pure ACK that brings news; duplicates and what belongs to a recovery are for the long way.
            if (acked == 0 || tcb.loss.inRecovery() || tcb.loss.inLoss()) {
                return false;
            }
        } else if (!tcb.outOfOrder.isEmpty()
                || length > tcb.rcvWnd()
                || tcb.finArrived
                || TextArrival.isFull(tcb)) {
            return false;
        }
        UpperLayer upper = tcb.upper;
        if (upper != null && !longWay.verdict(tcb, upper.onSegment(tcb, segment, nowNs))) {
            return true;
        }
        if (tcb.timestamps && Seq.lessOrEqual(segment.seq, tcb.lastAckSent)) {
            tcb.tsRecent = segment.options.tsVal();
            tcb.tsRecentNs = nowNs;
        }
        ackArrival.acknowledge(tcb, segment, nowNs);
        if (length == 0) {
            layer.counters.pureAcks.increment();
        } else {
            if (tcb.ecn.agreed()) {
                layer.ecnArrival.onText(tcb, segment, nowNs);
            }
            TextArrival.timeRoundTrip(tcb, segment, nowNs);
            textArrival.deliver(tcb, segment.takeFrame(), length, TextArrival.packetBytes(segment),
                    segment.has(Tcp.PSH), nowNs);
        }
        return true;
    }

    private static boolean usualOptions(Tcb tcb, TcpSegment segment) {
        if (tcb.upper != null) {
            // What the upper layer's options are is its own affair; of TCP's there are the usual ones.
            TcpOptions options = segment.options;
            int own = options.present() & ~TcpOptions.MPTCP;
            return tcb.timestamps
                    ? own == TcpOptions.TIMESTAMPS && Seq.lessOrEqual(tcb.tsRecent, options.tsVal())
                    : own == 0;
        }
        if (!tcb.timestamps) {
            return segment.optionsLength() == 0;
        }
        TcpOptions options = segment.options;
        return segment.optionsLength() == TcpOptionWriter.ALIGNED_TIMESTAMPS_LENGTH
                && options.present() == TcpOptions.TIMESTAMPS
                && Seq.lessOrEqual(tcb.tsRecent, options.tsVal());
    }
}
