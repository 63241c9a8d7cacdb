package dev.braid.tools.bind;

import java.util.concurrent.TimeUnit;

/**
 * Counts, for each link, the connections in a row that stayed unanswered. Suspects are tried last, so that nothing may ever be heard of
 * one again: after a while it gets another chance. Time is an argument, as of {@link System#nanoTime}. Any thread.
 */
final class Suspicion {
    private static final int ENOUGH = 2;
    private static final long ANOTHER_CHANCE_NS = TimeUnit.MINUTES.toNanos(1);

    private final int[] unanswered = new int[Slots.MOST];
    private final long[] sinceNs = new long[Slots.MOST];

    /** Takes one connection's fate; answers whether the link's state changed by it. */
    synchronized boolean heard(int link, boolean answered, long nowNs) {
        if (link < 0 || link >= unanswered.length) {
            return false;
        }
        boolean before = unanswered[link] >= ENOUGH;
        unanswered[link] = answered ? 0 : Math.min(ENOUGH, unanswered[link] + 1);
        boolean after = unanswered[link] >= ENOUGH;
        if (after) {
            sinceNs[link] = nowNs;
        }
        return before != after;
    }

    /** Whether the link is under suspicion. */
    synchronized boolean suspects(int link, long nowNs) {
        if (unanswered[link] >= ENOUGH && nowNs - sinceNs[link] >= ANOTHER_CHANCE_NS) {
            // The next one that stays unanswered makes it a suspect again.
            unanswered[link] = ENOUGH - 1;
        }
        return unanswered[link] >= ENOUGH;
    }

    /** The link leads elsewhere now, or begins anew. */
    synchronized void forget(int link) {
        unanswered[link] = 0;
    }
}
