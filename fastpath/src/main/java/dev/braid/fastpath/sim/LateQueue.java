package dev.braid.fastpath.sim;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packets that arrive in another order than they were sent: a binary heap in parallel arrays, which grow to the most ever in it
 * and allocate nothing after that.
 */
final class LateQueue {
    private long[] dueNs = new long[64];
    private long[] order = new long[64];
    private @Nullable Frame[] frames = new Frame[64];
    private int size;

    int size() {
        return size;
    }

    long nextDueNs() {
        return size == 0 ? Deadlines.NONE : dueNs[0];
    }

    /** Whether its first packet arrives before one that is due then and was sent as this number. */
    boolean isBefore(long due, long number) {
        return size > 0 && before(0, due, number);
    }

    /** Takes the frame, the {@code number}-th that was sent. */
    void add(Frame frame, long arrivesNs, long number) {
        if (size == frames.length) {
            dueNs = Arrays.copyOf(dueNs, 2 * size);
            order = Arrays.copyOf(order, 2 * size);
            frames = Arrays.copyOf(frames, 2 * size);
        }
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (before(parent, arrivesNs, number)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, frame, arrivesNs, number);
    }

    /** Gives the frame that arrives first, whether or not it is time; {@code null} when none travels. */
    @Nullable
    Frame remove() {
        if (size == 0) {
            return null;
        }
        Frame first = frames[0];
        Frame last = frames[--size];
        frames[size] = null;
        if (size > 0 && last != null) {
            sink(last, dueNs[size], order[size]);
        }
        return first;
    }

    private void sink(Frame frame, long due, long number) {
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && before(child + 1, dueNs[child], order[child])) {
                child++;
            }
            if (!before(child, due, number)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, frame, due, number);
    }

    private boolean before(int index, long due, long number) {
        return dueNs[index] < due || (dueNs[index] == due && order[index] < number);
    }

    private void move(int from, int to) {
        put(to, frames[from], dueNs[from], order[from]);
    }

    private void put(int at, @Nullable Frame frame, long due, long number) {
        frames[at] = frame;
        dueNs[at] = due;
        order[at] = number;
    }
}
