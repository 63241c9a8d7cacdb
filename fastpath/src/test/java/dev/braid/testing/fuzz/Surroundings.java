package dev.braid.testing.fuzz;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.function.LongFunction;

/**
 * Shows that a parser of off-heap bytes reads those bytes only: it is run twice, with other bytes around the same input, and
 * must find the same. What lies in front of and behind a packet in its slot is an earlier packet's.
 */
public final class Surroundings {
    private static final int MARGIN = 256;

    private final long base;
    private final int capacity;

    /** Room for inputs of up to {@code capacity} bytes, for as long as the program runs. */
    public Surroundings(int capacity) {
        this.capacity = capacity;
        this.base = Memory.allocate(Arena.global(), capacity + 2L * MARGIN, 64);
    }

    /**
     * What the parser makes of these bytes.
     *
     * @param parser gets their address and answers all that it found, as a text
     * @throws AssertionError when that depends on what lies around them
     */
    public String parse(byte[] bytes, LongFunction<String> parser) {
        String first = parser.apply(place(bytes, 0));
        String second = parser.apply(place(bytes, 0xff));
        if (!first.equals(second)) {
            throw new AssertionError("reads beyond its input: " + first + ", or " + second);
        }
        return first;
    }

    /** Puts the bytes down with {@code around} in front of and behind them; answers where. */
    public long place(byte[] bytes, int around) {
        if (bytes.length > capacity) {
            throw new IllegalArgumentException(bytes.length + " bytes are more than " + capacity);
        }
        Memory.segment(base, bytes.length + 2L * MARGIN).fill((byte) around);
        Memory.copyIn(bytes, 0, base + MARGIN, bytes.length);
        return base + MARGIN;
    }
}
