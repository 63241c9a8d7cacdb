package dev.braid.stack.congestion;

/**
 * How many bytes may be in flight by what losses taught (draft-ietf-ccwg-bbr sections 2.9.2, 5.3.3.5 and 5.5.10): a long-term bound,
 * the most that a probe had in flight without too much loss, and a short-term one below it.
 */
final class BbrInflightBounds {
    /** No bound. */
    static final long INFINITE = Long.MAX_VALUE;

    private static final int MAX_DOUBLINGS = 30;
    private static final int HEADROOM_PERCENT = 15;

    private long longTerm;
    private long shortTerm;
    private long latest;
    private long ackedPerIncrease;
    private long ackedTowardsIncrease;
    private int probeRounds;

    void reset() {
        longTerm = INFINITE;
        shortTerm = INFINITE;
        latest = 0;
        ackedPerIncrease = INFINITE;
        ackedTowardsIncrease = 0;
        probeRounds = 0;
    }

    /** The long-term bound, or {@link #INFINITE}. */
    long longTerm() {
        return longTerm;
    }

    /** The short-term bound, or {@link #INFINITE}. */
    long shortTerm() {
        return shortTerm;
    }

    /** The most that was delivered between a packet's sending and its acknowledgment, in the present loss round. */
    long latest() {
        return latest;
    }

    void raiseLatest(long delivered) {
        latest = Math.max(latest, delivered);
    }

    void restartLatest(long delivered) {
        latest = delivered;
    }

    void longTerm(long bytes) {
        longTerm = bytes;
    }

    /** This much was in flight without too much loss. */
    void wasSafe(long txInFlight) {
        if (longTerm != INFINITE) {
            longTerm = Math.max(longTerm, txInFlight);
        }
    }

    /** Losses in a round while not probing: as much as was delivered in it, but not more than {@code beta} less. */
    void onLossRound(long cwnd) {
        long from = shortTerm == INFINITE ? cwnd : shortTerm;
        shortTerm = Math.max(latest, from * Bbr.BETA_PERCENT / 100);
    }

    void forgetShortTerm() {
        shortTerm = INFINITE;
    }

    void restore(long shortTermBefore, long longTermBefore) {
        shortTerm = Math.max(shortTerm, shortTermBefore);
        longTerm = Math.max(longTerm, longTermBefore);
    }

    /** The long-term bound less what is left to others. */
    long withHeadroom(int mss, long leastCwnd) {
        if (longTerm == INFINITE) {
            return INFINITE;
        }
        long headroom = Math.max(mss, longTerm * HEADROOM_PERCENT / 100);
        return Math.max(longTerm - headroom, leastCwnd);
    }

    // Growing the long-term bound in ProbeBW_UP: a segment in the first round, two in the second, then four...

    void stopGrowing() {
        ackedPerIncrease = INFINITE;
    }

    void prepareGrowth() {
        probeRounds = 0;
        ackedTowardsIncrease = 0;
    }

    void steepen(long cwnd, int mss) {
        long growth = 1L << probeRounds;
        probeRounds = Math.min(probeRounds + 1, MAX_DOUBLINGS);
        ackedPerIncrease = Math.max(cwnd / growth, mss);
    }

    void grow(long acked, int mss) {
        ackedTowardsIncrease += acked;
        if (ackedTowardsIncrease >= ackedPerIncrease) {
            long increases = ackedTowardsIncrease / ackedPerIncrease;
            ackedTowardsIncrease -= increases * ackedPerIncrease;
            longTerm += increases * mss;
        }
    }
}
