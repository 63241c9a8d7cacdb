package dev.braid.stack.tcp;

import dev.braid.stack.congestion.CongestionControl;

/**
 * When the next data may leave, so that a window does not leave in one burst: nothing below a TUN pushes back, and what
 * overflows the NIC's queue is lost silently.
 *
 * <p>Credit grows with the rate up to one millisecond's worth (but two segments), so a flow on a fast LAN never waits, and a
 * timer that fires a little late loses nothing. Data goes when half a frame's credit is there: super-frames stay large. Core
 * thread only.
 */
public final class Pacer {
    /** The largest frame budget in bytes. */
    public static final int MAX_FRAME_BYTES = 65_536;

    private static final long BURST_NS = 1_000_000L;
    private static final long SECOND_NS = 1_000_000_000L;

    private long rate = CongestionControl.UNPACED;
    private int mss = 1;
    private long limit;
    private int frameBudget = MAX_FRAME_BYTES;
    private long credit;
    private long updatedNs;
    private boolean started;

    /**
     * Sets the pace. Credit earned at the old pace is kept as far as the new one allows.
     *
     * @param bytesPerSecond at least 1, or {@link CongestionControl#UNPACED}
     * @param mss payload bytes of a full segment
     */
    public void rate(long bytesPerSecond, int mss, long nowNs) {
        if (bytesPerSecond == rate && mss == this.mss) {
            return;
        }
        accrue(nowNs);
        this.rate = bytesPerSecond;
        this.mss = mss;
        long burst = rate == CongestionControl.UNPACED ? MAX_FRAME_BYTES : rate / (SECOND_NS / BURST_NS);
        this.limit = Math.max(burst, 2L * mss);
        this.frameBudget = (int) Math.min(MAX_FRAME_BYTES, limit);
        credit = started ? Math.min(credit, limit) : limit;
        started = true;
    }

    /** The rate set, in bytes per second. */
    public long rate() {
        return rate;
    }

    /** The most payload one frame should carry: one millisecond's worth, at least two segments, at most 64 KiB. */
    public int frameBudget() {
        return frameBudget;
    }

    /** Bytes that may leave now; 0 when it is worth waiting until {@link #nextSendNs()}. */
    public long sendableBytes(long nowNs) {
        if (rate == CongestionControl.UNPACED) {
            return Long.MAX_VALUE;
        }
        accrue(nowNs);
        return credit >= quantum() ? credit : 0;
    }

    /** Data left, new or resent, paced or not. */
    public void onSent(int bytes, long nowNs) {
        if (rate != CongestionControl.UNPACED) {
            accrue(nowNs);
            credit = Math.max(credit - bytes, -limit);
        }
    }

    /** When {@link #sendableBytes} will be positive; a moment that has passed when it is now. */
    public long nextSendNs() {
        if (rate == CongestionControl.UNPACED || credit >= quantum()) {
            return updatedNs;
        }
        return updatedNs + nanosFor(quantum() - credit);
    }

    private long quantum() {
        return Math.max(mss, frameBudget / 2);
    }

    /** Rounded up, so that at that moment the credit is really there. The bytes are at most three limits: no overflow. */
    private long nanosFor(long bytes) {
        long whole = bytes / rate;
        long rest = bytes % rate;
        return whole * SECOND_NS + (long) Math.ceil((double) rest * SECOND_NS / rate) + 1;
    }

    private void accrue(long nowNs) {
        if (rate == CongestionControl.UNPACED) {
            updatedNs = nowNs;
            return;
        }
        long elapsedNs = nowNs - updatedNs;
        if (elapsedNs <= 0) {
            return;
        }
        long missing = limit - credit;
        if (elapsedNs >= nanosFor(missing)) {
            credit = limit;
            updatedNs = nowNs;
            return;
        }
        long earned = (long) ((double) elapsedNs * rate / SECOND_NS);
        if (earned > 0) {
            credit = Math.min(limit, credit + earned);
            updatedNs = nowNs;
        }
    }
}
