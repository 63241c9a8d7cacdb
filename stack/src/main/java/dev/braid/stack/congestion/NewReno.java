package dev.braid.stack.congestion;

/**
 * Slow start, congestion avoidance and recovery as RFC 5681 and RFC 6582 have them, with the window growing only as far as it is
 * used (RFC 7661).
 *
 * <p>Three choices the RFCs leave open. Growth counts acknowledged bytes, not ACKs: acknowledgments of super-frames are few, and
 * ACK division gains nothing. After recovery the window is ssthresh, RFC 6582's second option, for the pacer prevents the
 * burst its first one guards against. A pause keeps the window (RFC 7661 instead of RFC 5681 §4.1), again because what follows
 * is paced.
 */
public final class NewReno implements CongestionControl {
    private static final int INITIAL_SEGMENTS = 10;
    private static final int INITIAL_BYTES = 14_600;
    private static final long SECOND_NS = 1_000_000_000L;
    /** How long an unused window is kept (RFC 7661 §4.4). */
    private static final long NON_VALIDATED_PERIOD_NS = 300 * SECOND_NS;
    /** The pace in round trips' windows: in slow start the next window is twice this one. */
    private static final double SLOW_START_PACE = 2.0;
    /** A little faster than the window, so that the pacer never is the bottleneck. */
    private static final double AVOIDANCE_PACE = 1.2;

    private final PipeAck pipeAck = new PipeAck();
    private int mss = 1;
    private long cwnd = 1;
    private long ssthresh = UNLIMITED;
    private long srttNs;
    /** Bytes acknowledged towards the next increase in congestion avoidance. */
    private long credit;
    private boolean recovering;
    /** What the reduction at the end of recovery starts from, 0 when the window was validated. */
    private long unprovenFlight;
    private long lostInRecovery;
    private long nonValidatedSinceNs;
    private boolean nonValidated;
    /** The most that was in flight since the last loss or idle time: in slow start, growth beyond twice that would be a guess. */
    private long mostInFlight;
    private long priorCwnd;
    private long priorSsthresh;

    @Override
    public String name() {
        return "reno";
    }

