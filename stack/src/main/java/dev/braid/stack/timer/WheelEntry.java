package dev.braid.stack.timer;

import dev.braid.fastpath.device.Deadlines;
import org.jspecify.annotations.Nullable;

/**
 * One deadline of one owner, a link of the wheel's lists. The owner makes it once and schedules it as often as it likes; an
 * entry is in at most one wheel.
 */
public final class WheelEntry {
    private final Timed owner;
    /** When the owner wants to be called; later than {@link #tick} says after a lazy re-arm. */
    long deadlineNs = Deadlines.NONE;
    /** The tick it is filed under. */
    long tick;
    /** The list it is in, or {@link TimerWheel#UNSCHEDULED}. */
    int list = TimerWheel.UNSCHEDULED;

    @Nullable WheelEntry previous;
    @Nullable WheelEntry next;

    /** An entry that is in no wheel. */
    public WheelEntry(Timed owner) {
        this.owner = owner;
    }

    /** Whom to call. */
    public Timed owner() {
        return owner;
    }

    /** Whether it waits in a wheel. */
    public boolean isScheduled() {
        return list != TimerWheel.UNSCHEDULED;
    }

    /** When it is due, on the core's clock; {@link Deadlines#NONE} when it is not scheduled. */
    public long deadlineNs() {
        return deadlineNs;
    }
}
