package dev.braid.stack.mptcp;

import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What one subflow is to tell the peer about addresses, in order; an ACK takes as much of it as its option space holds. */
final class SignalQueue {
    /** ACKs in a row for signalling: "SHOULD NOT send more than two" (RFC 8684 section 3.4.1). */
    private static final int MOST_IN_A_ROW = 2;
    /** A pause of 10 ms becomes one of two thirds of a second. */
    private static final int MOST_DOUBLINGS = 6;

    private final ArrayDeque<Signal> waiting = new ArrayDeque<>(2);
    private int inARow;
    private long notBeforeNs = Long.MIN_VALUE;
    /** Pauses since something was said. */
    private int fruitless;

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    void add(Signal signal) {
        waiting.add(signal);
    }

    @Nullable
    Signal next() {
        return waiting.peek();
    }

    @Nullable
    Signal take() {
        fruitless = 0;
        return waiting.poll();
    }

    /** What it has is not to be said, or by another. */
    ArrayDeque<Signal> drain() {
        var drained = new ArrayDeque<>(waiting);
        waiting.clear();
        return drained;
    }

    void removeIf(Predicate<Signal> unwanted) {
        waiting.removeIf(unwanted);
    }

    /** See {@link AddressSignals#onUsed}. */
    void keep(int id) {
        keep(waiting, id);
    }

    /** The same, of what waits elsewhere. */
    static void keep(ArrayDeque<Signal> waiting, int id) {
        for (int left = waiting.size(); left > 0; left--) {
            Signal kept = waiting.remove().keeping(id);
            if (kept != null) {
                waiting.add(kept);
            }
        }
    }

    /** Bytes of those that fit into {@code room}. */
    int fitting(int room) {
        int used = 0;
        for (Signal signal : waiting) {
            if (signal.length() > room - used) {
                break;
            }
            used += padded(signal, room - used);
        }
        return used;
    }

    /** Bytes of an option that fits into {@code room}, with the NOPs behind it: a multiple of 4, or all of the room. */
    static int padded(Signal signal, int room) {
        return Math.min((signal.length() + 3) & ~3, room);
    }

    /**
     * Whether an ACK may be asked for now. Two may follow each other; then data, or a round trip, comes between: else others than
     * this peer could mistake them for signs of loss.
     */
    boolean mayAsk(long nowNs) {
        return nowNs >= notBeforeNs;
    }

    /** An ACK was asked for. Where none comes, on a subflow that cannot send, it is asked for ever more rarely. */
    void asked(long pauseNs, long nowNs) {
        if (++inARow >= MOST_IN_A_ROW) {
            inARow = 0;
            notBeforeNs = nowNs + (pauseNs << fruitless);
            fruitless = Math.min(fruitless + 1, MOST_DOUBLINGS);
        }
    }

    /** When an ACK may be asked for again. */
    long notBeforeNs() {
        return notBeforeNs;
    }
}
