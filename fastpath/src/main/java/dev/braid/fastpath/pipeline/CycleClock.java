package dev.braid.fastpath.pipeline;

import java.util.function.LongSupplier;

/** A clock read once per duty cycle: reading it costs ten times what the rest of an idle stage does. One thread. */
final class CycleClock {
    private final LongSupplier source;
    private long nowNs;

    CycleClock(LongSupplier source) {
        this.source = source;
        this.nowNs = source.getAsLong();
    }

    /** Reads the source. */
    long tick() {
        nowNs = source.getAsLong();
        return nowNs;
    }

    /** What the last {@link #tick} read, in nanoseconds. */
    long nowNs() {
        return nowNs;
    }
}
