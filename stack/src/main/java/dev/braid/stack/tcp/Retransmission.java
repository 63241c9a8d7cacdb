package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.Tcp;

/** Sends again what {@link LossDetection} marked lost in the {@link SentQueue}, oldest first, within the congestion window. */
final class Retransmission {
    private final TcpLayer layer;
    private final SegmentWriter writer;

    Retransmission(TcpLayer layer, SegmentWriter writer) {
        this.layer = layer;
        this.writer = writer;
    }

    /**
     * Sends the first of what is lost, as much of it as the congestion window allows.
     *
     * @return what it cost in bytes, or {@link Output#NOTHING}
     */
    int send(Tcb tcb, long nowNs) {
        SentSegment lost = tcb.sent.nextLost();
        if (lost == null || tcb.holdRepairs) {
            return Output.NOTHING;
        }
        if (lost.syn()) {
            return synAgain(tcb, lost, nowNs);
        }
        long allowed = tcb.congestion.cwnd() - tcb.inflight();
        if (allowed < Math.min(lost.length(), tcb.sndMss) && !tcb.retransmitNow) {
            return Output.NOTHING;
        }
        int packetMss = SegmentWriter.packetMss(tcb);
        // Cut to what the window allows, in whole packets: a hole of one packet brings one packet back. A full queue is cut no more:
        // whoever makes us cut must not make it grow without bound.
        long most = Math.min(Math.max(allowed, packetMss), Output.frameBudget(tcb, packetMss));
        int limit = (int) Math.max(packetMss, Math.min(most, Output.MAX_PAYLOAD) / packetMss * packetMss);
        if (lost.dataLength() > limit && !tcb.sent.isFull()) {
            tcb.sent.truncate(lost, limit);
        }
        Decision decision = tcb.loss.inLoss() ? Decision.RETRANSMIT_RTO : Decision.FAST_RETRANSMIT;
        return sendAgain(tcb, lost, packetMss, decision, nowNs);
    }

    /**
     * Sends the highest packet again that is not SACKed, as a loss probe (RFC 8985 section 7.3).
     *
     * @return as {@link #send}
     */
    int sendHighest(Tcb tcb, int packetMss, long nowNs) {
        SentSegment last = tcb.sent.takeLastPacket(packetMss);
        return last == null ? Output.NOTHING : sendAgain(tcb, last, packetMss, Decision.LOSS_PROBE, nowNs);
    }

    private int synAgain(Tcb tcb, SentSegment syn, long nowNs) {
        Decision decision = Decision.RETRANSMIT_RTO;
        if (!writer.sendSyn(tcb, decision, nowNs)) {
            return layer.noFrame(tcb, nowNs);
        }
        layer.counters.synRetrans.increment();
        retransmitted(tcb, syn, decision, tcb.sndMss, nowNs);
        return Output.BARE_COST;
    }

    private int sendAgain(Tcb tcb, SentSegment lost, int packetMss, Decision decision, long nowNs) {
        cutAtBoundary(tcb, lost);
        int length = lost.dataLength();
        int flags = lost.fin() ? Tcp.FIN : 0;
        if (length == 0) {
            int seq = tcb.sequence(lost.start());
            if (!writer.sendBare(tcb, SegmentKind.ACK, seq, flags | Tcp.ACK, decision, nowNs)) {
                return layer.noFrame(tcb, nowNs);
            }
            retransmitted(tcb, lost, decision, packetMss, nowNs);
            return Output.BARE_COST;
        }
        int push = Output.push(tcb, lost.start(), length, packetMss);
        int sent = writer.sendData(tcb, lost.start(), length, packetMss, flags | push, decision, nowNs);
        if (sent < 0) {
            return layer.noFrame(tcb, nowNs);
        }
        if (sent < length) {
            tcb.sent.truncate(lost, sent);
        }
        if (decision == Decision.FAST_RETRANSMIT) {
            layer.counters.fastRetrans.increment();
        } else if (decision == Decision.RETRANSMIT_RTO) {
            layer.counters.slowStartRetrans.increment();
        }
        retransmitted(tcb, lost, decision, packetMss, nowNs);
        tcb.pacer.onSent(sent, nowNs);
        return sent;
    }

    /** What was SACKed was joined with its neighbours; if the peer reneges, it may have to go again in pieces. */
    private static void cutAtBoundary(Tcb tcb, SentSegment lost) {
        UpperLayer upper = tcb.upper;
        if (upper != null && lost.dataLength() > 0) {
            long most = upper.boundary(tcb, lost.dataStart()) - lost.dataStart();
            if (most < lost.dataLength()) {
                tcb.sent.truncate(lost, (int) most);
            }
        }
    }

    private void retransmitted(Tcb tcb, SentSegment segment, Decision decision, int packetMss, long nowNs) {
        long inflight = tcb.inflight();
        boolean oldest = tcb.sent.start() == segment.start();
        tcb.sent.onRetransmitted(segment, packetMss, nowNs);
        int packets = Math.max(1, (segment.dataLength() + packetMss - 1) / packetMss);
        tcb.retransmits += packets;
        tcb.counts.bytesRetrans += segment.dataLength();
        layer.counters.retransSegs.add(packets);
        layer.counters.lostRetransmit.add(tcb.sent.takeLostAgain());
        tcb.congestion.onSent(segment.dataLength(), inflight, true, nowNs);
        tcb.retransmitNow = false;
        if (decision != Decision.LOSS_PROBE) {
            tcb.undo.onRetransmitted(packets, nowNs);
        }
        if (layer.observer != null) {
            layer.observer.onRetransmit(tcb, decision, segment.dataLength());
        }
        if (oldest || tcb.deadlines.rtoNs == Deadlines.NONE) {
            // RFC 6298 section 5.1 has the timer run from a segment's sending; its repair's time begins anew.
            RetransmissionTimer.arm(tcb, nowNs);
        }
    }
}
