package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/** What happens when a connection's deadlines pass: each becomes something due for {@link Output}, or the end. */
final class Expiry {
    private final TcpLayer layer;
    private final Recovery recovery;

    Expiry(TcpLayer layer, Recovery recovery) {
        this.layer = layer;
        this.recovery = recovery;
    }

    /** The TCB's earliest deadline passed, and perhaps others with it. */
    void onDeadline(Tcb tcb, long nowNs) {
        TcbDeadlines deadlines = tcb.deadlines;
        if (deadlines.delayedAckNs <= nowNs) {
            deadlines.delayedAckNs = Deadlines.NONE;
            tcb.acks.onDelayExpired();
            layer.counters.delayedAcks.increment();
        }
        if (deadlines.paceNs <= nowNs) {
            deadlines.paceNs = Deadlines.NONE;
        }
        if (deadlines.corkNs <= nowNs) {
            deadlines.corkNs = Deadlines.NONE;
            tcb.overrideSws = true;
            tcb.pushEnd = tcb.stream.end();
        }
        if (deadlines.reorderNs <= nowNs) {
            recovery.onReorderingTimeout(tcb, nowNs);
        }
        if (deadlines.probeNs <= nowNs) {
            deadlines.probeNs = Deadlines.NONE;
            recovery.onProbeTimeout(tcb);
        }
        if (tcb.lossProbe.due) {
            // "Rearm RTO timer to fire at timeout = now + RTO": the timeout stays the last resort (RFC 8985 section 7.3).
            RetransmissionTimer.arm(tcb, nowNs);
        }
        if (deadlines.rtoNs <= nowNs) {
            deadlines.rtoNs = Deadlines.NONE;
            onRetransmissionTimeout(tcb, nowNs);
        }
        if (deadlines.persistNs <= nowNs) {
            deadlines.persistNs = Deadlines.NONE;
            onPersist(tcb, nowNs);
        }
        if (deadlines.keepAliveNs <= nowNs) {
            deadlines.keepAliveNs = Deadlines.NONE;
            onKeepAlive(tcb, nowNs);
        }
        if (deadlines.finWait2Ns <= nowNs) {
            deadlines.finWait2Ns = Deadlines.NONE;
            layer.ending.release(tcb);
        }
    }

    // Retransmission (RFC 6298 section 5.4 to 5.7).

    private void onRetransmissionTimeout(Tcb tcb, long nowNs) {
        if (tcb.sent.isEmpty()) {
            return;
        }
        boolean reneged = tcb.sent.record(0).sacked();
        if (reneged || tcb.timeouts > 0) {
            // The receiver has SACKed what it does not acknowledge: it reneged (RFC 2018 section 8), which a second expiry may
            // mean too.
            layer.counters.sackReneging.add(reneged ? 1 : 0);
            tcb.sent.forgetSacks();
        }
        SentSegment oldest = tcb.sent.record(0);
        if (tcb.timeouts >= limit(tcb) || userTimeoutOver(tcb, oldest.firstSentNs(), nowNs)) {
            giveUp(tcb);
            return;
        }
        layer.counters.timeouts.increment();
        tcb.counts.onTimeout(nowNs);
        boolean first = tcb.timeouts++ == 0;
        UndoArrival.onTimeout(tcb, first);
        tcb.loss.onTimeout(tcb.sent, tcb.sackPermitted, nowNs);
        tcb.lossProbe.forget();
        tcb.deadlines.probeNs = Deadlines.NONE;
        tcb.deadlines.reorderNs = Deadlines.NONE;
        tcb.sent.rate.losses.tell(tcb.congestion, nowNs);
        tcb.congestion.onTimeout(tcb.sent.bytes(), tcb.inflight(), first, nowNs);
        tcb.ecn.onReduced();
        tcb.rtt.backOff();
        tcb.retransmitNow = true;
        layer.lossFound(tcb, Decision.RETRANSMIT_RTO);
        UpperLayer upper = tcb.upper;
        if (upper != null) {
            upper.onRto(tcb, nowNs);
        }
    }

    private int limit(Tcb tcb) {
        TcpConfig config = layer.config;
        return switch (tcb.state) {
            case SYN_SENT -> tcb.settings.synRetries > 0 ? tcb.settings.synRetries : config.synRetries;
            case SYN_RECEIVED -> config.synAckRetries;
            default -> tcb.orphaned ? config.orphanRetries() : config.retries;
        };
    }

