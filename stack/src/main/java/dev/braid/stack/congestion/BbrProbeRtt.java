package dev.braid.stack.congestion;

/**
 * Every five seconds in which the path did not show its empty round-trip time by itself, a {@link Bbr} flow keeps half a
 * bandwidth-delay product in flight for 200 ms and a round, so that all flows see it together (draft-ietf-ccwg-bbr section 5.3.4).
 */
final class BbrProbeRtt {
    private static final long DURATION_NS = 200_000_000L;
    private static final long NOT_YET = Long.MIN_VALUE;

    private final BbrModel model;
    private final BbrProbeBw probeBw;

    private long doneNs = NOT_YET;
    private boolean roundDone;
    private boolean restartsFromIdle;
    /** What was sent up to the delivery of this much was sent slowly on purpose. */
    private long ignoredUntil;

    BbrProbeRtt(BbrModel model, BbrProbeBw probeBw) {
        this.model = model;
        this.probeBw = probeBw;
    }

    void reset() {
        doneNs = NOT_YET;
        roundDone = false;
        restartsFromIdle = false;
        ignoredUntil = -1;
    }

    /** A pause of the application has emptied the path: as good as a probe. */
    void restartsFromIdle() {
        restartsFromIdle = true;
    }

    /** Whether a segment sent when {@code priorDelivered} was delivered was sent slowly on purpose. */
    boolean ignores(long priorDelivered) {
        return priorDelivered <= ignoredUntil;
    }

    void onAck(boolean delivered) {
        if (model.phase != BbrPhase.PROBE_RTT && model.minRtt.probeDue() && !restartsFromIdle) {
            model.saveCwnd();
            model.phase = BbrPhase.PROBE_RTT;
            doneNs = NOT_YET;
            probeBw.stopFeedback();
        }
        if (model.phase == BbrPhase.PROBE_RTT) {
            hold();
        }
        if (delivered) {
            restartsFromIdle = false;
        }
    }

    private void hold() {
        ignoredUntil = Math.max(1, model.delivered + model.inflight);
        if (doneNs == NOT_YET) {
            if (model.inflight <= model.probeRttCwnd()) {
                doneNs = model.nowNs + DURATION_NS;
                roundDone = false;
                model.startRound();
            }
            return;
        }
        roundDone |= model.rounds.started();
        if (roundDone) {
            finishWhenOver();
        }
    }

    /** Ends ProbeRTT when its time is over. */
    void finishWhenOver() {
        if (doneNs == NOT_YET || model.nowNs <= doneNs) {
            return;
        }
        model.minRtt.probed(model.nowNs);
        model.restoreCwnd();
        model.forgetShortTerm();
        if (model.fullPipe.ever()) {
            // No queue to drain: it is gone. But the clock to the next probe starts again.
            probeBw.startDown();
            probeBw.startCruise();
        } else {
            model.phase = BbrPhase.STARTUP;
        }
    }
}
