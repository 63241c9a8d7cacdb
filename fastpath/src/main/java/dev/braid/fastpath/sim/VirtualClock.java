package dev.braid.fastpath.sim;

/** A clock that moves only when told. Nanoseconds from an arbitrary zero; it never goes back. One thread. */
public final class VirtualClock {
    private long nowNs;

    /** A clock that shows {@code startNs}. */
    public VirtualClock(long startNs) {
        nowNs = startNs;
    }

    /** The present moment. */
    public long nowNs() {
        return nowNs;
    }

    /**
     * Moves to a moment.
     *
     * @throws IllegalArgumentException when it lies in the past
     */
    public void advanceTo(long momentNs) {
        if (momentNs < nowNs) {
            throw new IllegalArgumentException("time goes back from " + nowNs + " to " + momentNs + " ns");
        }
        nowNs = momentNs;
    }
}
