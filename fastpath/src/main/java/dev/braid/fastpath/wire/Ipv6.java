package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * The IPv6 header (RFC 8200 section 3) at an absolute address; {@link Ipv6Extensions} walks what follows it.
 *
 * <p>Readers trust the caller to have required {@link #HEADER} bytes. A packet whose addresses are IPv4-mapped
 * ({@link IpAddress#isIpv4(long, long)}) must be refused on receipt: inside the stack they would stand for an IPv4
 * peer. Stateless, any thread, allocation-free.
 */
public final class Ipv6 {
    /** Length of the fixed header, in bytes. */
    public static final int HEADER = 40;

    /** The smallest MTU a link may have, in bytes (RFC 8200 section 5). */
    public static final int MIN_MTU = 1280;

    /** Longest payload without the jumbo option, in bytes. */
    public static final int MAX_PAYLOAD = 65_535;

    private Ipv6() {}

    /** The version nibble, 0..15. Needs one byte. */
    public static int version(long a) {
        return Memory.u8(a) >>> 4;
    }

    /** DSCP and ECN, 0..255. */
    public static int trafficClass(long a) {
        return Memory.u16(a) >>> 4 & 0xff;
    }

    /** The ECN field, 0..3 (RFC 3168 section 5). */
    public static int ecn(long a) {
        return Memory.u16(a) >>> 4 & 3;
    }

    /** The flow label, 0..2^20-1. */
    public static int flowLabel(long a) {
        return Memory.i32(a) & 0xf_ffff;
    }

    /** Bytes after the fixed header, as claimed, 0..65535. */
    public static int payloadLength(long a) {
        return Memory.u16(a + 4);
    }

    /** Type of the header that follows, 0..255, see {@link Protocol}. */
    public static int nextHeader(long a) {
        return Memory.u8(a + 6);
    }

    /** Hop limit, 0..255. */
    public static int hopLimit(long a) {
        return Memory.u8(a + 7);
    }

    /** High half of the source address. */
    public static long srcHi(long a) {
        return Memory.i64(a + 8);
    }

    /** Low half of the source address. */
    public static long srcLo(long a) {
        return Memory.i64(a + 16);
    }

    /** High half of the destination address. */
    public static long dstHi(long a) {
        return Memory.i64(a + 24);
    }

    /** Low half of the destination address. */
    public static long dstLo(long a) {
        return Memory.i64(a + 32);
    }

    /**
     * Writes the fixed header of {@link #HEADER} bytes.
     *
     * @param trafficClass DSCP and ECN, 0..255
     * @param flowLabel 0..2^20-1
     * @param payloadLength bytes that follow the fixed header, 0..65535
     */
    public static void write(
            long a,
            int trafficClass,
            int flowLabel,
            int payloadLength,
            int nextHeader,
            int hopLimit,
            long srcHi,
            long srcLo,
            long dstHi,
            long dstLo) {
        Memory.put32(a, 6 << 28 | (trafficClass & 0xff) << 20 | (flowLabel & 0xf_ffff));
        Memory.put32(a + 4, payloadLength << 16 | (nextHeader & 0xff) << 8 | (hopLimit & 0xff));
        Memory.put64(a + 8, srcHi);
        Memory.put64(a + 16, srcLo);
        Memory.put64(a + 24, dstHi);
        Memory.put64(a + 32, dstLo);
    }

    /** Overwrites the payload length. */
    public static void putPayloadLength(long a, int payloadLength) {
        Memory.put16(a + 4, payloadLength);
    }
}
