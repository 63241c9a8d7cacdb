package dev.braid.tools.bind;

import java.util.concurrent.TimeUnit;

/**
 * Notices that somebody takes away again and again what is put back, and slows the putting back: two programs that restore their own
 * state at once would keep the host busy with nothing else. Time is an argument, as of {@link System#nanoTime}. One thread.
 */
final class Fights {
    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int MANY = 10;
    /** Not longer: what is missing meanwhile may be the rules that close interfaces to others. */
    private static final long PACE_NS = TimeUnit.SECONDS.toNanos(1);

    private long firstNs;
    private long lastNs;
    private int repairs;

    /**
     * Something was put back that was there before.
     *
     * @return whether it is a fight since this repair
     */
    boolean repaired(long nowNs) {
        boolean before = isOne(nowNs);
        // Repairs that are rare are no fight; one that goes on, however slowly, goes on.
        if (!before && (repairs == 0 || nowNs - firstNs > WINDOW_NS)) {
            firstNs = nowNs;
            repairs = 0;
        }
        repairs++;
        lastNs = nowNs;
        return !before && isOne(nowNs);
    }

    /** Whether there is a fight. */
    boolean isOne(long nowNs) {
        return repairs > MANY && nowNs - lastNs <= WINDOW_NS;
    }

    /** When the next repair may be made; in the past without a fight. */
    long paceNs(long nowNs) {
        return isOne(nowNs) ? lastNs + PACE_NS : nowNs;
    }
}
