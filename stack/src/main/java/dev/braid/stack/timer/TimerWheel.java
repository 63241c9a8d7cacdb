package dev.braid.stack.timer;

import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one core: a hierarchical wheel whose finest tick is {@value #TICK_NS} ns. Scheduling, cancelling and expiry
 * cost O(1), and a later deadline for a waiting entry is one store: the entry stays where it is and moves on when its old place
 * comes up, so a retransmission timer that each ACK pushes back costs nothing.
 *
 * <p>Never early; relative to {@link #poll} late by less than a tick. Core thread only.
 */
public final class TimerWheel {
    /** The finest distinction between deadlines, in nanoseconds. */
    public static final long TICK_NS = 1L << 17;

    static final int UNSCHEDULED = -1;

    /**
     * An empty wheel.
     *
     * @param startNs the core's clock now; time never runs back behind it
     */
    public TimerWheel(long startNs) {
        throw new UnsupportedOperationException("" + startNs);
    }

    /**
     * Files the entry under a deadline, in place of the one it had. A deadline that has passed is due at the next
     * {@link #poll}; {@link dev.braid.fastpath.device.Deadlines#NONE} cancels.
     */
    public void schedule(WheelEntry entry, long deadlineNs) {
        throw new UnsupportedOperationException(entry.toString() + deadlineNs);
    }

    /** Takes the entry out; harmless when it is not in. */
    public void cancel(WheelEntry entry) {
        throw new UnsupportedOperationException(entry.toString());
    }

    /** An entry whose deadline has passed, now out of the wheel, or {@code null}. Call until it says so. */
    public @Nullable WheelEntry poll(long nowNs) {
        throw new UnsupportedOperationException("" + nowNs);
    }

    /**
     * When to poll next: never later than the earliest deadline's tick, earlier only after entries were cancelled or pushed
     * back; {@link dev.braid.fastpath.device.Deadlines#NONE} when the wheel is empty.
     */
    public long nextDeadlineNs() {
        throw new UnsupportedOperationException();
    }

    /** Entries waiting. */
    public int size() {
        throw new UnsupportedOperationException();
    }
}
