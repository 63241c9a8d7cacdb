package dev.braid.fastpath.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads and writes off-heap memory by absolute address, in network byte order unless a name says otherwise.
 *
 * <p>Nothing here checks a bound: the caller has passed the span through {@code Frame.require} or owns the block. All
 * methods are stateless and may be called from any thread.
 */
public final class Memory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT_NATIVE = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT_NATIVE = ValueLayout.JAVA_INT_UNALIGNED;
    private static final VarHandle INT_ALIGNED = ValueLayout.JAVA_INT.varHandle();
    private static final ValueLayout.OfLong LONG_NATIVE = ValueLayout.JAVA_LONG_UNALIGNED;

    private Memory() {}

    /** The byte at {@code address}, 0..255. */
    public static int u8(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xff;
    }

    /** The 16-bit big-endian number at {@code address}, 0..65535. */
    public static int u16(long address) {
        return ALL.get(SHORT, address) & 0xffff;
    }

    /** The 32-bit big-endian number at {@code address}, as the int that holds its bits. */
    public static int i32(long address) {
        return ALL.get(INT, address);
    }

    /** The 32-bit big-endian number at {@code address}, 0..2^32-1. */
    public static long u32(long address) {
        return ALL.get(INT, address) & 0xffff_ffffL;
    }

    /** The 64-bit big-endian number at {@code address}. */
    public static long i64(long address) {
        return ALL.get(LONG, address);
    }

    /** Writes the low 8 bits of {@code value}. */
    public static void put8(long address, int value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
    }

    /** Writes the low 16 bits of {@code value}, big-endian. */
    public static void put16(long address, int value) {
        ALL.set(SHORT, address, (short) value);
    }

    /** Writes {@code value}, big-endian. */
    public static void put32(long address, int value) {
        ALL.set(INT, address, value);
    }

    /** Writes {@code value}, big-endian. */
    public static void put64(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /** The 16-bit number at {@code address} in the machine's order, 0..65535. */
    public static int nativeU16(long address) {
        return ALL.get(SHORT_NATIVE, address) & 0xffff;
    }

    /** The 32-bit number at {@code address} in the machine's order. */
    public static int nativeI32(long address) {
        return ALL.get(INT_NATIVE, address);
    }

    /** The 64-bit number at {@code address} in the machine's order. */
    public static long nativeI64(long address) {
        return ALL.get(LONG_NATIVE, address);
    }

    /** Writes the low 16 bits of {@code value} in the machine's order. */
    public static void putNative16(long address, int value) {
        ALL.set(SHORT_NATIVE, address, (short) value);
    }

    /** Writes {@code value} in the machine's order. */
    public static void putNative32(long address, int value) {
        ALL.set(INT_NATIVE, address, value);
    }

    /** Writes {@code value} in the machine's order. */
    public static void putNative64(long address, long value) {
        ALL.set(LONG_NATIVE, address, value);
    }

    /** Writes {@code value} in the machine's order after every write before it (a release store); 4-byte aligned. */
    public static void publishNative32(long address, int value) {
        INT_ALIGNED.setRelease(ALL, address, value);
    }

    /** Copies {@code length} bytes; the spans may overlap. */
    public static void copy(long from, long to, long length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }

    /** Copies {@code length} bytes of {@code from}, starting at {@code offset}, to {@code to}. */
    public static void copyIn(byte[] from, int offset, long to, int length) {
        MemorySegment.copy(from, offset, ALL, ValueLayout.JAVA_BYTE, to, length);
    }

    /** Copies {@code length} bytes at {@code from} into {@code to}, starting at {@code offset}. */
    public static void copyOut(long from, byte[] to, int offset, int length) {
        MemorySegment.copy(ALL, ValueLayout.JAVA_BYTE, from, to, offset, length);
    }

    /** Copies {@code length} bytes from the buffer's position, which moves, to {@code to}. */
    public static void copyIn(ByteBuffer from, long to, int length) {
        MemorySegment.copy(MemorySegment.ofBuffer(from), 0, ALL, to, length);
        from.position(from.position() + length);
    }

    /** Copies {@code length} bytes at {@code from} to the buffer's position, which moves. */
    public static void copyOut(long from, ByteBuffer to, int length) {
        MemorySegment.copy(ALL, from, MemorySegment.ofBuffer(to), 0, length);
        to.position(to.position() + length);
    }

    /** Sets {@code length} bytes to zero. */
    public static void zero(long address, long length) {
        // Not asSlice().fill(): the slice is garbage wherever the compiler does not see through it.
        long end = address + length;
        long at = address;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            ALL.set(LONG_NATIVE, at, 0L);
        }
        for (; at < end; at++) {
            ALL.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
        }
    }

    /** A view of the span for foreign calls and bulk operations; allocates, so not for the per-frame path. */
    public static MemorySegment segment(long address, long length) {
        return ALL.asSlice(address, length);
    }

    /** The whole memory as one segment, for vectorised loops and foreign calls that take an address inside it. */
    public static MemorySegment all() {
        return ALL;
    }

    /**
     * Allocates {@code length} zeroed bytes that live as long as {@code arena}.
     *
     * @param alignment a power of two, in bytes
     * @return the address of the first byte
     */
    public static long allocate(Arena arena, long length, long alignment) {
        return arena.allocate(length, alignment).address();
    }
}
