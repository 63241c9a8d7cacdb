package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.Seq;
import dev.braid.fastpath.wire.TcpOptions;

/**
 * An ACK arrives that may show that what was taken for loss was none: by an echoed timestamp older than the first repair (Eifel, RFC
 * 3522), by DSACKs of all repairs (RFC 2883 section 5), or by F-RTO (RFC 5682). What the recovery took from the window is then
 * given back (RFC 4015).
 */
final class UndoArrival {
    private static final long MS = 1_000_000L;
    /** Echoes older than the connection by more than this are none of ours. */
    private static final long SLACK_NS = 1_000 * MS;

    private final TcpLayer layer;

    UndoArrival(TcpLayer layer) {
        this.layer = layer;
    }

    /** Timeouts of the SYN are over, and say nothing of the data. */
    static void afterHandshake(Tcb tcb) {
        tcb.loss.undo(tcb.sent, true, false);
        tcb.undo.forget();
        tcb.frto.end();
    }

    /** Fast recovery begins. */
    static void onRecoveryStart(Tcb tcb, boolean reduced) {
        tcb.undo.begin(tcb.sent.start(), tcb.sent.resentPackets(), reduced, true);
        tcb.frto.end();
        tcb.holdRepairs = false;
    }

    /**
     * The retransmission timer expired, and nothing was marked lost for it yet.
     *
     * @param first nothing was acknowledged since the last expiry, if there was one: the window is reduced
     */
    static void onTimeout(Tcb tcb, boolean first) {
        RecoveryState state = tcb.loss.state();
        boolean calm = state != RecoveryState.RECOVERY && state != RecoveryState.LOSS;
        if (calm || (first && state == RecoveryState.LOSS)) {
            tcb.undo.begin(tcb.sent.start(), tcb.sent.resentPackets(), state != RecoveryState.CWR, calm);
        }
        // "This algorithm SHOULD NOT be applied if the TCP sender is already in loss recovery when a retransmission timeout
        // occurs", but "if the retransmission timer expires again ... MUST re-start" (RFC 5682 section 3.1).
        tcb.frto.onTimeout(tcb.layer.config.frto != 0 && (calm || !first));
        tcb.holdRepairs = false;
    }

    /**
     * The ACK reports duplicates. To be called before the queue forgets what the ACK covers: it knows what was sent again.
     */
    void onReport(Tcb tcb) {
        Dsack report = tcb.reported;
        Undo undo = tcb.undo;
        if (!report.seen()) {
            return;
        }
        // RFC 8985 section 7.4.2: a probe that arrived twice says nothing of reordering.
        if (!tcb.lossProbe.onDsack(report.to())) {
            tcb.loss.onDsack(tcb.sent);
        }
        if (report.to() > tcb.sent.start()) {
            if (tcb.sent.wasResent(report.from())) {
                undo.onDuplicates(report.packets(), report.to());
            }
        } else if (!undo.armed()) {
            layer.counters.dsackIgnoredNoUndo.increment();
        } else if (report.to() <= undo.marker()) {
            layer.counters.dsackIgnoredOld.increment();
        } else {
            undo.onDuplicates(report.packets(), report.to());
        }
    }

    /** An ACK that brings no other news carried a report. */
    void onLateReport(Tcb tcb, boolean dsack, long nowNs) {
        if (dsack) {
            tcb.reported.clear();
            if (tcb.loss.state() != RecoveryState.CWR && tcb.loss.state() != RecoveryState.LOSS) {
                undoByReports(tcb, nowNs);
            }
        }
    }

    /**
     * The ACK was entered into the queue, and loss detection has not seen it.
     *
     * @param acked sequence numbers it moved over
     * @param told it SACKs something new, or is a duplicate
     * @return whether loss detection should leave it alone: what it acknowledges was late, not lost, but repairs are under way
     */
    boolean onAck(Tcb tcb, TcpSegment segment, int acked, boolean told, long nowNs) {
        if (acked > 0 || told) {
            tcb.holdRepairs = false;
        }
        return switch (tcb.loss.state()) {
            case RECOVERY -> inRecovery(tcb, segment, acked, nowNs);
            case LOSS -> {
                inLoss(tcb, segment, acked, told, nowNs);
                yield false;
            }
            case CWR -> false;
            case OPEN, DISORDER -> {
                undoByReports(tcb, nowNs);
                yield false;
            }
        };
    }

