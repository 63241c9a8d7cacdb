package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * The IPv4 header (RFC 791 section 3.1) at an absolute address.
 *
 * <p>Readers trust the caller to have required {@link #MIN_HEADER} bytes; nothing that they return has been checked
 * against the packet. Stateless, any thread, allocation-free.
 */
public final class Ipv4 {
    /** Length of a header without options, in bytes. */
    public static final int MIN_HEADER = 20;

    /** Length of the longest header, in bytes. */
    public static final int MAX_HEADER = 60;

    /** Longest packet, in bytes: the total length has 16 bits. */
    public static final int MAX_PACKET = 65_535;

    /** Every host takes packets of this size, whole or in fragments (RFC 791 section 3.2). */
    public static final int MIN_REASSEMBLY = 576;

    /** The high half of an IPv4 address written as the IPv4-mapped IPv6 address ::ffff:a.b.c.d. */
    public static final long MAPPED_HI = 0;

    /** The bits of the low half above the 32-bit address: {@code MAPPED_LO | addr32}. */
    public static final long MAPPED_LO = 0x0000_ffff_0000_0000L;

    /** The "don't fragment" bit of the word that {@link #write} takes. */
    public static final int DONT_FRAGMENT = 0x4000;

    /** The "more fragments" bit of the word that {@link #write} takes. */
    public static final int MORE_FRAGMENTS = 0x2000;

    /** Offset of the header checksum, in bytes. */
    public static final int CHECKSUM_OFFSET = 10;

    private Ipv4() {}

    /** The version nibble, 0..15: 4 for IPv4, 6 for IPv6. Needs one byte. */
    public static int version(long a) {
        return Memory.u8(a) >>> 4;
    }

    /** Header length in bytes, 0..60; below {@link #MIN_HEADER} it is malformed. */
    public static int headerLength(long a) {
        return (Memory.u8(a) & 0x0f) << 2;
    }

    /** The former type-of-service byte: DSCP and ECN, 0..255. */
    public static int trafficClass(long a) {
        return Memory.u8(a + 1);
    }

    /** The ECN field, 0..3 (RFC 3168 section 5). */
    public static int ecn(long a) {
        return Memory.u8(a + 1) & 3;
    }

    /** Length of header and payload in bytes, as claimed, 0..65535. */
    public static int totalLength(long a) {
        return Memory.u16(a + 2);
    }

    /** The identification, 0..65535. */
    public static int identification(long a) {
        return Memory.u16(a + 4);
    }

    /** Whether "don't fragment" is set. */
    public static boolean dontFragment(long a) {
        return (Memory.u16(a + 6) & DONT_FRAGMENT) != 0;
    }

    /** Whether "more fragments" is set. */
    public static boolean moreFragments(long a) {
        return (Memory.u16(a + 6) & MORE_FRAGMENTS) != 0;
    }

    /** Where the payload lies in the original datagram, in bytes: a multiple of 8, 0..65528. */
    public static int fragmentOffset(long a) {
        return (Memory.u16(a + 6) & 0x1fff) << 3;
    }

    /** Whether the packet is one of several fragments of a datagram, first, middle or last. */
    public static boolean isFragment(long a) {
        return (Memory.u16(a + 6) & 0x3fff) != 0;
    }

    /** Time to live, 0..255. */
    public static int ttl(long a) {
        return Memory.u8(a + 8);
    }

    /** Protocol of the payload, 0..255, see {@link Protocol}. */
    public static int protocol(long a) {
        return Memory.u8(a + 9);
    }

    /** The header checksum as it stands in the packet, 0..65535. */
    public static int checksum(long a) {
        return Memory.u16(a + CHECKSUM_OFFSET);
    }

    /** Source address, 32 bits. */
    public static int src(long a) {
        return Memory.i32(a + 12);
    }

    /** Destination address, 32 bits. */
    public static int dst(long a) {
        return Memory.i32(a + 16);
    }

    /** Low half of the mapped source address; the high half is {@link #MAPPED_HI}. */
    public static long srcLo(long a) {
        return MAPPED_LO | Memory.u32(a + 12);
    }

    /** Low half of the mapped destination address; the high half is {@link #MAPPED_HI}. */
    public static long dstLo(long a) {
        return MAPPED_LO | Memory.u32(a + 16);
    }

    /** The low half that stands for a 32-bit address. */
    public static long mapped(int address) {
        return MAPPED_LO | (address & 0xffff_ffffL);
    }

    /**
     * Writes a header of {@link #MIN_HEADER} bytes, its checksum included.
     *
     * @param trafficClass DSCP and ECN, 0..255
     * @param totalLength header and payload in bytes, 20..65535
     * @param fragmentWord {@link #DONT_FRAGMENT}, {@link #MORE_FRAGMENTS} and the offset in units of 8 bytes
     * @param ttl time to live, 0..255
     */
    public static void write(
            long a,
            int trafficClass,
            int totalLength,
            int identification,
            int fragmentWord,
            int ttl,
            int protocol,
            int src,
            int dst) {
        int first = 0x4500 | (trafficClass & 0xff);
        int lifetime = (ttl & 0xff) << 8 | (protocol & 0xff);
        // Summed from the arguments: reading back what was just stored in other widths would stall on store forwarding.
        int sum = first
                + (totalLength & 0xffff)
                + (identification & 0xffff)
                + (fragmentWord & 0xffff)
                + lifetime
                + (src >>> 16)
                + (src & 0xffff)
                + (dst >>> 16)
                + (dst & 0xffff);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum += sum >>> 16;
        Memory.put32(a, first << 16 | (totalLength & 0xffff));
        Memory.put32(a + 4, identification << 16 | (fragmentWord & 0xffff));
        Memory.put32(a + 8, lifetime << 16 | (~sum & 0xffff));
        Memory.put32(a + 12, src);
        Memory.put32(a + 16, dst);
    }

    /** Overwrites the total length; the checksum is the caller's to correct. */
    public static void putTotalLength(long a, int totalLength) {
        Memory.put16(a + 2, totalLength);
    }

    /** Overwrites the identification; the checksum is the caller's to correct. */
    public static void putIdentification(long a, int identification) {
        Memory.put16(a + 4, identification);
    }

    /** Overwrites the header checksum. */
    public static void putChecksum(long a, int checksum) {
        Memory.put16(a + CHECKSUM_OFFSET, checksum);
    }
}
