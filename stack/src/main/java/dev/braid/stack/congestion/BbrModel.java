package dev.braid.stack.congestion;

/**
 * What a {@link Bbr} flow knows of its path and of itself: the variables of draft-ietf-ccwg-bbr that more than one part of the
 * algorithm reads. Bytes, nanoseconds, bytes per second.
 */
final class BbrModel {
    /** The largest frame (C.send_quantum's bound). */
    private static final int MAX_QUANTUM = 65_536;

    private static final int QUANTA_PER_SECOND = 1_000;
    private static final int MIN_PIPE_SEGMENTS = 4;
    /** One quantum queued, one being cut up, one waiting at the receiver for its acknowledgment. */
    private static final int QUANTA_IN_FLIGHT = 3;

    final BbrRounds rounds = new BbrRounds();
    final BbrBandwidth bandwidth = new BbrBandwidth();
    final BbrInflightBounds bounds = new BbrInflightBounds();
    final BbrFullPipe fullPipe = new BbrFullPipe();
    final BbrMinRtt minRtt = new BbrMinRtt();
    final BbrAggregation aggregation = new BbrAggregation();

    BbrPhase phase = BbrPhase.STARTUP;
    int mss = 1;
    long initialCwnd = 1;
    long cwnd = 1;
    /** The last window that neither recovery nor ProbeRTT had cut. */
    long priorCwnd;
    long pacingRate = CongestionControl.UNPACED;
    boolean inRecovery;
    /** The peer sends SACK blocks: losses are seen one by one. */
    boolean selectiveAcks = true;
    /** Loss or ECN was signalled in the present loss round. */
    boolean congested;

    // The acknowledgment at hand, or the last.
    long nowNs;
    long inflight;
    long delivered;
    long acked;
    long rate;
    boolean appLimited;
    /** The window, nothing else, held sending back at some time of this round or the one before. */
    boolean cwndLimited;

    void reset(int mss, long initialCwnd, long srttNs, long nowNs) {
        this.mss = mss;
        this.initialCwnd = initialCwnd;
        this.nowNs = nowNs;
        cwnd = initialCwnd;
        priorCwnd = 0;
        inRecovery = false;
        selectiveAcks = true;
        inflight = 0;
        delivered = 0;
        acked = 0;
        rate = 0;
        appLimited = false;
        cwndLimited = false;
        rounds.reset();
        bandwidth.reset();
        bounds.reset();
        fullPipe.reset();
        minRtt.reset(srttNs, nowNs);
        aggregation.reset(nowNs);
        forgetSignals();
    }

    /** Looks afresh at what is delivered and lost: a probe is over. */
    void forgetSignals() {
        congested = false;
        bandwidth.restartLatest(0);
        bounds.restartLatest(0);
    }

    /** What a rate delivers in a time; {@link Long#MAX_VALUE} at the most. */
    static long bytesIn(long bytesPerSecond, long ns) {
        return (long) ((double) bytesPerSecond * ns / 1e9);
    }

    /** The bandwidth-delay product at a rate, times {@code percent}; the initial window while no round-trip time is known. */
    private long bdp(long bw, int percent) {
        long minRttNs = minRtt.ns();
        return minRttNs == BbrMinRtt.INFINITE ? initialCwnd : bytesIn(bw, minRttNs) * percent / 100;
    }

    /** How much in flight uses the path to {@code percent}, at the estimate the flow goes by. */
    long inflightFor(int percent) {
        return quantised(bdp(bandwidth.bw(), percent));
    }

    /** How much in flight fills the path at the long-term estimate. */
    long inflightAtMaxBw() {
        return quantised(bdp(bandwidth.max(), 100));
    }

    /** The most in flight that full use of the path needs (BBR.max_inflight). */
    long maxInflight() {
        return quantised(bdp(bandwidth.bw(), phase.cwndGain) + aggregation.extraAcked());
    }

    private long quantised(long inflight) {
        long enough = Math.max(Math.max(inflight, (long) QUANTA_IN_FLIGHT * sendQuantum()), minPipeCwnd());
        return phase == BbrPhase.PROBE_BW_UP ? enough + 2L * mss : enough;
    }

    /** What the flow wants in flight: a bandwidth-delay product, or the window where congestion has cut it below that. */
    long targetInflight() {
        return Math.min(bdp(bandwidth.bw(), 100), cwnd);
    }

    /** The bandwidth-delay product. */
    long bdp() {
        return bdp(bandwidth.bw(), 100);
    }

    /** The window of ProbeRTT. */
    long probeRttCwnd() {
        return Math.max(bdp(bandwidth.bw(), BbrPhase.PROBE_RTT.cwndGain), minPipeCwnd());
    }

    /** The long-term bound less headroom. */
    long boundWithHeadroom() {
        return bounds.withHeadroom(mss, minPipeCwnd());
    }

    /** The least window: two segments that travel and two that the receiver has not acknowledged yet. */
    long minPipeCwnd() {
        return (long) MIN_PIPE_SEGMENTS * mss;
    }

    /** The most payload for one frame: a millisecond's worth. */
    int sendQuantum() {
        long paced = pacingRate == CongestionControl.UNPACED ? MAX_QUANTUM : pacingRate / QUANTA_PER_SECOND;
        return (int) Math.max(Math.min(paced, MAX_QUANTUM), 2L * mss);
    }

    void startRound() {
        rounds.restart(delivered);
    }

    void saveCwnd() {
        priorCwnd = inRecovery || phase == BbrPhase.PROBE_RTT ? Math.max(priorCwnd, cwnd) : cwnd;
    }

    void restoreCwnd() {
        cwnd = Math.max(cwnd, priorCwnd);
    }

    void forgetShortTerm() {
        bandwidth.forgetShortTerm();
        bounds.forgetShortTerm();
    }
}