    private static boolean userTimeoutOver(Tcb tcb, long sinceNs, long nowNs) {
        long userTimeoutNs = tcb.settings.userTimeoutNs;
        return userTimeoutNs > 0 && nowNs - sinceNs >= userTimeoutNs;
    }

    private void giveUp(Tcb tcb) {
        layer.counters.abortOnTimeout.increment();
        TcpFailure soft = tcb.softError;
        layer.ending.fail(tcb, soft != null ? soft : TcpFailure.TIMED_OUT);
    }

    // Zero window (RFC 9293 section 3.8.6.1).

    /** MUST-36/37: the interval starts at the retransmission timeout and doubles. */
    static long persistIntervalNs(Tcb tcb) {
        long interval = tcb.rtt.baseRtoNs() << Math.min(tcb.persistBackoffs, 16);
        return Math.min(interval, tcb.layer.config.maxRtoNs);
    }

    private void onPersist(Tcb tcb, long nowNs) {
        boolean unanswered = tcb.probesUnanswered >= limit(tcb);
        if (unanswered || (tcb.orphaned && tcb.persistBackoffs >= layer.config.orphanRetries())) {
            giveUp(tcb);
            return;
        }
        if (userTimeoutOver(tcb, tcb.firstProbeNs, nowNs)) {
            giveUp(tcb);
            return;
        }
        if (tcb.sndWnd > tcb.flightSize()) {
            tcb.overrideSws = true;
            return;
        }
        tcb.persistBackoffs++;
        tcb.probesUnanswered++;
        tcb.deadlines.persistNs = nowNs + persistIntervalNs(tcb);
        tcb.probeDue = Decision.PROBE;
        layer.counters.winProbes.increment();
    }

    // Keep-alive (RFC 9293 section 3.8.4).

    /** Keeps the deadline in step with the last sign of life; only while nothing is in flight (MUST-28), which asks as well. */
    static void armKeepAlive(Tcb tcb) {
        boolean asks = tcb.settings.keepAlive || tcb.doubt != null;
        boolean idle = asks && tcb.state.synchronised() && tcb.sent.isEmpty() && !tcb.windowLimited;
        tcb.deadlines.keepAliveNs = idle ? nextQuestionNs(tcb) : Deadlines.NONE;
    }

    private static long nextQuestionNs(Tcb tcb) {
        Doubt doubt = tcb.doubt;
        long doubtNs = doubt == null ? Deadlines.NONE : doubt.askNs();
        return tcb.settings.keepAlive ? Math.min(doubtNs, keepAliveNs(tcb)) : doubtNs;
    }

    private static long keepAliveNs(Tcb tcb) {
        return tcb.probesUnanswered > 0 ? tcb.lastProbeNs + keepIntervalNs(tcb) : tcb.lastReceivedNs + keepIdleNs(tcb);
    }

    private static long keepIdleNs(Tcb tcb) {
        long own = tcb.settings.keepIdleNs;
        return own > 0 ? own : tcb.layer.config.keepIdleNs;
    }

    private static long keepIntervalNs(Tcb tcb) {
        long own = tcb.settings.keepIntervalNs;
        return own > 0 ? own : tcb.layer.config.keepIntervalNs;
    }

    private static int keepCount(Tcb tcb) {
        int own = tcb.settings.keepCount;
        return own > 0 ? own : tcb.layer.config.keepCount;
    }

    private void onKeepAlive(Tcb tcb, long nowNs) {
        Doubt.ask(tcb, nowNs);
        if (!tcb.settings.keepAlive || nowNs < keepAliveNs(tcb)) {
            return;
        }
        boolean over = tcb.settings.userTimeoutNs > 0
                ? tcb.probesUnanswered > 0 && nowNs - tcb.lastReceivedNs >= tcb.settings.userTimeoutNs
                : tcb.probesUnanswered >= keepCount(tcb);
        if (over) {
            // RFC 9293 section 3.8.4 leaves open how it ends; a reset frees a peer that is alive after all.
            layer.counters.abortOnTimeout.increment();
            layer.ending.failWithReset(tcb, TcpFailure.TIMED_OUT);
            return;
        }
        tcb.probesUnanswered++;
        tcb.lastProbeNs = nowNs;
        tcb.probeDue = Decision.KEEPALIVE;
        layer.counters.keepAlives.increment();
    }
}
