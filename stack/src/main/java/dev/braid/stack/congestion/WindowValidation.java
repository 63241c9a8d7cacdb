package dev.braid.stack.congestion;

/**
 * Whether the path has lately been seen to carry the window (RFC 7661): a program that uses less than half of it for long keeps it,
 * but a loss then reduces what was proven, not what was once allowed. Bytes and nanoseconds; no allocation.
 */
final class WindowValidation {
    /** How long an unused window is kept (RFC 7661 §4.4). */
    private static final long NON_VALIDATED_PERIOD_NS = 300_000_000_000L;

    private final PipeAck pipeAck = new PipeAck();
    private boolean nonValidated;
    private long sinceNs;
    private long judgedNs = Long.MIN_VALUE;

    /** What was measured says nothing about the window any more. */
    void reset() {
        pipeAck.reset();
        nonValidated = false;
        judgedNs = Long.MIN_VALUE;
    }

    /** Bytes were acknowledged. Judges once a round trip. */
    void onAcked(long bytes, long srttNs, long cwnd, long nowNs) {
        pipeAck.onAcked(bytes, srttNs, nowNs);
        judgeAgain(srttNs, cwnd, nowNs);
    }

    /** Judges unless that was done within the last round trip: the periods that count last seconds and more. */
    void judgeAgain(long srttNs, long cwnd, long nowNs) {
        if (nowNs >= judgedNs + srttNs) {
            judge(srttNs, cwnd, nowNs);
        }
    }

    /** Looks whether the window is in use now, and since when it is not. */
    void judge(long srttNs, long cwnd, long nowNs) {
        judgedNs = nowNs;
        long seen = pipeAck.value(srttNs, nowNs);
        boolean unused = seen != PipeAck.UNDEFINED && seen < cwnd / 2;
        if (unused && !nonValidated) {
            sinceNs = nowNs;
        }
        nonValidated = unused;
    }

    /** The window has not been used for so long that it is to be halved (RFC 7661 §4.4.3). Begins another such period. */
    boolean expired(long nowNs) {
        if (!nonValidated || nowNs - sinceNs < NON_VALIDATED_PERIOD_NS) {
            return false;
        }
        sinceNs = nowNs;
        return true;
    }

    /** Less than half of the window was in use at the last {@link #judge}. */
    boolean nonValidated() {
        return nonValidated;
    }

    /** What the path has lately carried in a round trip; only while {@link #nonValidated}. */
    long proven(long srttNs, long nowNs) {
        return Math.max(0, pipeAck.value(srttNs, nowNs));
    }
}
