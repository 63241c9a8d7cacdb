package dev.braid.stack.congestion;

/**
 * HyStart++ (RFC 9406): ends the first slow start when the round-trip time shows a queue, before the queue overflows. What looked
 * like a queue may have been jitter, so growth first slows down for some rounds (conservative slow start, CSS), and takes up
 * again when the delay goes away. Nanoseconds; no allocation.
 *
 * <p>Two values are the kernel's rather than the RFC's: it judges from the ninth sample of a round and from a window of sixteen segments
 * on, below which delayed acknowledgments look like queues.
 */
final class HyStart {
    /** How many times slower the window grows in conservative slow start (CSS_GROWTH_DIVISOR). */
    static final int GROWTH_DIVISOR = 4;

    private static final int LEAST_SEGMENTS = 16;
    private static final long MIN_RTT_THRESH_NS = 4_000_000L;
    private static final long MAX_RTT_THRESH_NS = 16_000_000L;
    private static final int MIN_RTT_DIVISOR = 8;
    private static final int N_RTT_SAMPLE = 8;
    private static final int CSS_ROUNDS = 5;
    private static final long UNKNOWN = Long.MAX_VALUE;

    private long windowEnd = Long.MIN_VALUE;
    private long lastRoundMinRttNs = UNKNOWN;
    private long currentRoundMinRttNs = UNKNOWN;
    private int samples;
    private boolean conservative;
    private int conservativeRounds;
    private long baselineMinRttNs = UNKNOWN;

    /** Slow start begins. */
    void start() {
        windowEnd = Long.MIN_VALUE;
        lastRoundMinRttNs = UNKNOWN;
        currentRoundMinRttNs = UNKNOWN;
        samples = 0;
        conservative = false;
        conservativeRounds = 0;
        baselineMinRttNs = UNKNOWN;
    }

    /** Growth is slowed down: a queue seems to be there. */
    boolean conservative() {
        return conservative;
    }

    /**
     * An acknowledgment arrived in slow start.
     *
     * @return whether the queue has stood long enough: slow start is over
     */
    boolean onAck(AckSample sample, long cwnd, int mss) {
        if (sample.sndUna > windowEnd) {
            if (conservative && ++conservativeRounds >= CSS_ROUNDS) {
                return true;
            }
            lastRoundMinRttNs = currentRoundMinRttNs;
            currentRoundMinRttNs = UNKNOWN;
            samples = 0;
            windowEnd = sample.sndNxt;
        }
        if (sample.rttNs < 0) {
            return false;
        }
        samples++;
        currentRoundMinRttNs = Math.min(currentRoundMinRttNs, sample.rttNs);
        if (samples > N_RTT_SAMPLE && cwnd >= (long) LEAST_SEGMENTS * mss) {
            judge();
        }
        return false;
    }

    private void judge() {
        if (conservative) {
            if (currentRoundMinRttNs < baselineMinRttNs) {
                conservative = false;
                baselineMinRttNs = UNKNOWN;
            }
        } else if (lastRoundMinRttNs != UNKNOWN) {
            long threshold = Math.clamp(lastRoundMinRttNs / MIN_RTT_DIVISOR, MIN_RTT_THRESH_NS, MAX_RTT_THRESH_NS);
            if (currentRoundMinRttNs >= lastRoundMinRttNs + threshold) {
                conservative = true;
                conservativeRounds = 0;
                baselineMinRttNs = currentRoundMinRttNs;
            }
        }
    }
}
