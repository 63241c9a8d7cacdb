package dev.braid.stack.congestion;

/**
 * BBR version 3 (draft-ietf-ccwg-bbr): instead of filling the bottleneck's queue until it overflows, it measures what the path
 * delivers and how long an empty path takes, sends at that rate, and keeps about that product in flight. Losses bound both,
 * but only beyond what a path may lose by itself.
 *
 * <p>This class takes the events in and answers with window and pace (sections 5.2 and 5.6); the parts know the path
 * ({@link BbrModel} and what it holds), the phases ({@link BbrProbeBw}, {@link BbrProbeRtt}) and the losses ({@link BbrLoss}). The draft
 * leaves ECN open but wants marks to count as congestion: here they count as one round's loss.
 */
public final class Bbr implements CongestionControl {
    /** What is left after a round of congestion, at the least. */
    static final int BETA_PERCENT = 70;

    private static final int INITIAL_SEGMENTS = 10;
    private static final int INITIAL_BYTES = 14_600;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long ASSUMED_RTT_NS = 1_000_000L;
    /** A pace a little below the estimate lets queues drain. */
    private static final int PACING_PERCENT = 99;

    private static final int DRAIN_ROUNDS = 3;

    private final BbrModel model = new BbrModel();
    private final BbrProbeBw probeBw = new BbrProbeBw(model);
    private final BbrLoss loss = new BbrLoss(model, probeBw);
    private final BbrProbeRtt probeRtt = new BbrProbeRtt(model, probeBw);
    private long entropy;
    private long drainStartRound;
    private boolean cwndLimitedLastRound;
    private boolean cwndLimitedThisRound;

    @Override
    public String name() {
        return "bbr";
    }

    @Override
    public void entropy(long entropy) {
        this.entropy = entropy;
    }

