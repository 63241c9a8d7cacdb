package dev.braid.fastpath.device;

/** How a moment that never comes is written. */
public final class Deadlines {
    /** No deadline: later than every moment. */
    public static final long NONE = Long.MAX_VALUE;

    private Deadlines() {}
}
