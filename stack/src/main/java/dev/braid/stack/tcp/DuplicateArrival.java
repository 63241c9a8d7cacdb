package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;

/**
 * Sequence numbers arrive that were there already: the peer hears at once which (RFC 2883), so that it can tell a needless
 * retransmission from a needed one.
 */
final class DuplicateArrival {
    private final TcpLayer layer;

    DuplicateArrival(TcpLayer layer) {
        this.layer = layer;
    }

    /**
     * The first contiguous range of a segment that was there, data, SYN and FIN alike; an ACK is owed for it. A sender counts these
     * reports against its retransmissions, so none is left out: one that waits leaves before another.
     */
    void report(Tcb tcb, int from, int to, long nowNs) {
        tcb.acks.onNeedlessRetransmission();
        if (!tcb.sackPermitted || !layer.config.dsack) {
            tcb.acks.demand(Decision.ACK_NOW);
            return;
        }
        DsackReport report = tcb.dsack;
        if (tcb.acks.due() && !report.due()) {
            // The ACK of what is new goes before it, as if each segment had come alone: Linux undoes a reduction only for a duplicate
            // that lay below SND.UNA when the report came, so in one ACK with what is new the report would be lost.
            layer.output.sendAck(tcb, Decision.ACK_NOW, nowNs);
        }
        if (!report.add(from, to)) {
            layer.output.sendAck(tcb, Decision.ACK_NOW, nowNs);
            report.clear();
            report.add(from, to);
        }
        boolean old = Seq.lessThan(from, tcb.rcvNxt);
        (old ? layer.counters.dsackOldSent : layer.counters.dsackOfoSent).increment();
        tcb.acks.demandWithSack();
    }

    /** Reports the first part of [from, to) that waits out of order already, if there is one. */
    void reportQueued(Tcb tcb, int from, int to, long nowNs) {
        OutOfOrderQueue queue = tcb.outOfOrder;
        int range = queue.firstOverlap(from, to);
        if (range >= 0) {
            report(tcb, Seq.max(from, queue.rangeStart(range)), Seq.min(to, queue.rangeEnd(range)), nowNs);
        }
    }
}