    @Override
    public void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs) {
        // RFC 5681 §3.1: "use a window of one segment" where the handshake was lost.
        start(mss, handshakeLost ? mss : initialWindow(mss), srttNs, nowNs);
    }

    /** RFC 6928 §2. */
    private static long initialWindow(int mss) {
        return Math.min((long) INITIAL_SEGMENTS * mss, Math.max(2L * mss, INITIAL_BYTES));
    }

    @Override
    public void onTakeOver(
            CongestionControl before, int mss, long srttNs, long inflight, boolean reducing, long nowNs) {
        start(mss, Math.max(mss, before.cwnd()), srttNs, nowNs);
        model.inflight = inflight;
        if (reducing) {
            loss.save();
            model.inRecovery = true;
        }
    }

    private void start(int mss, long window, long srttNs, long nowNs) {
        model.reset(mss, Math.min(window, initialWindow(mss)), srttNs, nowNs);
        model.cwnd = window;
        probeBw.reset(entropy);
        loss.reset();
        probeRtt.reset();
        cwndLimitedLastRound = false;
        cwndLimitedThisRound = false;
        model.phase = BbrPhase.STARTUP;
        long rttNs = srttNs > 0 ? srttNs : ASSUMED_RTT_NS;
        model.pacingRate = Math.max(mss, (long) ((double) window * SECOND_NS / rttNs) * model.phase.pacingGain / 100);
    }

    @Override
    public void onMss(int mss) {
        model.mss = mss;
        model.cwnd = Math.max(model.cwnd, mss);
    }

    @Override
    public void onSent(int bytes, long inflightBefore, boolean resent, long nowNs) {
        if (inflightBefore > 0 || resent || model.inRecovery) {
            return;
        }
        // Section 5.4: a pause of the application has emptied the path.
        model.nowNs = nowNs;
        probeRtt.restartsFromIdle();
        model.aggregation.restart(nowNs);
        if (model.phase.isProbeBw()) {
            pace(100);
        } else if (model.phase == BbrPhase.PROBE_RTT) {
            probeRtt.finishWhenOver();
        }
    }

    @Override
    public void onAck(AckSample sample) {
        model.nowNs = sample.nowNs;
        model.selectiveAcks = sample.selectiveAcks;
        model.inflight = sample.inflightAfter;
        model.delivered = sample.deliveredBytes;
        model.acked = sample.newlyDelivered;
        if (sample.newlyDelivered > 0) {
            updateModel(sample);
            pace(model.phase.pacingGain);
            updateWindow();
        }
    }

    private void updateModel(AckSample sample) {
        model.rate = sample.deliveryRate;
        model.appLimited = sample.rateAppLimited || probeRtt.ignores(sample.priorDelivered);
        loss.onAck(sample);
        model.rounds.onAck(sample.priorDelivered, sample.deliveredBytes);
        noteWindowUse(sample);
        model.bandwidth.onSample(sample.deliveryRate, model.appLimited);
        loss.adapt();
        model.aggregation.onAck(
                model.acked,
                model.bandwidth.bw(),
                model.cwnd,
                model.fullPipe.ever(),
                model.rounds.count(),
                model.nowNs);
        if (model.rounds.started() && !model.appLimited) {
            model.fullPipe.onRound(sample.deliveryRate);
        }
        leaveStartup(sample);
        if (model.phase == BbrPhase.DRAIN
                && (model.inflight <= model.inflightFor(100)
                        || model.rounds.count() > drainStartRound + DRAIN_ROUNDS)) {
            probeBw.startDown();
        }
        if (model.fullPipe.ever()) {
            probeBw.onAck(sample);
        }
        model.minRtt.onAck(sample.rttNs, sample.nowNs);
        probeRtt.onAck(sample.rateDelivered > 0);
        loss.afterAck(sample);
        model.bandwidth.bound();
    }

    private void noteWindowUse(AckSample sample) {
        if (model.rounds.started()) {
            cwndLimitedLastRound = cwndLimitedThisRound;
            cwndLimitedThisRound = false;
        }
        cwndLimitedThisRound |= sample.cwndLimited;
        model.cwndLimited = cwndLimitedThisRound || cwndLimitedLastRound;
    }

    private void leaveStartup(AckSample sample) {
        if (model.phase != BbrPhase.STARTUP) {
            return;
        }
        if (loss.endsStartup(sample)) {
            loss.leftStartup();
            model.fullPipe.ever(true);
        }
        if (model.fullPipe.ever()) {
            drain();
        }
    }

    private void drain() {
        model.phase = BbrPhase.DRAIN;
        drainStartRound = model.rounds.count();
    }

    @Override
    public void onSegmentLost(
            int bytes, long deliveredAtSend, long lostAtSend, long inflightAtSend, boolean appLimitedAtSend,
            long nowNs) {
        model.nowNs = nowNs;
        loss.onLost(
                bytes, lostAtSend, inflightAtSend, appLimitedAtSend || probeRtt.ignores(deliveredAtSend), nowNs);
    }

    @Override
    public void onRecoveryStart(long flight, long sndNxt, long nowNs) {
        loss.save();
        model.inRecovery = true;
    }

    @Override
    public void onEcnReduction(long flight, long sndNxt, long nowNs) {
        model.nowNs = nowNs;
        loss.note();
        model.inRecovery = true;
        if (model.phase == BbrPhase.STARTUP) {
            loss.leftStartup();
            model.fullPipe.ever(true);
            drain();
        } else if (probeBw.samplesProbe()) {
            loss.probeTooHigh(model.inflight, model.appLimited);
        }
    }

    @Override
    public void onRecoveryEnd(long inflight, long nowNs) {
        if (model.inRecovery) {
            model.inRecovery = false;
            loss.recovered();
            model.restoreCwnd();
        }
    }

    @Override
    public void onTimeout(long flight, long inflight, boolean first, long nowNs) {
        model.saveCwnd();
        loss.save();
        model.inRecovery = true;
        model.cwnd = inflight + model.mss;
    }

    @Override
    public void onUndo(long nowNs) {
        model.nowNs = nowNs;
        model.inRecovery = false;
        model.restoreCwnd();
        BbrPhase left = loss.undo();
        boolean probesRtt = model.phase == BbrPhase.PROBE_RTT;
        if (left == BbrPhase.STARTUP && model.phase != BbrPhase.STARTUP) {
            model.fullPipe.ever(false);
            if (!probesRtt) {
                model.phase = BbrPhase.STARTUP;
            }
        } else if (left == BbrPhase.PROBE_BW_UP && model.phase != BbrPhase.PROBE_BW_UP && !probesRtt) {
            probeBw.startRefill();
        }
    }

    // Section 5.6: the control parameters.

    private void pace(int gain) {
        long rate = model.bandwidth.bw() * gain / 100 * PACING_PERCENT / 100;
        if (rate > 0 && (model.fullPipe.ever() || rate > model.pacingRate)) {
            model.pacingRate = rate;
        }
    }

    private void updateWindow() {
        long most = model.maxInflight();
        if (model.fullPipe.ever()) {
            model.cwnd = Math.min(model.cwnd + model.acked, most);
        } else if (model.cwnd < most || model.delivered < model.initialCwnd) {
            model.cwnd += model.acked;
        }
        model.cwnd = Math.max(model.cwnd, model.minPipeCwnd());
        if (model.phase == BbrPhase.PROBE_RTT) {
            model.cwnd = Math.min(model.cwnd, model.probeRttCwnd());
        }
        model.cwnd = Math.min(model.cwnd, cap());
    }

    private long cap() {
        long cap = BbrInflightBounds.INFINITE;
        if (model.phase == BbrPhase.PROBE_RTT || model.phase == BbrPhase.PROBE_BW_CRUISE) {
            cap = model.boundWithHeadroom();
        } else if (model.phase.isProbeBw()) {
            cap = model.bounds.longTerm();
        }
        return Math.max(Math.min(cap, model.bounds.shortTerm()), model.minPipeCwnd());
    }

    // What others ask.

    @Override
    public long cwnd() {
        return model.cwnd;
    }

    /** None: what bounds the flow is its model. */
    @Override
    public long ssthresh() {
        return UNLIMITED;
    }

    @Override
    public long pacingRate() {
        return model.pacingRate;
    }

    @Override
    public boolean inSlowStart() {
        return model.phase == BbrPhase.STARTUP;
    }

    @Override
    public CongestionInfo info() {
        long minRttNs = model.minRtt.ns();
        return new CongestionInfo.Bbr(
                model.bandwidth.bw(),
                minRttNs == BbrMinRtt.INFINITE ? -1 : (int) Math.min(Integer.MAX_VALUE, minRttNs / 1000),
                model.phase.pacingGain * 256 / 100,
                model.phase.cwndGain * 256 / 100);
    }

    /** What it is doing, for tests and traces. */
    BbrPhase phase() {
        return model.phase;
    }

    /** What it knows, for tests. */
    BbrModel model() {
        return model;
    }
}
