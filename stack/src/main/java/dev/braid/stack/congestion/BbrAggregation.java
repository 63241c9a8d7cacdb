package dev.braid.stack.congestion;

/**
 * How much more than its share of an interval the path acknowledges at once (draft-ietf-ccwg-bbr section 5.5.9): what Wi-Fi, stretched
 * ACKs and receive offload do. The window is larger by it, so that the flow does not stop in the silences between.
 */
final class BbrAggregation {
    private static final int ROUNDS = 10;

    private final WindowedMax filter = new WindowedMax();
    private long intervalStartNs;
    private long intervalDelivered;

    void reset(long nowNs) {
        filter.reset(0, 0);
        restart(nowNs);
        intervalDelivered = 0;
    }

    /** Sending begins again after a pause, which is no silence of the path. */
    void restart(long nowNs) {
        intervalStartNs = nowNs;
    }

    /** Bytes that come at once beyond the expected, at the most, lately. */
    long extraAcked() {
        return filter.value();
    }

    void onAck(long acked, long bw, long cwnd, boolean fullPipe, long round, long nowNs) {
        long expected = BbrModel.bytesIn(bw, nowNs - intervalStartNs);
        if (intervalDelivered <= expected) {
            intervalDelivered = 0;
            intervalStartNs = nowNs;
            expected = 0;
        }
        intervalDelivered += acked;
        filter.add(Math.min(intervalDelivered - expected, cwnd), round, fullPipe ? ROUNDS : 1);
    }
}
