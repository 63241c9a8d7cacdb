package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * An IP address as two longs in network order; IPv4 is the mapped form ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 *
 * <p>The record belongs to slow paths. On fast ones the two longs travel by themselves, and each predicate has a static
 * form that takes them.
 *
 * @param hi the first 8 bytes
 * @param lo the last 8 bytes
 */
public record IpAddress(long hi, long lo) implements Comparable<IpAddress> {
    /** 0.0.0.0 */
    public static final IpAddress ANY_IPV4 = ofIpv4(0);

    /** :: */
    public static final IpAddress ANY_IPV6 = new IpAddress(0, 0);

    /** 127.0.0.1 */
    public static final IpAddress LOOPBACK_IPV4 = ofIpv4(0x7f00_0001);

    /** ::1 */
    public static final IpAddress LOOPBACK_IPV6 = new IpAddress(0, 1);

    /** The address with these 32 bits. */
    public static IpAddress ofIpv4(int address) {
        return new IpAddress(Ipv4.MAPPED_HI, Ipv4.mapped(address));
    }

    /**
     * The address with these bytes in network order.
     *
     * @throws IllegalArgumentException unless there are 4 or 16 bytes
     */
    public static IpAddress ofBytes(byte[] bytes) {
        if (bytes.length == 4) {
            return ofIpv4((int) number(bytes, 0, 4));
        }
        if (bytes.length == 16) {
            return new IpAddress(number(bytes, 0, 8), number(bytes, 8, 8));
        }
        throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length);
    }

    /**
     * Parses a.b.c.d or IPv6 text (RFC 4291 section 2.2). Names and zones ("%eth0") are not addresses, and neither are
     * numbers with leading zeros, which some programs read as octal.
     *
     * @throws IllegalArgumentException with a message that quotes the text
     */
    public static IpAddress parse(String text) {
        return IpAddressText.parse(text);
    }

    /** Whether this is an IPv4 address. */
    public boolean isIpv4() {
        return isIpv4(hi, lo);
    }

    /** Whether the two halves are an IPv4 address. */
    public static boolean isIpv4(long hi, long lo) {
        return hi == Ipv4.MAPPED_HI && (lo & 0xffff_ffff_0000_0000L) == Ipv4.MAPPED_LO;
    }

    /** The 32 bits of an IPv4 address; meaningless for IPv6. */
    public int ipv4() {
        return (int) lo;
    }

    /** Whether this is 0.0.0.0 or ::. */
    public boolean isUnspecified() {
        return isUnspecified(hi, lo);
    }

    /** Whether the two halves are 0.0.0.0 or ::. */
    public static boolean isUnspecified(long hi, long lo) {
        return hi == 0 && (lo == 0 || lo == Ipv4.MAPPED_LO);
    }

    /** Whether this is in 127.0.0.0/8 or is ::1. */
    public boolean isLoopback() {
        return isLoopback(hi, lo);
    }

    /** Whether the two halves are in 127.0.0.0/8 or are ::1. */
    public static boolean isLoopback(long hi, long lo) {
        return hi == 0 && (lo == 1 || lo >>> 24 == (Ipv4.MAPPED_LO | 0x7f00_0000L) >>> 24);
    }

    /** Whether this is in 224.0.0.0/4 or ff00::/8. */
    public boolean isMulticast() {
        return isMulticast(hi, lo);
    }

    /** Whether the two halves are in 224.0.0.0/4 or ff00::/8. */
    public static boolean isMulticast(long hi, long lo) {
        return hi >>> 56 == 0xff || (hi == 0 && lo >>> 28 == (Ipv4.MAPPED_LO | 0xe000_0000L) >>> 28);
    }

    /** Whether this is 255.255.255.255; a subnet's own broadcast address only its {@link Prefix} knows. */
    public boolean isBroadcast() {
        return isBroadcast(hi, lo);
    }

    /** Whether the two halves are 255.255.255.255. */
    public static boolean isBroadcast(long hi, long lo) {
        return hi == Ipv4.MAPPED_HI && lo == (Ipv4.MAPPED_LO | 0xffff_ffffL);
    }

    /** Whether this is in 169.254.0.0/16 or fe80::/10. */
    public boolean isLinkLocal() {
        return isLinkLocal(hi, lo);
    }

    /** Whether the two halves are in 169.254.0.0/16 or fe80::/10. */
    public static boolean isLinkLocal(long hi, long lo) {
        return hi >>> 54 == 0xfe80 >>> 6 || (hi == 0 && lo >>> 16 == (Ipv4.MAPPED_LO | 0xa9fe_0000L) >>> 16);
    }

    /** Number of bits in an address of this family: 32 or 128. */
    public int bits() {
        return isIpv4() ? 32 : 128;
    }

    /** The address in network order: 4 bytes or 16. */
    public byte[] toBytes() {
        byte[] bytes = new byte[isIpv4() ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            int shift = 8 * (bytes.length - 1 - i);
            bytes[i] = (byte) (shift >= 64 ? hi >>> (shift - 64) : lo >>> shift);
        }
        return bytes;
    }

    /** Writes 4 or 16 bytes in network order at {@code address}, as many as {@link #bits()} says. */
    public void write(long address) {
        if (isIpv4()) {
            Memory.put32(address, ipv4());
        } else {
            Memory.put64(address, hi);
            Memory.put64(address + 8, lo);
        }
    }

    /** Orders by number, IPv4 among IPv6 at its mapped place. */
    @Override
    public int compareTo(IpAddress other) {
        int high = Long.compareUnsigned(hi, other.hi);
        return high != 0 ? high : Long.compareUnsigned(lo, other.lo);
    }

    /** The text of RFC 5952, and a.b.c.d for IPv4. */
    @Override
    public String toString() {
        return IpAddressText.format(hi, lo);
    }

    private static long number(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }
}
