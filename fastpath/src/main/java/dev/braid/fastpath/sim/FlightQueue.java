package dev.braid.fastpath.sim;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The packets that travel on a link, by the moment they arrive and, at one moment, in the order they were sent. Those that keep
 * their order, nearly all, stand in a ring; those that others overtake go to a {@link LateQueue}. Both grow to the most ever
 * in flight and allocate nothing after that.
 */
final class FlightQueue {
    private static final int INITIAL = 64;

    private long[] dueNs = new long[INITIAL];
    private long[] order = new long[INITIAL];
    private @Nullable Frame[] frames = new Frame[INITIAL];
    private final LateQueue late = new LateQueue();
    private int head;
    private int count;
    private long lastDueNs = Long.MIN_VALUE;
    private long sent;

    int size() {
        return count + late.size();
    }

    long nextDueNs() {
        long first = count == 0 ? Deadlines.NONE : dueNs[head];
        return late.size() == 0 ? first : Math.min(first, late.nextDueNs());
    }

    /** Takes the frame. */
    void add(Frame frame, long arrivesNs) {
        long number = sent++;
        if (count > 0 && arrivesNs < lastDueNs) {
            late.add(frame, arrivesNs, number);
            return;
        }
        if (count == frames.length) {
            grow();
        }
        int at = (head + count++) & (frames.length - 1);
        frames[at] = frame;
        dueNs[at] = arrivesNs;
        order[at] = number;
        lastDueNs = arrivesNs;
    }

    /** Gives the frame that arrives first, whether or not it is time; {@code null} when none travels. */
    @Nullable
    Frame remove() {
        if (count == 0 || late.isBefore(dueNs[head], order[head])) {
            return late.remove();
        }
        Frame first = frames[head];
        frames[head] = null;
        head = (head + 1) & (frames.length - 1);
        count--;
        return first;
    }

    private void grow() {
        int length = frames.length;
        dueNs = Arrays.copyOf(turned(dueNs), 2 * length);
        order = Arrays.copyOf(turned(order), 2 * length);
        @Nullable Frame[] moved = new Frame[2 * length];
        System.arraycopy(frames, head, moved, 0, length - head);
        System.arraycopy(frames, 0, moved, length - head, head);
        frames = moved;
        head = 0;
    }

    private long[] turned(long[] ring) {
        long[] moved = new long[ring.length];
        System.arraycopy(ring, head, moved, 0, ring.length - head);
        System.arraycopy(ring, 0, moved, ring.length - head, head);
        return moved;
    }
}
