package dev.braid.stack.congestion;

/**
 * CUBIC (RFC 9438), with HyStart++ (RFC 9406) in the first slow start: growth is a function of the time since the last loss, so flows
 * with different round-trip times get along, and long fat paths are filled. The default, as in Linux.
 */
public final class Cubic extends LossBasedControl {
    /** β_cubic: seven tenths stay. */
    private static final long BETA_TENTHS = 7;

    private final CubicCurve curve = new CubicCurve();
    /** The curve as it was before the last reduction (RFC 9438 section 4.9). */
    private final CubicCurve before = new CubicCurve();
    private final HyStart hyStart = new HyStart();
    /** The window at which HyStart++ saw the queue: what slow start will have ended at. */
    private long queueSeenAt = UNLIMITED;
    private long lastSentNs;

    @Override
    public String name() {
        return "cubic";
    }

    @Override
    public void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs) {
        super.onEstablished(mss, srttNs, handshakeLost, nowNs);
        hyStart.start();
        lastSentNs = nowNs;
    }

    @Override
    public void onTakeOver(
            CongestionControl before, int mss, long srttNs, long inflight, boolean reducing, long nowNs) {
        super.onTakeOver(before, mss, srttNs, inflight, reducing, nowNs);
        hyStart.start();
        lastSentNs = nowNs;
    }

    @Override
    public void onSent(int bytes, long inflightBefore, boolean resent, long nowNs) {
        super.onSent(bytes, inflightBefore, resent, nowNs);
        if (inflightBefore == 0) {
            curve.onPause(lastSentNs, nowNs);
        }
        lastSentNs = nowNs;
    }

    /** HyStart++ is for the first slow start alone: later ones know where to end (RFC 9406 section 4.3). */
    @Override
    long slowStart(long delivered, AckSample sample) {
        if (ssthresh != UNLIMITED) {
            return super.slowStart(delivered, sample);
        }
        boolean slowed = hyStart.conservative();
        if (hyStart.onAck(sample, cwnd, mss)) {
            ssthresh = cwnd;
            queueSeenAt = UNLIMITED;
            curve.startFrom(cwnd);
            return delivered;
        }
        if (hyStart.conservative()) {
            if (slowed) {
                increase(delivered, (long) HyStart.GROWTH_DIVISOR * mss);
            } else {
                queueSeenAt = cwnd;
            }
            return 0;
        }
        queueSeenAt = UNLIMITED;
        return super.slowStart(delivered, sample);
    }

    @Override
    void avoid(long delivered, AckSample sample) {
        increase(delivered, curve.onAck(delivered, cwnd, mss, srttNs, sample.nowNs));
    }

    @Override
    void onUnused(AckSample sample) {
        curve.onUnused(sample.nowNs);
    }

    @Override
    long reduced(long window, boolean byEcn, long nowNs) {
        return window * BETA_TENTHS / 10;
    }

    @Override
    void remember() {
        before.copyFrom(curve);
        curve.onReduction(cwnd);
        queueSeenAt = UNLIMITED;
    }

    @Override
    void restore() {
        curve.copyFrom(before);
    }

    @Override
    void forget() {
        curve.reset();
        queueSeenAt = UNLIMITED;
    }

    /** While HyStart++ grows with caution, the window at which it began to. */
    @Override
    public long ssthresh() {
        return Math.min(ssthresh, queueSeenAt);
    }
}
