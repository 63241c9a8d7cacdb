package dev.braid.tools.bind;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** Counts, for each link, the connections in a row that stayed unanswered. Any thread. */
final class Suspicion {
    private static final int ENOUGH = 2;

    private final AtomicIntegerArray unanswered = new AtomicIntegerArray(Slots.MOST);

    /** Takes one connection's fate; answers whether the link's state changed by it. */
    boolean heard(int link, boolean answered) {
        if (link < 0 || link >= unanswered.length()) {
            return false;
        }
        int before = answered
                ? unanswered.getAndSet(link, 0)
                : unanswered.getAndUpdate(link, count -> Math.min(ENOUGH, count + 1));
        return answered ? before >= ENOUGH : before == ENOUGH - 1;
    }

    /** Whether the link is under suspicion. */
    boolean suspects(int link) {
        return unanswered.get(link) >= ENOUGH;
    }

    /** The link begins anew. */
    void forget(int link) {
        unanswered.set(link, 0);
    }
}
