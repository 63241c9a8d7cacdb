package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/** When the retransmission timer of a connection expires (RFC 6298 section 5; RFC 5482 for the user timeout). */
final class RetransmissionTimer {
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
