package dev.braid.stack.congestion;

/**
 * How much a path has lately been seen to carry: the largest volume acknowledged in one round trip over the last
 * {@code max(3·RTT, 1 s)} (RFC 7661 §4.2). Bytes and nanoseconds.
 */
final class PipeAck {
    /** No round trip was measured since the last {@link #reset}. */
    static final long UNDEFINED = -1;

    private static final int BINS = 3;
    private static final long LEAST_PERIOD_NS = 1_000_000_000L;

    private final long[] binMax = new long[BINS];
    private int bin;
    private long binStartNs;
    private long roundStartNs;
    private long roundBytes;
    private boolean started;
    private boolean defined;

    /** Forgets all measurements. */
    void reset() {
        started = false;
        defined = false;
    }

    /** Bytes were acknowledged. */
    void onAcked(long bytes, long srttNs, long nowNs) {
        if (srttNs <= 0) {
            return;
        }
        if (!started) {
            started = true;
            bin = 0;
            binStartNs = nowNs;
            for (int i = 0; i < BINS; i++) {
                binMax[i] = 0;
            }
            roundStartNs = nowNs;
            roundBytes = 0;
        }
        advance(srttNs, nowNs);
        roundBytes += bytes;
        if (nowNs - roundStartNs >= srttNs) {
            binMax[bin] = Math.max(binMax[bin], roundBytes);
            defined = true;
            roundStartNs = nowNs;
            roundBytes = 0;
        }
    }

    /** The largest volume of a round trip in the period, or {@link #UNDEFINED}. */
    long value(long srttNs, long nowNs) {
        if (!defined) {
            return UNDEFINED;
        }
        advance(srttNs, nowNs);
        long max = 0;
        for (long volume : binMax) {
            max = Math.max(max, volume);
        }
        return max;
    }

    private void advance(long srttNs, long nowNs) {
        long binNs = Math.max(srttNs, LEAST_PERIOD_NS / BINS);
        for (int i = 0; i < BINS && nowNs - binStartNs >= binNs; i++) {
            bin = (bin + 1) % BINS;
            binMax[bin] = 0;
            binStartNs += binNs;
        }
        if (nowNs - binStartNs >= binNs) {
            binStartNs = nowNs;
        }
    }
}
