package dev.braid.stack.congestion;

/**
 * How long to cruise before the next probe for bandwidth (draft-ietf-ccwg-bbr section 5.3.3.8): two to three seconds, or as many
 * rounds as Reno would need to regain a lost segment's worth of window, whichever is less. Flows must not probe in step, so
 * both are drawn; from a seed, for the same seed must give the same flow.
 */
final class BbrProbeWait {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MOST_ROUNDS = 63;

    private long seed;
    private long waitNs;

    void reset(long entropy) {
        seed = entropy;
        waitNs = 0;
    }

    /** Draws anew; returns 0 or 1, with which the count of rounds begins. */
    long draw() {
        waitNs = 2 * SECOND_NS + Long.remainderUnsigned(next(), SECOND_NS);
        return next() & 1;
    }

    /** Steele, Lea and Flood's SplitMix: any seed will do. */
    private long next() {
        seed += 0x9E3779B97F4A7C15L;
        long mixed = (seed ^ (seed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }

    /** Whether it is time, {@code elapsedNs} and {@code rounds} after the last probe. */
    boolean isOver(long elapsedNs, long rounds, long targetSegments) {
        return elapsedNs > waitNs || rounds >= Math.min(targetSegments, MOST_ROUNDS);
    }

    /** The wait drawn. */
    long waitNs() {
        return waitNs;
    }
}
