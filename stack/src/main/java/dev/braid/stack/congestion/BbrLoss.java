package dev.braid.stack.congestion;

/**
 * What losses mean to a {@link Bbr} flow (draft-ietf-ccwg-bbr sections 5.5.10 and 5.5.11): while it probes, too many of them bound
 * what may be in flight for long; otherwise each round with a loss lowers the short-term bounds towards what was delivered.
 */
final class BbrLoss {
    /** Losses below this part of what was in flight are borne. */
    private static final int LOSS_THRESHOLD_PERCENT = 2;
    /** Losses in a round that end Startup: fewer may be one burst. */
    private static final int STARTUP_LOSSES = 6;

    private final BbrModel model;
    private final BbrProbeBw probeBw;

    private long lostTotal;
    private long roundDelivered;
    private boolean roundStart;
    private int lossesInRound;
    private long lastLossNs;

    // What a spurious recovery gives back.
    private boolean saved;
    private BbrPhase leftPhase = BbrPhase.DRAIN;
    private long savedBwShortTerm;
    private long savedInflightShortTerm;
    private long savedInflightLongTerm;

    BbrLoss(BbrModel model, BbrProbeBw probeBw) {
        this.model = model;
        this.probeBw = probeBw;
    }

    void reset() {
        lostTotal = 0;
        roundDelivered = 0;
        roundStart = false;
        lossesInRound = 0;
        lastLossNs = Long.MIN_VALUE;
        saved = false;
        leftPhase = BbrPhase.DRAIN;
    }

    /** Is more lost of what was in flight than can be borne? Without SACK losses are not seen one by one: any is too much. */
    static boolean tooMuch(long lost, long txInFlight, boolean selectiveAcks) {
        return selectiveAcks ? lost * 100 > txInFlight * LOSS_THRESHOLD_PERCENT : lost > 0;
    }

    /** Congestion was signalled, by loss or by ECN. */
    void note() {
        if (!model.congested) {
            roundDelivered = model.delivered;
            save();
        }
        model.congested = true;
    }

    /** A frame is lost. */
    void onLost(int bytes, long lostAtSend, long inflightAtSend, boolean appLimited, long nowNs) {
        lostTotal = Math.max(lostTotal, lostAtSend) + bytes;
        if (nowNs != lastLossNs) {
            lastLossNs = nowNs;
            lossesInRound++;
        }
        note();
        if (!probeBw.samplesProbe()) {
            return;
        }
        long lost = lostTotal - lostAtSend;
        if (tooMuch(lost, inflightAtSend, model.selectiveAcks)) {
            probeTooHigh(inflightAtLoss(bytes, inflightAtSend, lost), appLimited);
        }
    }

    /**
     * The flight at which losses came to the threshold, for the frame may be a burst of many packets of which the first ones fitted:
     * {@code (lost before + x) / (in flight before + x) = threshold}, solved for x.
     */
    private static long inflightAtLoss(int bytes, long inflightAtSend, long lost) {
        long inflightBefore = Math.max(0, inflightAtSend - bytes);
        long lostBefore = lost - bytes;
        long fitting = (LOSS_THRESHOLD_PERCENT * inflightBefore - 100 * lostBefore) / (100 - LOSS_THRESHOLD_PERCENT);
        return inflightBefore + Math.max(0, fitting);
    }

    /** The probe put more in flight than the path takes. Once per probe. */
    void probeTooHigh(long txInFlight, boolean appLimited) {
        probeBw.wasTooHigh();
        if (!appLimited) {
            model.bounds.longTerm(
                    Math.max(txInFlight, model.targetInflight() * Bbr.BETA_PERCENT / 100));
        }
        if (model.phase == BbrPhase.PROBE_BW_UP) {
            leftPhase = BbrPhase.PROBE_BW_UP;
            probeBw.startDown();
        }
    }

    /** The first look at an acknowledgment: does it end a round that is watched for loss? */
    void onAck(AckSample sample) {
        lostTotal = Math.max(lostTotal, sample.lostTotal);
        model.bandwidth.raiseLatest(sample.deliveryRate);
        model.bounds.raiseLatest(sample.rateDelivered);
        roundStart = sample.priorDelivered >= roundDelivered;
        if (roundStart) {
            roundDelivered = sample.deliveredBytes;
        }
    }

    /** Once per round trip, answers the losses in it. */
    void adapt() {
        if (!roundStart) {
            return;
        }
        if (model.congested && !model.phase.accelerates()) {
            model.bandwidth.onLossRound();
            model.bounds.onLossRound(model.cwnd);
        }
        model.congested = false;
        // Losses without a recovery cannot prove spurious.
        saved &= model.inRecovery;
    }

    /** Whether losses show the pipe to be full: many of them, in several places of one round, in recovery. */
    boolean endsStartup(AckSample sample) {
        boolean ends = model.inRecovery
                && (model.selectiveAcks
                        ? roundStart && lossesInRound >= STARTUP_LOSSES
                                && tooMuch(sample.rateLost, sample.txInflight, true)
                        : lossesInRound > 0);
        if (roundStart) {
            lossesInRound = 0;
        }
        return ends;
    }

    /** Startup was left because of losses: if they prove spurious, it goes on. */
    void leftStartup() {
        leftPhase = BbrPhase.STARTUP;
        model.bounds.longTerm(Math.max(model.bdp(), model.bounds.latest()));
    }

    /** The last look at an acknowledgment. */
    void afterAck(AckSample sample) {
        if (roundStart) {
            model.bandwidth.restartLatest(sample.deliveryRate);
            model.bounds.restartLatest(sample.rateDelivered);
        }
    }

    /** Remembers what the first loss of an episode finds. */
    void save() {
        if (saved) {
            return;
        }
        saved = true;
        model.saveCwnd();
        leftPhase = BbrPhase.DRAIN;
        savedBwShortTerm = model.bandwidth.shortTerm();
        savedInflightShortTerm = model.bounds.shortTerm();
        savedInflightLongTerm = model.bounds.longTerm();
    }

    /** The episode is over: what was lost was lost. */
    void recovered() {
        saved = false;
    }

    /** Nothing had been lost. Returns the phase that had been left for it, Startup or ProbeBW_UP, or Drain for none. */
    BbrPhase undo() {
        model.congested = false;
        lossesInRound = 0;
        if (!saved) {
            return BbrPhase.DRAIN;
        }
        saved = false;
        model.fullPipe.lookAgain(0);
        model.bandwidth.restoreShortTerm(savedBwShortTerm);
        model.bounds.restore(savedInflightShortTerm, savedInflightLongTerm);
        BbrPhase left = leftPhase;
        leftPhase = BbrPhase.DRAIN;
        return left;
    }
}
