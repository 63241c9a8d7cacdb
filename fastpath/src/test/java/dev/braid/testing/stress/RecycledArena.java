package dev.braid.testing.stress;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for the state objects of stress tests, which are made by the million and live for milliseconds: pieces of one region,
 * used again after 64 MiB of others. Any thread.
 */
public final class RecycledArena implements Arena {
    /** The one arena. */
    public static final RecycledArena MEMORY = new RecycledArena();

    private static final long BYTES = 64 << 20;

    private final MemorySegment region = Arena.global().allocate(BYTES, 4096);
    private final AtomicLong next = new AtomicLong();

    private RecycledArena() {}

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        long rounded = (byteSize + 127) & -128L;
        while (true) {
            long at = next.getAndAdd(rounded) % BYTES;
            if (at <= BYTES - rounded) {
                return region.asSlice(at, byteSize).fill((byte) 0);
            }
        }
    }

    @Override
    public MemorySegment.Scope scope() {
        return Arena.global().scope();
    }

    @Override
    public void close() {
        // The region stays.
    }
}
