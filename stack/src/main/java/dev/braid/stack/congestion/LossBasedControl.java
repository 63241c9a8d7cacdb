package dev.braid.stack.congestion;

/**
 * What the controls have in common that take loss, and ECN's marks, as the sign of congestion: slow start, growth only as far as
 * the window is used, {@linkplain ProportionalRateReduction proportional} reduction, idle times, timeouts and undo. What a kind of
 * its own is made of are two formulas: {@linkplain #avoid how it grows} and {@linkplain #reduced how far it goes down}.
 *
 * <p>Four choices the RFCs leave open. Growth counts delivered bytes, not ACKs: acknowledgments of super-frames are few, and ACK
 * division gains nothing. At the end of recovery the window is ssthresh, RFC 6582's second option, for the pacer prevents the burst
 * its first one guards against. A pause keeps the window (RFC 7661 instead of RFC 5681 §4.1), again because what follows is
 * paced. And ssthresh comes from the window rather than from FlightSize, as in Linux (RFC 9438 §4.6 allows it where windows
 * grow only when used), unless RFC 7661 finds the window unproven.
 */
abstract class LossBasedControl implements CongestionControl {
    /** No peer takes more than 2^30 bytes (RFC 7323 §2.3). */
    static final long MAX_WINDOW = 1L << 32;

    private static final int INITIAL_SEGMENTS = 10;
    private static final int INITIAL_BYTES = 14_600;
    private static final long SECOND_NS = 1_000_000_000L;
    /** The pace in round trips' windows: in slow start the next window is twice this one. */
    private static final double SLOW_START_PACE = 2.0;
    /** A little faster than the window, so that the pacer never is the bottleneck. */
    private static final double AVOIDANCE_PACE = 1.2;

    /** The effective send MSS. */
    int mss = 1;
    /** The congestion window in bytes. */
    long cwnd = 1;
    /** The slow-start threshold in bytes. */
    long ssthresh = UNLIMITED;
    /** The smoothed round-trip time, 0 before the first measurement. */
    long srttNs;

    private final ProportionalRateReduction prr = new ProportionalRateReduction();
    private final WindowValidation validation = new WindowValidation();
    private long flight;
    /** Bytes acknowledged towards the next increase in congestion avoidance. */
    private long credit;
    /** A reduction is under way: recovery, or the answer to ECE. */
    private boolean reducing;
    /** What the reduction at the end of recovery starts from, 0 when the window was validated. */
    private long unprovenFlight;
    private long lostInRecovery;
    /** What was outstanding at a timeout is not acknowledged yet. */
    private boolean timedOut;
    /** Bytes sent since the timeout that no growth was credited for. */
    private long sentSinceTimeout;
    private long priorCwnd;
    private long priorSsthresh;

    // What a kind of its own decides.

    /** Congestion avoidance: calls {@link #increase}. */
    abstract void avoid(long delivered, AckSample sample);

    /**
     * Where a reduction ends.
     *
     * @param window what is to be reduced
     * @param byEcn a mark called for it, not a loss
     * @return bytes; brought up to two segments by the caller
     */
    abstract long reduced(long window, boolean byEcn, long nowNs);

    /**
     * What loss reduces: the window itself as in Linux, unless a kind has reasons of its own.
     *
     * @param flight FlightSize
     */
    long reductionBase(long flight) {
        return cwnd;
    }

    /** Slow start: grows by what was delivered, up to ssthresh; returns what is left of it. */
    long slowStart(long delivered, AckSample sample) {
        long step = Math.min(delivered, ssthresh - cwnd);
        cwnd += step;
        return delivered - step;
    }

    /** An acknowledgment arrived while the window was not in use. */
    void onUnused(AckSample sample) {}

    /** A reduction is about to begin: state that {@link #restore} may need is kept. */
    void remember() {}

    /** The last reduction was spurious. */
    void restore() {}

    /** The retransmission timer expired: what was learned of the path is void. */
    void forget() {}

    // The connection's life.

