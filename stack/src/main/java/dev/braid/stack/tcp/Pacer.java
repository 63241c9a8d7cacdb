package dev.braid.stack.tcp;

import dev.braid.stack.congestion.CongestionControl;

/**
 * When the next data may leave, so that a window does not leave in one burst: nothing below a TUN pushes back, and what
 * overflows the NIC's queue is lost silently.
 *
 * <p>Each frame moves the departure time of the next one by what it takes at the pace, to the nanosecond, fractions carried on: the
 * long-run rate is the one asked. A frame carries a millisecond's worth, so that one at a slow pace is small and one at a fast
 * pace as large as can be. Who comes late, because a timer fired late or there was nothing to send, may catch up on a
 * millisecond; so a flow on a fast LAN never waits, and no pause ends in a burst of more than that. Core thread only.
 */
public final class Pacer {
    /** The largest frame budget in bytes. */
    public static final int MAX_FRAME_BYTES = 65_536;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long FRAME_NS = 1_000_000L;

    private long rate = CongestionControl.UNPACED;
    private int leastFrame;
    private boolean enabled;
    private boolean paces;
    private int frameBudget = MAX_FRAME_BYTES;
    /** How far the departure time may lie behind now. */
    private long catchUpNs;
    /** How far it may lie ahead: what did not wait for it, repairs, is owed, but not for ever. */
    private long mostOwedNs;
    private long departureNs = Long.MIN_VALUE;
    /** The part of a nanosecond that the frames so far took beyond {@link #departureNs}, times the rate. */
    private long fraction;

    /**
     * Sets the pace. What the last frame still owes is kept, in bytes.
     *
     * @param bytesPerSecond at least 1, or {@link CongestionControl#UNPACED}
     * @param leastFrame payload that a frame may carry however slow the pace
     * @param enabled whether to hold frames back, not only size them
     */
    public void rate(long bytesPerSecond, int leastFrame, boolean enabled, long nowNs) {
        if (bytesPerSecond == rate && leastFrame == this.leastFrame && enabled == this.enabled) {
            return;
        }
        this.leastFrame = leastFrame;
        this.enabled = enabled;
        if (bytesPerSecond != rate) {
            if (departureNs > nowNs) {
                departureNs = nowNs + (long) ((double) (departureNs - nowNs) * rate / bytesPerSecond);
            }
            rate = bytesPerSecond;
            fraction = 0;
        }
        paces = enabled && rate != CongestionControl.UNPACED;
        long paced = rate / (SECOND_NS / FRAME_NS);
        frameBudget = (int) Math.min(MAX_FRAME_BYTES, Math.max(paced, leastFrame));
        if (paces) {
            long frameNs = frameBudget * SECOND_NS / rate;
            // A frame that may go half a frame's time early is a burst half as long as one that may go a whole frame's.
            catchUpNs = Math.max(0, FRAME_NS - frameNs / 2);
            mostOwedNs = Math.max(FRAME_NS, frameNs);
        }
    }

    /** The rate set, in bytes per second. */
    public long rate() {
        return rate;
    }

    /** The most payload one frame should carry: one millisecond's worth, but what a frame may always carry, and at most 64 KiB. */
    public int frameBudget() {
        return frameBudget;
    }

    /** Whether a frame may leave now. */
    public boolean mayGo(long nowNs) {
        return !paces || departureNs <= nowNs;
    }

    /** When {@link #mayGo} will say yes; a moment that has passed when it does now. */
    public long nextSendNs() {
        return departureNs;
    }

    /** Data left, new or resent, whether it waited or not. */
    public void onSent(int bytes, long nowNs) {
        if (!paces) {
            return;
        }
        long scaled = bytes * SECOND_NS + fraction;
        long takesNs = scaled / rate;
        fraction = scaled - takesNs * rate;
        departureNs = Math.min(Math.max(departureNs, nowNs - catchUpNs) + takesNs, nowNs + mostOwedNs);
    }
}
