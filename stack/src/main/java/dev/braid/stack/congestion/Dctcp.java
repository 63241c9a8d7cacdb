package dev.braid.stack.congestion;

/**
 * DCTCP (RFC 8257), for networks whose queues mark early: the window goes down by as much as the share of marked bytes calls for,
 * once a round trip. Growth, and the answer to loss, are Reno's.
 */
public final class Dctcp extends LossBasedControl {
    /** {@link #alpha} when all is marked. */
    private static final int ALL = 1024;
    /** The estimation gain g = 1/16 (RFC 8257 §4.2). */
    private static final int GAIN_SHIFT = 4;

    /** The share of marked bytes, of {@link #ALL}. It starts at all: the first marks then halve (RFC 8257 §4.2). */
    private int alpha = ALL;
    private long windowEnd = Long.MIN_VALUE;
    private long markedBytes;
    private long totalBytes;
    private int priorAlpha = ALL;

    @Override
    public String name() {
        return "dctcp";
    }

    @Override
    public boolean needsEcn() {
        return true;
    }

    @Override
    public void onAck(AckSample sample) {
        totalBytes += sample.newlyDelivered;
        markedBytes += sample.ceBytes;
        if (sample.sndUna >= windowEnd) {
            observe();
            windowEnd = sample.sndNxt;
        }
        super.onAck(sample);
    }

    /** RFC 8257 §3.3 steps 3 to 8: {@code DCTCP.Alpha = DCTCP.Alpha * (1 - g) + g * M}. */
    private void observe() {
        if (totalBytes > 0) {
            // Rounded down to nothing in the end: a path without marks is left without memory of them.
            alpha -= alpha >> GAIN_SHIFT == 0 ? alpha : alpha >> GAIN_SHIFT;
            alpha = (int) Math.min(ALL, alpha + (markedBytes << (10 - GAIN_SHIFT)) / totalBytes);
        }
        markedBytes = 0;
        totalBytes = 0;
    }

    @Override
    void avoid(long delivered, AckSample sample) {
        increase(delivered, cwnd);
    }

    /** "cwnd = cwnd * (1 - DCTCP.Alpha / 2)" for marks; loss is answered "as conventional" (RFC 8257 §3.5). */
    @Override
    long reduced(long window, boolean byEcn, long nowNs) {
        return byEcn ? window - ((window * alpha) >> 11) : window / 2;
    }

    @Override
    void remember() {
        priorAlpha = alpha;
    }

    @Override
    void restore() {
        alpha = priorAlpha;
    }

    @Override
    public CongestionInfo info() {
        return new CongestionInfo.Dctcp(true, false, alpha, markedBytes, totalBytes);
    }
}
