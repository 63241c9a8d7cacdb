package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/** When the retransmission timer of a connection expires (RFC 6298 section 5; RFC 5482 for the user timeout). */
final class RetransmissionTimer {
    /** The least time for a peer that seems to have reneged. */
    private static final long RENEGING_NS = 10_000_000L;

    private RetransmissionTimer() {}

    /** Starts it anew: RTO from now, or earlier where the user timeout ends before. */
    static void arm(Tcb tcb, long nowNs) {
        tcb.deadlines.rtoNs = nowNs + tcb.rtt.rtoNs();
        long userTimeoutNs = tcb.settings.userTimeoutNs;
        SentSegment oldest = tcb.sent.oldest();
        if (userTimeoutNs > 0 && oldest != null) {
            tcb.deadlines.rtoNs = Math.min(tcb.deadlines.rtoNs, Math.max(nowNs, oldest.firstSentNs() + userTimeoutNs));
        }
    }

    /**
     * The peer acknowledges up to where it has SACKed more: it reneged, and does not hold what it said it did (RFC 2018 section 8).
     * Perhaps it only is slow to say more; what it says within a moment stops the timer's early end, which counts as any timeout.
     */
    static void hasten(Tcb tcb, long nowNs) {
        long moment = Math.max(RENEGING_NS, tcb.rtt.srttNs() / 16);
        tcb.deadlines.rtoNs = Math.min(tcb.deadlines.rtoNs, nowNs + moment);
    }

    /** Something was acknowledged: it starts anew for what is still in flight, or stops (RFC 6298 section 5.2 and 5.3). */
    static void restart(Tcb tcb, long nowNs) {
        tcb.lossProbe.restart = true;
        if (tcb.sent.isEmpty()) {
            tcb.deadlines.rtoNs = Deadlines.NONE;
        } else {
            arm(tcb, nowNs);
        }
    }
}