    private boolean inRecovery(Tcb tcb, TcpSegment segment, int acked, long nowNs) {
        if (acked > 0 && tcb.sent.start() >= tcb.loss.recoveryPoint()) {
            if (tcb.undo.allDuplicates() || delayed(tcb, segment)) {
                layer.counters.fullUndo.increment();
                undo(tcb, false, nowNs);
            }
            return false;
        }
        if (acked > 0 && delayed(tcb, segment)) {
            if (tcb.sent.hasRepairs()) {
                // More may be late than lost: neither mark nor repair more until the repairs' own ACKs are in.
                tcb.holdRepairs = true;
                return true;
            }
            layer.counters.partialUndo.increment();
            undo(tcb, true, nowNs);
            return false;
        }
        undoByReports(tcb, nowNs);
        return false;
    }

    private void undoByReports(Tcb tcb, long nowNs) {
        if (tcb.undo.allDuplicates()) {
            layer.counters.dsackUndo.increment();
            undo(tcb, false, nowNs);
        }
    }

    private void inLoss(Tcb tcb, TcpSegment segment, int acked, boolean told, long nowNs) {
        Frto frto = tcb.frto;
        long recoveryPoint = tcb.loss.recoveryPoint();
        if (acked > 0 && (tcb.undo.allDuplicates() || delayed(tcb, segment))) {
            undoTimeout(tcb, nowNs);
        } else if (frto.spurious(tcb.sent, tcb.sackPermitted, recoveryPoint)) {
            layer.counters.spuriousRtos.increment();
            undoTimeout(tcb, nowNs);
        } else if (frto.wantsNewData(tcb.sent, recoveryPoint, acked > 0, told)) {
            // RFC 5682 section 3.1 step 2b: with nothing new to send, or no window for it, repairs go on as usual.
            tcb.holdRepairs = hasNewData(tcb);
            if (!tcb.holdRepairs) {
                frto.end();
            }
        }
    }

    private static boolean hasNewData(Tcb tcb) {
        return tcb.sndWnd > tcb.flightSize() && (tcb.unsent() > 0 || (tcb.upper != null && tcb.upperReady));
    }

    private void undoTimeout(Tcb tcb, long nowNs) {
        layer.counters.lossUndo.increment();
        tcb.timeouts = 0;
        undo(tcb, true, nowNs);
    }

    /**
     * The ACK moved SND.UNA, and answers what was sent before the first repair: the original (RFC 3522 section 3.2 step 5). Or there
     * was no repair yet.
     */
    private boolean delayed(Tcb tcb, TcpSegment segment) {
        Undo undo = tcb.undo;
        if (!undo.armed()) {
            return false;
        }
        if (!undo.repaired()) {
            return tcb.sackPermitted || tcb.sent.start() < tcb.loss.recoveryPoint();
        }
        TcpOptions options = segment.options;
        if (!tcb.timestamps || !options.has(TcpOptions.TIMESTAMPS) || options.tsEcr() == 0) {
            return false;
        }
        int oldest = layer.timestamp(tcb, tcb.openedNs - SLACK_NS);
        return Seq.lessThan(options.tsEcr(), layer.timestamp(tcb, undo.firstResentNs()))
                && Seq.lessOrEqual(oldest, options.tsEcr());
    }

    private void undo(Tcb tcb, boolean unmark, long nowNs) {
        boolean givesBack = tcb.undo.givesBack();
        if (!tcb.loss.inLoss()) {
            // What was repaired before it arrived is never seen to arrive out of order (RFC 8985 section 6.2, step 3), though it did.
            tcb.loss.rack.onReordering();
        }
        tcb.loss.undo(tcb.sent, tcb.sackPermitted, unmark);
        tcb.undo.forget();
        tcb.frto.end();
        tcb.holdRepairs = false;
        tcb.retransmitNow = false;
        if (givesBack) {
            tcb.congestion.onUndo(nowNs);
            tcb.ecn.onUndone();
        } else {
            // The window had been reduced for another reason, which stands.
            tcb.congestion.onRecoveryEnd(tcb.inflight(), nowNs);
        }
        AckArrival.pace(tcb, nowNs);
    }
}
