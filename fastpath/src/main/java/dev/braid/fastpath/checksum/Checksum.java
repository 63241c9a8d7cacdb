package dev.braid.fastpath.checksum;

import dev.braid.fastpath.memory.Memory;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071).
 *
 * <p>A <em>sum</em> is a long that accumulates 16-bit words in network order without losing carries; sums of pieces
 * are added with {@code +} as long as each piece begins at an even offset of what the checksum covers. {@link #fold}
 * makes 16 bits of a sum, {@link #finish} the value that goes into a header. Stateless, any thread, allocation-free.
 */
public final class Checksum {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Checksum() {}

    /**
     * Adds {@code length} bytes to a sum. The bytes may have any alignment; an odd last one counts as if a zero
     * followed.
     *
     * @param initial the sum so far, 0 to begin; this piece begins at an even offset
     * @return the new sum, not negative; at least 2^40 pieces fit before it could overflow
     */
    public static long sum(long address, int length, long initial) {
        long sum = 0;
        int words = length >>> 3;
        // In the machine's order and with nothing else in the body, the JIT compiles this loop to vector instructions;
        // splitting 64-bit loads took it 0.6 of the time that widening 32-bit ones did. RFC 1071 section 2(B) lets the
        // byte order be mended afterwards, once, on the folded sum.
        for (int i = 0; i < words; i++) {
            long word = Memory.nativeI64(address + 8L * i);
            sum += (word & 0xffff_ffffL) + (word >>> 32);
        }
        long tail = address + ((long) words << 3);
        if ((length & 4) != 0) {
            sum += Memory.nativeI32(tail) & 0xffff_ffffL;
            tail += 4;
        }
        if ((length & 2) != 0) {
            sum += Memory.nativeU16(tail);
            tail += 2;
        }
        if ((length & 1) != 0) {
            int last = Memory.u8(tail);
            sum += LITTLE_ENDIAN ? last : last << 8;
        }
        int folded = fold(sum);
        return initial + (LITTLE_ENDIAN ? swap(folded) : folded);
    }

    /**
     * Adds a piece that begins {@code offset} bytes into what the checksum covers; the offset may be odd (RFC 1071
     * section 2(B)), as it is behind a chunk of odd length.
     */
    public static long sumAt(long address, int length, long initial, long offset) {
        long piece = sum(address, length, 0);
        return initial + ((offset & 1) == 0 ? piece : swap((int) piece));
    }

    /** The 16-bit one's complement sum, 0..65535; 0 only for a sum of 0. */
    public static int fold(long sum) {
        long half = (sum & 0xffff_ffffL) + (sum >>> 32);
        half = (half & 0xffff) + (half >>> 16 & 0xffff) + (half >>> 32);
        int folded = (int) ((half & 0xffff) + (half >>> 16));
        return (folded & 0xffff) + (folded >>> 16);
    }

    /** The checksum to be sent for a sum: the complement of its 16 bits, 0..65535. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xffff;
    }

    /** Whether a sum that includes a checksum field says that nothing was damaged. */
    public static boolean isValid(long sum) {
        return fold(sum) == 0xffff;
    }

    /**
     * The sum of the pseudo-header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1).
     *
     * <p>It serves both families: the ffff of an IPv4-mapped address adds zero in one's complement.
     *
     * @param length bytes of transport header and data
     */
    public static long pseudoHeader(long srcHi, long srcLo, long dstHi, long dstLo, int protocol, int length) {
        return words(srcHi) + words(srcLo) + words(dstHi) + words(dstLo) + protocol + length;
    }

    /** As {@link #pseudoHeader(long, long, long, long, int, int)}, for IPv4 addresses of 32 bits. */
    public static long pseudoHeader(int src, int dst, int protocol, int length) {
        return (src & 0xffff_ffffL) + (dst & 0xffff_ffffL) + protocol + length;
    }

    /**
     * The checksum after a 16-bit word it covers changed (RFC 1624 section 3, equation 3).
     *
     * @param checksum the field's value before, 0..65535
     * @return its value after, 0..65535
     */
    public static int update16(int checksum, int oldWord, int newWord) {
        return finish((long) (~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff));
    }

    /** The checksum after a 32-bit number at an even offset changed (RFC 1624 section 3, equation 3). */
    public static int update32(int checksum, int oldNumber, int newNumber) {
        return finish((~checksum & 0xffff) + (~oldNumber & 0xffff_ffffL) + (newNumber & 0xffff_ffffL));
    }

    private static long words(long value) {
        return (value & 0xffff_ffffL) + (value >>> 32);
    }

    private static int swap(int word) {
        return (word & 0xff) << 8 | (word >>> 8 & 0xff);
    }
}
