package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * Carries news of loss from those who find it, {@link LossDetection} and {@link TailLossProbe}, to those who act on it: congestion
 * control, output, deadlines, counters, the upper layer.
 */
final class Recovery {
    private final TcpLayer layer;

    Recovery(TcpLayer layer) {
        this.layer = layer;
    }

    /**
     * An ACK was entered into the queue.
     *
     * @param acked sequence numbers it moved over
     * @param sacked sequence numbers SACKed for the first time
     * @param duplicate it counts as a duplicate (RFC 5681 section 2)
     * @param arrivedNs when it arrived
     */
    void onAck(Tcb tcb, int acked, int sacked, boolean duplicate, long arrivedNs, long nowNs) {
        SentQueue sent = tcb.sent;
        LossDetection loss = tcb.loss;
        if (sent.news.reorderedFrom() != AckNews.NOT_REORDERED) {
            layer.counters.sackReorder.increment();
        }
        int events = loss.onAck(sent, tcb.sackPermitted, acked, sacked, duplicate, tcb.sndMss, arrivedNs);
        act(tcb, events, nowNs);
        if (loss.inRecovery() && acked > 0 && !tcb.sackPermitted && sent.lostBytes() > 0) {
            tcb.retransmitNow = true; // RFC 6582: a partial ACK retransmits the first unacknowledged segment
        }
        if (loss.reorderNs() != tcb.deadlines.reorderNs) {
            waitForReordering(tcb);
        }
    }

    /** The reordering timer takes the loss probe's place: whichever comes first would find the same. */
    private static void waitForReordering(Tcb tcb) {
        long reorderNs = tcb.loss.reorderNs();
        if (reorderNs == Deadlines.NONE) {
            tcb.deadlines.reorderNs = Deadlines.NONE;
        } else {
            tcb.deadlines.reorderNs = reorderNs + TailLossProbe.LEAST_NS;
            tcb.deadlines.probeNs = Deadlines.NONE;
        }
    }

    /** RACK's reordering timer expired. */
    void onReorderingTimeout(Tcb tcb, long nowNs) {
        long pipe = tcb.inflight();
        act(tcb, tcb.loss.onReorderingTimeout(tcb.sent, nowNs), nowNs);
        waitForReordering(tcb);
        long inflight = tcb.inflight();
        if (inflight < pipe) {
            tcb.congestion.onTimerLoss(tcb.sent.takeNewlyLost(), inflight, nowNs);
        }
    }

    private void act(Tcb tcb, int events, long nowNs) {
        if ((events & LossDetection.ENDED) != 0) {
            tcb.congestion.onRecoveryEnd(tcb.inflight(), nowNs);
        }
        tcb.sent.rate.losses.tell(tcb.congestion, nowNs);
        if ((events & LossDetection.STARTED) != 0) {
            tcb.lossProbe.forget();
            tcb.deadlines.probeNs = Deadlines.NONE;
            boolean reduce = (events & LossDetection.REDUCE) != 0;
            UndoArrival.onRecoveryStart(tcb, reduce);
            if (reduce) {
                tcb.congestion.onRecoveryStart(tcb.sent.bytes(), tcb.sent.end(), nowNs);
                tcb.ecn.onReduced();
            }
            tcb.retransmitNow = true;
            (tcb.sackPermitted ? layer.counters.sackRecovery : layer.counters.renoRecovery).increment();
            layer.lossFound(tcb, Decision.FAST_RETRANSMIT);
            UpperLayer upper = tcb.upper;
            if (upper != null) {
                upper.onLoss(tcb, nowNs);
            }
        }
    }

    /** No acknowledgment came for about two round trips: a probe becomes due, if none is in flight (RFC 8985 section 7.3). */
    void onProbeTimeout(Tcb tcb) {
        if (!tcb.sent.isEmpty() && !tcb.loss.inRecovery() && !tcb.loss.inLoss() && tcb.lossProbe.allowed(tcb.rtt)) {
            tcb.lossProbe.due = true;
        }
    }

    /**
     * An ACK arrives while a loss probe is in flight.
     *
     * @param pureDuplicate it brought neither news nor data nor SACK blocks
     */
    void onProbeAck(Tcb tcb, boolean pureDuplicate, long nowNs) {
        if (tcb.lossProbe.onAck(tcb.sent.start(), pureDuplicate) && tcb.loss.isCalm()) {
            // "The sender SHOULD invoke a congestion control response equivalent to a fast recovery": it began and is over.
            layer.counters.lossProbeRecovery.increment();
            tcb.undo.forget(); // what is reported of an older recovery gives nothing of this reduction back
            tcb.ecn.onReduced();
            tcb.congestion.onRecoveryStart(tcb.sent.bytes(), tcb.sent.end(), nowNs);
            tcb.congestion.onRecoveryEnd(tcb.inflight(), nowNs);
        }
    }
}
