package dev.braid.stack.congestion;

/**
 * CUBIC's two windows as functions of time (RFC 9438 section 4.2 to 4.5): {@code W_cubic}, which rises steeply towards the size at which
 * loss came, lingers there, and then probes beyond; and {@code W_est}, what Reno would have reached, below which CUBIC does not stay.
 *
 * <p>Windows are bytes, times nanoseconds; inside the formulas seconds and segments, in double arithmetic that gives the same on every
 * machine (only the cube root needs {@link StrictMath} for that). How fast to grow is worked out when the window has changed and
 * else once a round trip, or 32 times a second where that is more often: at other acknowledgments it is one comparison. Linux has the
 * latter alone, and on paths of a millisecond leaves a small window as it is for thirty round trips, half of what Reno gets.
 */
final class CubicCurve {
    /** Segments per cubed second (RFC 9438 section 5). */
    private static final double C = 0.4;
    /** What Reno's window gains a round trip for the same average window, when it goes down to 0.7 only: 3(1-β)/(1+β). */
    private static final double ALPHA = 3 * (1 - 0.7) / (1 + 0.7);
    private static final double SECOND_NS = 1e9;
    private static final long UPDATE_NS = 1_000_000_000L / 32;
    private static final long NONE = Long.MIN_VALUE;
    /** "Concave" and "convex" both end at one and a half windows a round trip: a segment for every two delivered. */
    private static final int FASTEST = 2;
    /** As long as no loss has told the path's room: at least 5 % a round trip. */
    private static final int SLOWEST_UNKNOWN = 20;
    /** On the plateau: a segment in a hundred round trips. */
    private static final int PLATEAU = 100;

    /** The window before the last reduction, 0 while no loss has told (W_max). */
    private long wMax;
    /** The window when the last reduction began (cwnd_prior). */
    private long priorWindow;
    private long epochNs = NONE;
    private double kSeconds;
    /** Where the curve is flat. */
    private double origin;
    private double wEst;
    /** Delivered and not in {@link #wEst} yet. */
    private long delivered;
    private long lastWindow;
    private long lastNs;
    private long every;
    private long unusedSinceNs = NONE;

    /** Forgets the path: a timeout (RFC 9438 section 4.8), or the beginning. */
    void reset() {
        wMax = 0;
        epochNs = NONE;
        unusedSinceNs = NONE;
    }

    /** The first slow start ended without loss: Reno's growth counts from here in full. */
    void startFrom(long window) {
        priorWindow = window;
    }

    /** A reduction begins; W_max with fast convergence (RFC 9438 section 4.7). */
    void onReduction(long window) {
        // A flow that lost before it was back where it had been leaves room for the one that took it.
        wMax = window < wMax ? (long) (window * ((1 + 0.7) / 2)) : window;
        priorWindow = window;
        epochNs = NONE;
        unusedSinceNs = NONE;
    }

    /** Time during which the window was not in use counts for nothing (RFC 9438 section 5.8). */
    void onUnused(long nowNs) {
        if (unusedSinceNs == NONE) {
            unusedSinceNs = nowNs;
        }
    }

    /** The same for a pause that began at a time now known. */
    void onPause(long sinceNs, long nowNs) {
        if (epochNs != NONE) {
            epochNs = Math.min(nowNs, epochNs + (nowNs - (unusedSinceNs == NONE ? sinceNs : unusedSinceNs)));
        }
        unusedSinceNs = NONE;
    }

    /**
     * An acknowledgment in congestion avoidance.
     *
     * @param bytes delivered
     * @param rttNs the smoothed round-trip time
     * @return for how many bytes delivered the window is to grow by a segment
     */
    long onAck(long bytes, long window, int mss, long rttNs, long nowNs) {
        delivered += bytes;
        if (unusedSinceNs != NONE) {
            onPause(unusedSinceNs, nowNs);
        }
        if (epochNs == NONE) {
            begin(bytes, window, mss, nowNs);
        } else if (window == lastWindow && nowNs - lastNs <= Math.min(UPDATE_NS, rttNs)) {
            return every;
        }
        lastWindow = window;
        lastNs = nowNs;
        // "target: W_cubic(t + RTT)".
        double target = cubicWindow((nowNs - epochNs + rttNs) / SECOND_NS, mss);
        every = target > window ? perSegment(window, target, mss) : PLATEAU * window;
        if (wMax == 0) {
            every = Math.min(every, (long) SLOWEST_UNKNOWN * mss);
        }
        beFriendly(window, mss);
        every = Math.max(every, (long) FASTEST * mss);
        return every;
    }

    private void begin(long bytes, long window, int mss, long nowNs) {
        epochNs = nowNs;
        delivered = bytes;
        wEst = window;
        if (wMax <= window) {
            kSeconds = 0;
            origin = window;
        } else {
            kSeconds = StrictMath.cbrt((wMax - window) / (C * mss));
            origin = wMax;
        }
    }

    /** W_cubic in bytes, {@code seconds} after the epoch began. */
    private double cubicWindow(double seconds, int mss) {
        double t = seconds - kSeconds;
        return origin + C * mss * t * t * t;
    }

    private static long perSegment(long window, double target, int mss) {
        return (long) Math.min(window * (double) mss / (target - window), (double) PLATEAU * window);
    }

    /** The Reno-friendly region (RFC 9438 section 4.3), in whole segments as Reno's window is. */
    private void beFriendly(long window, int mss) {
        double alpha = wEst >= priorWindow ? 1 : ALPHA;
        wEst = Math.min(wEst + alpha * mss * delivered / window, LossBasedControl.MAX_WINDOW);
        delivered = 0;
        long whole = (long) (wEst / mss) * mss;
        if (whole > window) {
            every = Math.min(every, perSegment(window, whole, mss));
        }
    }

    /** Takes over all that another holds. */
    void copyFrom(CubicCurve other) {
        wMax = other.wMax;
        priorWindow = other.priorWindow;
        epochNs = other.epochNs;
        kSeconds = other.kSeconds;
        origin = other.origin;
        wEst = other.wEst;
        delivered = other.delivered;
        lastWindow = other.lastWindow;
        lastNs = other.lastNs;
        every = other.every;
        unusedSinceNs = other.unusedSinceNs;
    }
}