    @Override
    public void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs) {
        this.mss = mss;
        this.srttNs = srttNs;
        this.cwnd = handshakeLost ? mss : initialWindow();
        // "The initial value of ssthresh SHOULD be set arbitrarily high": timeouts of the SYN say nothing about the path's room.
        this.ssthresh = UNLIMITED;
        startAfresh();
    }

    /** RFC 6928 §2. */
    private long initialWindow() {
        return Math.min((long) INITIAL_SEGMENTS * mss, Math.max(2L * mss, INITIAL_BYTES));
    }

    @Override
    public void onTakeOver(
            CongestionControl before, int mss, long srttNs, long inflight, boolean reducing, long nowNs) {
        this.mss = mss;
        this.srttNs = srttNs;
        this.cwnd = Math.max(before.cwnd(), mss);
        this.ssthresh = before.ssthresh();
        startAfresh();
        recovering = reducing;
    }

    @Override
    public void onMss(int mss) {
        this.mss = mss;
        this.cwnd = Math.max(cwnd, mss);
    }

    @Override
    public void onSent(int bytes, long inflightBefore, boolean resent, long nowNs) {
        mostInFlight = Math.max(mostInFlight, inflightBefore + bytes);
        if (inflightBefore == 0 && !recovering) {
            judgeUse(nowNs);
        }
    }

    @Override
    public void onIdle(long timeouts) {
        // RFC 5681 §4.1, halving for each timeout as RFC 2861 §3 did, down to "RW = min(IW,cwnd)".
        long restart = Math.min(initialWindow(), cwnd);
        ssthresh = Math.max(ssthresh, cwnd / 4 * 3);
        for (long i = 0; i < timeouts && cwnd > restart; i++) {
            cwnd /= 2;
        }
        cwnd = Math.max(cwnd, restart);
        mostInFlight = 0;
    }

    @Override
    public void onAck(AckSample sample) {
        srttNs = sample.srttNs > 0 ? sample.srttNs : srttNs;
        if (recovering) {
            lostInRecovery += sample.lostBytes;
            return;
        }
        if (sample.ackedBytes <= 0) {
            return;
        }
        pipeAck.onAcked(sample.ackedBytes, srttNs, sample.nowNs);
        judgeUse(sample.nowNs);
        // The sender waited for window or pacer; half the window in use is what slow start can show one round trip later.
        boolean windowLimited = !sample.appLimited && sample.inflightBefore >= cwnd / 2;
        mostInFlight = Math.max(mostInFlight, sample.inflightBefore);
        // A program that uses half the window or less has not shown that the path takes more.
        boolean used = cwnd >= ssthresh || cwnd < 2 * mostInFlight;
        if (used && (!nonValidated || windowLimited)) {
            grow(sample);
        }
    }

    private void grow(AckSample sample) {
        // What had arrived before does not let more leave now. And after a timeout one ACK may cover what arrived long ago: no more
        // than a segment for it (RFC 3465 §2.3).
        long fresh = Math.max(0, sample.ackedBytes - sample.knownBytes);
        long acked = sample.inLoss ? Math.min(fresh, mss) : fresh;
        if (cwnd < ssthresh) {
            long step = Math.min(acked, ssthresh - cwnd);
            cwnd += step;
            acked -= step;
        }
        if (acked > 0) {
            credit += acked;
            if (credit >= cwnd) {
                credit -= cwnd;
                cwnd += mss;
            }
        }
    }

    /** Whether the path has lately been seen to carry half the window (RFC 7661 §4.3), and for how long it has not. */
    private void judgeUse(long nowNs) {
        long seen = pipeAck.value(srttNs, nowNs);
        boolean unused = seen != PipeAck.UNDEFINED && seen < cwnd / 2;
        if (unused && !nonValidated) {
            nonValidatedSinceNs = nowNs;
        } else if (nonValidated && nowNs - nonValidatedSinceNs >= NON_VALIDATED_PERIOD_NS) {
            // RFC 7661 §4.4.3.
            ssthresh = Math.max(ssthresh, cwnd / 4 * 3);
            cwnd = Math.max(cwnd / 2, Math.min(cwnd, initialWindow()));
            nonValidatedSinceNs = nowNs;
        }
        nonValidated = unused;
    }

    @Override
    public void onRecoveryStart(long flight, long sndNxt, long nowNs) {
        if (recovering) {
            return;
        }
        remember();
        judgeUse(nowNs);
        // RFC 7661 §4.4.1: a window that was not in use says nothing; the flight and what the path carried lately do.
        unprovenFlight = nonValidated ? Math.max(flight, pipeAck.value(srttNs, nowNs)) : 0;
        ssthresh = halfOf(Math.max(flight, unprovenFlight));
        cwnd = ssthresh;
        recovering = true;
        lostInRecovery = 0;
        credit = 0;
    }

    @Override
    public void onRecoveryEnd(long inflight, long nowNs) {
        if (!recovering) {
            return;
        }
        recovering = false;
        if (unprovenFlight > 0) {
            ssthresh = Math.min(ssthresh, halfOf(unprovenFlight - lostInRecovery));
        }
        cwnd = ssthresh;
        startAfresh();
    }

    @Override
    public void onTimeout(long flight, long inflight, boolean first, long nowNs) {
        if (first) {
            remember();
            ssthresh = halfOf(flight);
        }
        cwnd = mss;
        recovering = false;
        startAfresh();
    }

    @Override
    public void onUndo(long nowNs) {
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
        recovering = false;
    }

    /** ssthresh = max(FlightSize / 2, 2·SMSS) (RFC 5681 §3.1, equation 4). */
    private long halfOf(long flight) {
        return Math.max(flight / 2, 2L * mss);
    }

    private void remember() {
        if (!recovering) {
            priorCwnd = cwnd;
            priorSsthresh = ssthresh;
        }
    }

    private void startAfresh() {
        pipeAck.reset();
        mostInFlight = 0;
        nonValidated = false;
        unprovenFlight = 0;
        credit = 0;
    }

    @Override
    public long cwnd() {
        return cwnd;
    }

    @Override
    public long ssthresh() {
        return ssthresh;
    }

    @Override
    public long pacingRate() {
        if (srttNs <= 0) {
            return UNPACED;
        }
        double pace = cwnd < ssthresh ? SLOW_START_PACE : AVOIDANCE_PACE;
        return Math.max(mss, (long) (pace * cwnd * SECOND_NS / srttNs));
    }
}
