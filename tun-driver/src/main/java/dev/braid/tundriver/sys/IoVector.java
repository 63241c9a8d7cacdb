package dev.braid.tundriver.sys;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;

/**
 * A preallocated {@code struct iovec} array for {@code readv} and {@code writev}: the pieces of one frame.
 *
 * <p>The addresses put in are the caller's to keep valid until the call has returned. One thread at a time.
 */
public final class IoVector {
    private static final int ENTRY = 16;
    private static final int LENGTH = 8;

    private final long address;
    private final int capacity;
    private int count;
    private int bytes;

    /**
     * @param arena owns the array
     * @param capacity the greatest number of pieces, 1..1024 (the kernel's UIO_MAXIOV)
     */
    public IoVector(Arena arena, int capacity) {
        if (capacity < 1 || capacity > 1024) {
            throw new IllegalArgumentException("capacity " + capacity + " is not in 1..1024");
        }
        this.address = Memory.allocate(arena, (long) capacity * ENTRY, 16);
        this.capacity = capacity;
    }

    /** Forgets all pieces. */
    public void clear() {
        count = 0;
        bytes = 0;
    }

    /**
     * Appends a piece of {@code length} bytes at {@code from}.
     *
     * @return false, with nothing changed, when the array is full
     */
    public boolean add(long from, int length) {
        if (count == capacity) {
            return false;
        }
        long entry = address + (long) count * ENTRY;
        Memory.putNative64(entry, from);
        Memory.putNative64(entry + LENGTH, length);
        count++;
        bytes += length;
        return true;
    }

    /** How many pieces there are. */
    public int count() {
        return count;
    }

    /** The sum of the pieces' lengths. */
    public int bytes() {
        return bytes;
    }

    /** The greatest number of pieces. */
    public int capacity() {
        return capacity;
    }

    long address() {
        return address;
    }
}
