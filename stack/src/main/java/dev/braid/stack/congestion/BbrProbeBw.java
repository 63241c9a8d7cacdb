package dev.braid.stack.congestion;

/**
 * The cycle of probing for bandwidth, draining, cruising and refilling in which a {@link Bbr} flow spends its life
 * (draft-ietf-ccwg-bbr section 5.3.3).
 */
final class BbrProbeBw {
    /** What acknowledgments tell of the probe. */
    private enum Feedback {
        /** Nothing: none is under way. */
        NONE,
        /** Nothing yet: the pipe fills. */
        REFILLING,
        /** Not yet: what the probe sent is still in flight. */
        STARTING,
        /** How the probe fares. */
        COMING,
        /** Its last effects: the probe is over, what it sent is in flight. */
        STOPPING
    }

    private final BbrModel model;
    private final BbrProbeWait wait = new BbrProbeWait();

    private Feedback feedback = Feedback.NONE;
    private long cycleStartNs;
    /** Losses seen now are of what a probe sent. */
    private boolean samplesProbe;
    /** The last probe lost too much. */
    private boolean tooHigh;
    /** The last probe stopped where the one before had lost too much. */
    private boolean precautionary;

    BbrProbeBw(BbrModel model) {
        this.model = model;
    }

    void reset(long entropy) {
        wait.reset(entropy);
        feedback = Feedback.NONE;
        cycleStartNs = 0;
        samplesProbe = false;
        tooHigh = false;
        precautionary = false;
    }

    /** Whether losses seen now are of what a probe sent, and nothing was concluded from them yet. */
    boolean samplesProbe() {
        return samplesProbe;
    }

    /** The probe lost too much; nothing more is to be learnt from it. */
    void wasTooHigh() {
        tooHigh = true;
        samplesProbe = false;
    }

    /** What is in flight is not to be learnt from: ProbeRTT begins. */
    void stopFeedback() {
        feedback = Feedback.STOPPING;
        model.startRound();
    }

    void startDown() {
        model.forgetSignals();
        model.bounds.stopGrowing();
        model.rounds.probeEnded(wait.draw());
        cycleStartNs = model.nowNs;
        feedback = Feedback.STOPPING;
        model.startRound();
        model.phase = BbrPhase.PROBE_BW_DOWN;
    }

    void startCruise() {
        model.phase = BbrPhase.PROBE_BW_CRUISE;
    }

    void startRefill() {
        model.forgetShortTerm();
        model.bounds.prepareGrowth();
        precautionary = false;
        feedback = Feedback.REFILLING;
        model.startRound();
        model.phase = BbrPhase.PROBE_BW_REFILL;
    }

    private void startUp() {
        samplesProbe = true;
        feedback = Feedback.STARTING;
        model.startRound();
        model.fullPipe.lookAgain(model.rate);
        model.phase = BbrPhase.PROBE_BW_UP;
        model.bounds.steepen(model.cwnd, model.mss);
    }

    /** An acknowledgment after Startup: adapts the long-term bounds and moves on in the cycle. */
    void onAck(AckSample sample) {
        if (adaptLongTerm(sample) || !model.phase.isProbeBw()) {
            return;
        }
        switch (model.phase) {
            case PROBE_BW_DOWN -> {
                if (isTimeToProbe()) {
                    startRefill();
                } else if (isTimeToCruise()) {
                    startCruise();
                }
            }
            case PROBE_BW_CRUISE -> {
                if (isTimeToProbe()) {
                    startRefill();
                }
            }
            case PROBE_BW_REFILL -> {
                if (model.rounds.started()) {
                    startUp();
                }
            }
            default -> {
                if (isTimeToGoDown()) {
                    tooHigh = false;
                    startDown();
                }
            }
        }
    }

    private boolean isTimeToProbe() {
        // Where the product is below a packet, the flow still keeps a least window in flight: that is what Reno would have to grow.
        long target = Math.max(model.targetInflight(), model.minPipeCwnd());
        return wait.isOver(model.nowNs - cycleStartNs, model.rounds.sinceProbe(), target / model.mss);
    }

    private boolean isTimeToCruise() {
        return model.inflight <= model.boundWithHeadroom() && model.inflight <= model.inflightAtMaxBw();
    }

    private boolean isTimeToGoDown() {
        if (tooHigh && model.inflight >= model.bounds.longTerm()) {
            precautionary = true;
            return true;
        }
        if (model.cwndLimited && model.cwnd >= model.bounds.longTerm()) {
            model.fullPipe.lookAgain(model.rate); // the bound, not the path, limits the rate
            return false;
        }
        return model.fullPipe.now();
    }

    /** Answers whether it decided on a phase. */
    private boolean adaptLongTerm(AckSample sample) {
        boolean roundStarted = model.rounds.started();
        if (feedback == Feedback.STARTING && roundStarted) {
            feedback = Feedback.COMING;
        }
        if (feedback == Feedback.STOPPING && roundStarted) {
            samplesProbe = false;
            feedback = Feedback.NONE;
            if (model.phase.isProbeBw()) {
                if (!model.appLimited) {
                    model.bandwidth.advanceCycle();
                }
                if (precautionary && !tooHigh) {
                    startRefill(); // a round has passed without harm: now probe in earnest
                    return true;
                }
            }
        }
        if (!BbrLoss.tooMuch(sample.rateLost, sample.txInflight, model.selectiveAcks)
                && model.bounds.longTerm() != BbrInflightBounds.INFINITE) {
            model.bounds.wasSafe(sample.txInflight);
            if (model.phase == BbrPhase.PROBE_BW_UP) {
                raiseLongTerm();
            }
        }
        return false;
    }

    private void raiseLongTerm() {
        if (!model.cwndLimited || model.cwnd < model.bounds.longTerm()) {
            return;
        }
        model.bounds.grow(model.acked, model.mss);
        if (model.rounds.started()) {
            model.bounds.steepen(model.cwnd, model.mss);
        }
    }
}
