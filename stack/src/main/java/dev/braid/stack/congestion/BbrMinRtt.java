package dev.braid.stack.congestion;

/**
 * The round-trip time without queues: the least of ten seconds, refreshed by what is measured in five (draft-ietf-ccwg-bbr sections
 * 5.3.4.3 and 5.5.7). Nanoseconds.
 */
final class BbrMinRtt {
    /** Not known. */
    static final long INFINITE = Long.MAX_VALUE;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long FILTER_NS = 10 * SECOND_NS;
    private static final long PROBE_INTERVAL_NS = 5 * SECOND_NS;

    private long minRttNs;
    private long stampNs;
    private long probeMinNs;
    private long probeStampNs;
    private boolean probeDue;

    void reset(long srttNs, long nowNs) {
        minRttNs = srttNs > 0 ? srttNs : INFINITE;
        stampNs = nowNs;
        probeMinNs = minRttNs;
        probeStampNs = nowNs;
        probeDue = false;
    }

    /** The estimate, or {@link #INFINITE}. */
    long ns() {
        return minRttNs;
    }

    /** Nothing as low as five seconds ago was measured since: little should be in flight for a while. */
    boolean probeDue() {
        return probeDue;
    }

    /**
     * An acknowledgment.
     *
     * @param rttNs the round-trip time it measured, or -1
     */
    void onAck(long rttNs, long nowNs) {
        probeDue = nowNs > probeStampNs + PROBE_INTERVAL_NS;
        if (rttNs >= 0 && (rttNs < probeMinNs || probeDue)) {
            probeMinNs = rttNs;
            probeStampNs = nowNs;
        }
        if (probeMinNs < minRttNs || nowNs > stampNs + FILTER_NS) {
            minRttNs = probeMinNs;
            stampNs = probeStampNs;
        }
    }

    /** Little has been in flight for long enough: the next time comes in five seconds. */
    void probed(long nowNs) {
        probeStampNs = nowNs;
    }
}
