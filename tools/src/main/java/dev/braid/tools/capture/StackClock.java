package dev.braid.tools.capture;

import java.time.Instant;

/**
 * Turns the stack's monotonic times into wall-clock times by one pair of readings: a capture's times keep their distances
 * whatever becomes of the wall clock meanwhile.
 *
 * @param nanoTime a reading of {@link System#nanoTime}, which on Linux is one clock for all processes
 * @param epochNs nanoseconds since 1970 at the same moment
 */
record StackClock(long nanoTime, long epochNs) {
    /** Reads both clocks now. */
    static StackClock read() {
        Instant now = Instant.now();
        return new StackClock(System.nanoTime(), now.getEpochSecond() * 1_000_000_000L + now.getNano());
    }

    /** When a moment of the stack's clock was, in nanoseconds since 1970. */
    long epochNs(long stackNs) {
        return epochNs + (stackNs - nanoTime);
    }
}
