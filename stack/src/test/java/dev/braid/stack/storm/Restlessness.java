package dev.braid.stack.storm;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SplitMix64;

/**
 * A network that loses nothing, and keeps nothing in order.
 *
 * @param minRttNs the shortest round trip, which {@code RACK.min_RTT} is
 * @param latenessNs by how much, at most, an acknowledgment may come later than that
 */
record Restlessness(LinkConfig forth, LinkConfig back, long minRttNs, long latenessNs) {
    private static final long US = 1_000L;
    private static final long MS = 1_000 * US;
    /** What the retransmission timer waits beyond the smoothed round trip, at least (RFC 6298 with Linux's least variance). */
    private static final long ROOM_OF_THE_RTO_NS = 200 * MS;

    /** What a seed makes of it. */
    static Restlessness of(SplitMix64 random) {
        long delayNs = random.between(1_000, 100_000) * US;
        long minRttNs = 2 * delayNs;
        // Half of them within what RACK allows once it has seen reordering, min_RTT/4 (RFC 8985 section 6.2 step 4).
        long budgetNs = random.chance(0.5)
                ? (long) (minRttNs * random.between(1, 22) / 100.0)
                : Math.min(ROOM_OF_THE_RTO_NS / 2, minRttNs * random.between(25, 200) / 100);
        long lateNs = budgetNs * random.between(30, 60) / 100;
        LinkConfig forth = LinkConfig.PERFECT.delay(delayNs).reorder(0.01 * random.between(1, 20), lateNs)
                .jitter(budgetNs * random.between(0, 20) / 100);
        LinkConfig back = LinkConfig.PERFECT.delay(delayNs);
        if (random.chance(0.5)) {
            back = back.reorder(0.01 * random.between(1, 20), budgetNs / 10).jitter(budgetNs / 10);
        }
        return new Restlessness(forth, back, minRttNs, budgetNs);
    }

    /** Whether RACK has to see through it, once it has seen reordering. */
    boolean isWithinRack() {
        return latenessNs < minRttNs / 4;
    }
}
