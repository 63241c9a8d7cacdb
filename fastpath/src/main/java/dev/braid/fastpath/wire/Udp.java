package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * The UDP header (RFC 768) at an absolute address. Readers trust the caller to have required {@link #HEADER} bytes.
 * Stateless, any thread, allocation-free.
 */
public final class Udp {
    /** Length of the header, in bytes. */
    public static final int HEADER = 8;

    /** Offset of the checksum, in bytes: the {@code csum_offset} of a virtio header. */
    public static final int CHECKSUM_OFFSET = 6;

    private Udp() {}

    /** Source port, 0..65535. */
    public static int srcPort(long a) {
        return Memory.u16(a);
    }

    /** Destination port, 0..65535. */
    public static int dstPort(long a) {
        return Memory.u16(a + 2);
    }

    /** Length of header and data as claimed, in bytes, 0..65535; below {@link #HEADER} it is malformed. */
    public static int length(long a) {
        return Memory.u16(a + 4);
    }

    /** The checksum as it stands, 0..65535; over IPv4, 0 says that there is none. */
    public static int checksum(long a) {
        return Memory.u16(a + CHECKSUM_OFFSET);
    }

    /** Writes the header, checksum zero; {@code length} counts header and data in bytes. */
    public static void write(long a, int srcPort, int dstPort, int length) {
        Memory.put32(a, srcPort << 16 | (dstPort & 0xffff));
        Memory.put32(a + 4, length << 16);
    }

    /** Overwrites the length, header and data, in bytes. */
    public static void putLength(long a, int length) {
        Memory.put16(a + 4, length);
    }

    /** Overwrites the checksum. */
    public static void putChecksum(long a, int checksum) {
        Memory.put16(a + CHECKSUM_OFFSET, checksum);
    }
}
