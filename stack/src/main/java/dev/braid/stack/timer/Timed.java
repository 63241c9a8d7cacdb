package dev.braid.stack.timer;

/** What happens at a deadline. */
@FunctionalInterface
public interface Timed {
    /**
     * The deadline has passed and the entry is out of the wheel; it may be scheduled again from here.
     *
     * @param nowNs the core's clock
     */
    void onDeadline(long nowNs);
}
