package dev.braid.tools.drill;

/**
 * A session's clock: nanoseconds since 1970. A virtual one stands still until it is moved; a real one follows the machine's
 * monotonic clock from the moment it was made.
 */
final class DrillClock {
    private static final long START_NS = 1_000_000_000_000_000L;

    private final boolean virtual;
    private final long anchorNs;
    private long nowNs;

    private DrillClock(boolean virtual, long nowNs) {
        this.virtual = virtual;
        this.nowNs = nowNs;
        this.anchorNs = nowNs - System.nanoTime();
    }

    static DrillClock virtual() {
        return new DrillClock(true, START_NS);
    }

    static DrillClock real() {
        return new DrillClock(false, System.currentTimeMillis() * 1_000_000);
    }

    boolean isVirtual() {
        return virtual;
    }

    /** The session's present. */
    long nowNs() {
        return nowNs;
    }

    long nowUsecs() {
        return nowNs / 1_000;
    }

    /** Moves on; a moment that has passed changes nothing. */
    void moveTo(long ns) {
        nowNs = Math.max(nowNs, ns);
    }

    /** What the machine's clock says; of a virtual clock its present. */
    long readNs() {
        return virtual ? nowNs : Math.max(nowNs, anchorNs + System.nanoTime());
    }
}