    @Override
    public void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs) {
        this.mss = mss;
        this.srttNs = srttNs;
        this.cwnd = handshakeLost ? mss : initialWindow();
        // "The initial value of ssthresh SHOULD be set arbitrarily high": timeouts of the SYN say nothing about the path's room.
        this.ssthresh = UNLIMITED;
        timedOut = false;
        reducing = false;
        startAfresh();
        forget();
    }

    @Override
    public void onTakeOver(
            CongestionControl before, int mss, long srttNs, long inflight, boolean reducing, long nowNs) {
        this.mss = mss;
        this.srttNs = srttNs;
        this.cwnd = Math.clamp(before.cwnd(), mss, MAX_WINDOW);
        this.ssthresh = Math.max(before.ssthresh(), 2L * mss);
        this.reducing = reducing;
        startAfresh();
        forget();
        if (before instanceof LossBasedControl other) {
            prr.copyFrom(other.prr);
            ssthresh = other.ssthresh;
            priorCwnd = other.priorCwnd;
            priorSsthresh = other.priorSsthresh;
            timedOut = other.timedOut;
            sentSinceTimeout = other.sentSinceTimeout;
        } else if (reducing) {
            ssthresh = Math.min(ssthresh, Math.max(cwnd, 2L * mss));
            priorCwnd = cwnd;
            priorSsthresh = ssthresh;
            prr.start(Math.max(cwnd, inflight), ssthresh);
        }
    }

    /** RFC 6928 §2. */
    private long initialWindow() {
        return Math.min((long) INITIAL_SEGMENTS * mss, Math.max(2L * mss, INITIAL_BYTES));
    }

    @Override
    public void onMss(int mss) {
        this.mss = mss;
        this.cwnd = Math.max(cwnd, mss);
        this.ssthresh = Math.max(ssthresh, 2L * mss);
    }

    // Sending.

    @Override
    public void onSent(int bytes, long inflightBefore, boolean resent, long nowNs) {
        if (reducing) {
            prr.onSent(bytes);
        } else if (timedOut) {
            sentSinceTimeout += bytes;
        } else if (inflightBefore == 0) {
            validation.judgeAgain(srttNs, cwnd, nowNs);
            halveIfLongUnused(nowNs);
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
    }

    private void halveIfLongUnused(long nowNs) {
        if (validation.expired(nowNs)) {
            ssthresh = Math.max(ssthresh, cwnd / 4 * 3);
            cwnd = Math.max(cwnd / 2, Math.min(cwnd, initialWindow()));
        }
    }

    // What comes back.

    @Override
    public void onAck(AckSample sample) {
        srttNs = sample.srttNs > 0 ? sample.srttNs : srttNs;
        flight = sample.sndNxt - sample.sndUna;
        if (reducing) {
            lostInRecovery += sample.lostBytes;
            boolean progress = sample.ackedBytes > 0 && sample.lostBytes == 0;
            cwnd = bounded(prr.window(sample.newlyDelivered, progress, sample.inflightAfter, cwnd, mss));
            return;
        }
        // SACK blocks alone may mean loss, unless the path is known to reorder: then their bytes count at once (as in Linux).
        if (sample.ackedBytes <= 0 && !sample.reorders) {
            return;
        }
        validation.onAcked(sample.newlyDelivered, srttNs, cwnd, sample.nowNs);
        halveIfLongUnused(sample.nowNs);
        // In slow start twice what was out can be shown one round trip later; more would be a guess.
        if (sample.cwndLimited || (cwnd < ssthresh && cwnd < 2 * sample.mostInflight)) {
            grow(sample);
        } else {
            onUnused(sample);
        }
    }

    private void grow(AckSample sample) {
        long delivered = sample.newlyDelivered;
        if (timedOut) {
            // One ACK may cover what had arrived long before the timeout: that sets no window free (RFC 3465 §2.3).
            delivered = Math.min(delivered, sentSinceTimeout);
            sentSinceTimeout -= delivered;
        }
        if (delivered > 0 && cwnd < ssthresh) {
            delivered = slowStart(delivered, sample);
        }
        if (delivered > 0) {
            avoid(delivered, sample);
        }
        cwnd = Math.min(cwnd, MAX_WINDOW);
    }

    /** Grows by a segment for every {@code every} bytes delivered. */
    final void increase(long delivered, long every) {
        if (credit >= every) {
            // It was gathered when increases were rarer: it counts for one.
            credit = 0;
            cwnd += mss;
        }
        credit += delivered;
        if (credit >= every) {
            long segments = credit / every;
            credit -= segments * every;
            cwnd += segments * mss;
        }
    }

    // Congestion.

    @Override
    public void onRecoveryStart(long flight, long sndNxt, long nowNs) {
        reduce(flight, false, nowNs);
    }

    @Override
    public void onEcnReduction(long flight, long sndNxt, long nowNs) {
        reduce(flight, true, nowNs);
    }

    private void reduce(long flight, boolean byEcn, long nowNs) {
        if (reducing) {
            return;
        }
        keep();
        ssthresh = threshold(flight, byEcn, nowNs);
        prr.start(cwnd, ssthresh);
        reducing = true;
        timedOut = false;
        lostInRecovery = 0;
        credit = 0;
    }

    /** The threshold after a reduction, in whole segments and at least two. */
    private long threshold(long flight, boolean byEcn, long nowNs) {
        validation.judge(srttNs, cwnd, nowNs);
        // RFC 7661 §4.4.1: a window that was not in use says nothing; the flight and what the path carried lately do.
        long proven = validation.nonValidated() ? Math.max(flight, validation.proven(srttNs, nowNs)) : cwnd;
        unprovenFlight = proven < cwnd / 2 ? proven : 0;
        long window = unprovenFlight > 0 ? unprovenFlight : reductionBase(flight);
        return Math.max(reduced(window, byEcn, nowNs) / mss, 2) * mss;
    }

    @Override
    public void onTimerLoss(long lostBytes, long inflight, long nowNs) {
        if (reducing) {
            lostInRecovery += lostBytes;
            // No acknowledgment comes with it: as if one had told of a segment.
            cwnd = bounded(prr.window(mss, false, inflight, cwnd, mss));
        }
    }

    @Override
    public void onRecoveryEnd(long inflight, long nowNs) {
        timedOut = false;
        if (!reducing) {
            return;
        }
        reducing = false;
        if (unprovenFlight > 0) {
            long left = reduced(unprovenFlight - lostInRecovery, false, nowNs);
            ssthresh = Math.min(ssthresh, Math.max(left / mss, 2) * mss);
        }
        cwnd = bounded(ssthresh);
        startAfresh();
    }

    @Override
    public void onTimeout(long flight, long inflight, boolean first, long nowNs) {
        if (first && !reducing) {
            keep();
            ssthresh = threshold(flight, false, nowNs);
        }
        forget();
        cwnd = bounded(inflight + mss);
        reducing = false;
        timedOut = true;
        sentSinceTimeout = 0;
        startAfresh();
    }

    @Override
    public void onUndo(long nowNs) {
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
        reducing = false;
        timedOut = false;
        unprovenFlight = 0;
        restore();
    }

    private void keep() {
        priorCwnd = cwnd;
        // Where the window was beyond it, it was proven, and slow start may come back near to it.
        priorSsthresh = Math.max(ssthresh, cwnd / 4 * 3);
        remember();
    }

    private void startAfresh() {
        validation.reset();
        unprovenFlight = 0;
        credit = 0;
    }

    private long bounded(long window) {
        return Math.clamp(window, mss, MAX_WINDOW);
    }

    // Answers.

    @Override
    public final long cwnd() {
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
        double pace = cwnd < ssthresh() / 2 ? SLOW_START_PACE : AVOIDANCE_PACE;
        // What is in flight already counts in recovery: the window is small then, and the path is not.
        return Math.max(mss, (long) (pace * Math.max(cwnd, flight) * SECOND_NS / srttNs));
    }
}
