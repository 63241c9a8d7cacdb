package dev.braid.bench.worker;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The endless stream every benchmark sends: {@value #PERIOD} pseudo-random bytes over and over. Any shift, loss or repetition
 * shorter than the period shows as a difference. Lies in memory once more behind itself, so that any piece of up to one period
 * is contiguous. Read only, any thread.
 */
final class Pattern {
    /** Bytes after which it repeats, a power of two. */
    static final int PERIOD = 256 << 10;

    private static final long SEED = 0x6272616964L;
    private static final MemorySegment BYTES = fill();

    private Pattern() {}

    private static MemorySegment fill() {
        MemorySegment bytes = Arena.global().allocate(2L * PERIOD, 4096);
        var random = new SplitMix64(SEED);
        ByteBuffer first = bytes.asSlice(0, PERIOD).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        while (first.hasRemaining()) {
            first.putLong(random.nextLong());
        }
        MemorySegment.copy(bytes, 0, bytes, PERIOD, PERIOD);
        return bytes;
    }

    /** A buffer of one period of one's own, from the stream's beginning. */
    static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(PERIOD).put(BYTES.asSlice(0, PERIOD).asByteBuffer()).flip();
    }

    /** The address of the bytes at this place of the stream; a period of them is contiguous. */
    static long address(long position) {
        return BYTES.address() + (position & (PERIOD - 1));
    }

    /** Whether the bytes from the buffer's beginning to its position are those at this place of the stream. */
    static boolean matches(ByteBuffer filled, long position) {
        MemorySegment got = MemorySegment.ofBuffer(filled.duplicate().flip());
        return matches(got, position);
    }

    /** As {@link #matches(ByteBuffer, long)}, for memory. */
    static boolean matches(long address, int length, long position) {
        return matches(Memory.segment(address, length), position);
    }

    private static boolean matches(MemorySegment got, long position) {
        return got.mismatch(BYTES.asSlice(position & (PERIOD - 1), got.byteSize())) < 0;
    }
}
