package dev.braid.stack.timer;

import dev.braid.fastpath.device.Deadlines;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one core: a hierarchical wheel whose finest tick is {@value #TICK_NS} ns. Scheduling, cancelling and expiry
 * cost O(1), and a later deadline for a waiting entry is one store: the entry stays where it is and moves on when its old place
 * comes up, so a retransmission timer that each ACK pushes back costs nothing.
 *
 * <p>Never early; relative to {@link #poll} late by less than a tick. Core thread only.
 *
 * <p>Level 0 has a slot for each tick; a slot of each further level spans all slots of the level below. An entry is filed at
 * the level of the highest bits in which its tick differs from the present one, so whatever lies in a lower level comes first,
 * and within a level the slots come in the order of their index.
 */
public final class TimerWheel {
    /** The finest distinction between deadlines, in nanoseconds. */
    public static final long TICK_NS = 1L << 17;

    static final int UNSCHEDULED = -1;

    private static final int TICK_BITS = Long.numberOfTrailingZeros(TICK_NS);
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    /** Enough for every long. */
    private static final int LEVELS = (Long.SIZE - TICK_BITS + SLOT_BITS - 1) / SLOT_BITS;
    /** The list of entries whose tick has come. */
    private static final int DUE = LEVELS * SLOTS;

    private final long originNs;
    private final @Nullable WheelEntry[] heads = new WheelEntry[DUE + 1];
    private final @Nullable WheelEntry[] tails = new WheelEntry[DUE + 1];
    /** The earliest tick filed in each list since it was empty: a lower bound, for cancelling does not raise it. */
    private final long[] earliest = new long[DUE + 1];
    /** A bit for each list that is not empty. */
    private final long[] occupied = new long[LEVELS];
    /** The tick up to which every entry is in {@link #DUE}. */
    private long present;
    private int size;

    /**
     * An empty wheel.
     *
     * @param startNs the core's clock now; time never runs back behind it
     */
    public TimerWheel(long startNs) {
        this.originNs = startNs;
    }

    /**
     * Files the entry under a deadline, in place of the one it had. A deadline that has passed is due at the next
     * {@link #poll}; {@link Deadlines#NONE} cancels.
     */
    public void schedule(WheelEntry entry, long deadlineNs) {
        if (deadlineNs == Deadlines.NONE) {
            cancel(entry);
            return;
        }
        long tick = tickOf(deadlineNs);
        entry.deadlineNs = deadlineNs;
        if (entry.isScheduled()) {
            if (tick >= entry.tick) {
                return;
            }
            unlink(entry);
        } else {
            size++;
        }
        file(entry, tick);
    }

    /** Takes the entry out; harmless when it is not in. */
    public void cancel(WheelEntry entry) {
        if (entry.isScheduled()) {
            unlink(entry);
            size--;
        }
        entry.deadlineNs = Deadlines.NONE;
    }

    /** An entry whose deadline has passed, now out of the wheel, or {@code null}. Call until it says so. */
    public @Nullable WheelEntry poll(long nowNs) {
        long now = (nowNs - originNs) >> TICK_BITS;
        while (true) {
            for (WheelEntry entry = heads[DUE]; entry != null; entry = heads[DUE]) {
                unlink(entry);
                long tick = tickOf(entry.deadlineNs);
                if (tick <= present) {
                    size--;
                    entry.deadlineNs = Deadlines.NONE;
                    return entry;
                }
                file(entry, tick);
            }
            int list = firstOccupied();
            if (list == DUE || startOf(list) > now) {
                present = Math.max(present, now);
                return null;
            }
            present = startOf(list);
            refile(list);
        }
    }

    /**
     * When to poll next: never later than the earliest deadline's tick, earlier only after entries were cancelled or pushed
     * back; {@link Deadlines#NONE} when the wheel is empty.
     */
    public long nextDeadlineNs() {
        if (heads[DUE] != null) {
            return timeOf(present);
        }
        int list = firstOccupied();
        return list == DUE ? Deadlines.NONE : timeOf(earliest[list]);
    }

    /** Entries waiting. */
    public int size() {
        return size;
    }

    /** The first tick that does not begin before the deadline: firing at a tick is never early. */
    private long tickOf(long deadlineNs) {
        long since = deadlineNs - originNs;
        if (since < 0 && deadlineNs > originNs) {
            since = Long.MAX_VALUE;
        }
        return (since >> TICK_BITS) + ((since & (TICK_NS - 1)) == 0 ? 0 : 1);
    }

    private long timeOf(long tick) {
        long since = tick << TICK_BITS;
        long time = originNs + since;
        return since < 0 || time < originNs ? Deadlines.NONE - 1 : time;
    }

    private void file(WheelEntry entry, long tick) {
        entry.tick = tick;
        int list = DUE;
        if (tick > present) {
            int level = (Long.SIZE - 1 - Long.numberOfLeadingZeros(tick ^ present)) / SLOT_BITS;
            int slot = (int) (tick >>> (level * SLOT_BITS)) & (SLOTS - 1);
            list = level * SLOTS + slot;
            occupied[level] |= 1L << slot;
        }
        link(entry, list);
    }

    /** The list of the earliest slot that has entries, {@link #DUE} when none has. */
    private int firstOccupied() {
        for (int level = 0; level < LEVELS; level++) {
            if (occupied[level] != 0) {
                return level * SLOTS + Long.numberOfTrailingZeros(occupied[level]);
            }
        }
        return DUE;
    }

    /** The tick at which a slot begins: above its level's bits it agrees with the present. */
    private long startOf(int list) {
        int level = list / SLOTS;
        int below = level * SLOT_BITS;
        long above = below + SLOT_BITS >= Long.SIZE ? 0 : (present >>> (below + SLOT_BITS)) << (below + SLOT_BITS);
        return above | ((long) (list % SLOTS) << below);
    }

    /** The slot's time has come: its entries move to lower levels, or are due. */
    private void refile(int list) {
        WheelEntry entry = heads[list];
        heads[list] = null;
        tails[list] = null;
        occupied[list / SLOTS] &= ~(1L << (list % SLOTS));
        while (entry != null) {
            WheelEntry next = entry.next;
            entry.next = null;
            entry.previous = null;
            file(entry, tickOf(entry.deadlineNs));
            entry = next;
        }
    }

    private void link(WheelEntry entry, int list) {
        entry.list = list;
        WheelEntry tail = tails[list];
        entry.previous = tail;
        entry.next = null;
        tails[list] = entry;
        if (tail == null) {
            heads[list] = entry;
            earliest[list] = entry.tick;
        } else {
            tail.next = entry;
            earliest[list] = Math.min(earliest[list], entry.tick);
        }
    }

    private void unlink(WheelEntry entry) {
        int list = entry.list;
        WheelEntry previous = entry.previous;
        WheelEntry next = entry.next;
        if (previous == null) {
            heads[list] = next;
        } else {
            previous.next = next;
        }
        if (next == null) {
            tails[list] = previous;
        } else {
            next.previous = previous;
        }
        if (previous == null && next == null && list != DUE) {
            occupied[list / SLOTS] &= ~(1L << (list % SLOTS));
        }
        entry.previous = null;
        entry.next = null;
        entry.list = UNSCHEDULED;
    }
}
