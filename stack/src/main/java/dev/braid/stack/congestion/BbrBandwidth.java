package dev.braid.stack.congestion;

/**
 * How fast the path delivers, in bytes per second (draft-ietf-ccwg-bbr sections 2.9.1 and 5.5.2 to 5.5.6): the largest rate of this and the
 * last probing cycle, and below it, while losses say so, a short-term bound.
 */
final class BbrBandwidth {
    /** No bound. */
    static final long INFINITE = Long.MAX_VALUE;

    private long thisCycle;
    private long lastCycle;
    private long shortTerm;
    private long latest;
    private long bounded;

    void reset() {
        thisCycle = 0;
        lastCycle = 0;
        shortTerm = INFINITE;
        latest = 0;
        bounded = 0;
    }

    /** The long-term estimate: the largest rate of this and the last cycle. */
    long max() {
        return Math.max(thisCycle, lastCycle);
    }

    /** What the flow goes by: {@link #max()} or the short-term bound, as of the last {@link #bound()}. */
    long bw() {
        return bounded;
    }

    /** The short-term bound, or {@link #INFINITE}. */
    long shortTerm() {
        return shortTerm;
    }

    /** A rate was measured. What the application held back counts only where it is more than was known. */
    void onSample(long rate, boolean appLimited) {
        if (rate > 0 && (rate >= max() || !appLimited)) {
            thisCycle = Math.max(thisCycle, rate);
        }
    }

    /** The samples of the last probe are in: what was measured before it began may be forgotten. */
    void advanceCycle() {
        if (thisCycle > 0) {
            lastCycle = thisCycle;
            thisCycle = 0;
        }
    }

    /** The largest rate of the present loss round. */
    long latest() {
        return latest;
    }

    void raiseLatest(long rate) {
        latest = Math.max(latest, rate);
    }

    void restartLatest(long rate) {
        latest = rate;
    }

    /** Losses in a round while not probing: as fast as the path delivered in it, but not more than {@code beta} slower. */
    void onLossRound() {
        long from = shortTerm == INFINITE ? max() : shortTerm;
        shortTerm = Math.max(latest, from * Bbr.BETA_PERCENT / 100);
    }

    void forgetShortTerm() {
        shortTerm = INFINITE;
    }

    void restoreShortTerm(long before) {
        shortTerm = Math.max(shortTerm, before);
    }

    /** Makes the estimate the flow goes by. */
    void bound() {
        bounded = Math.min(max(), shortTerm);
    }
}
