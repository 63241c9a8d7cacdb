package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * The TCP header (RFC 9293 section 3.1) at an absolute address; {@link TcpOptions} parses the options.
 *
 * <p>Readers trust the caller to have required {@link #MIN_HEADER} bytes; nothing that they return has been checked
 * against the packet. Stateless, any thread, allocation-free.
 */
public final class Tcp {
    /** Length of a header without options, in bytes. */
    public static final int MIN_HEADER = 20;

    /** Length of the longest header, in bytes. */
    public static final int MAX_HEADER = 60;

    /** Longest option space, in bytes. */
    public static final int MAX_OPTIONS = MAX_HEADER - MIN_HEADER;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;

    /** ECN echo (RFC 3168 section 6.1). */
    public static final int ECE = 0x40;

    /** Congestion window reduced (RFC 3168 section 6.1). */
    public static final int CWR = 0x80;

    /** Accurate ECN, formerly NS (RFC 9768 section 3.1). */
    public static final int AE = 0x100;

    /** Offset of the flags' low byte, in bytes. */
    public static final int FLAGS_OFFSET = 13;

    /** Offset of the checksum, in bytes: the {@code csum_offset} of a virtio header. */
    public static final int CHECKSUM_OFFSET = 16;

    private Tcp() {}

    /** Source port, 0..65535. */
    public static int srcPort(long a) {
        return Memory.u16(a);
    }

    /** Destination port, 0..65535. */
    public static int dstPort(long a) {
        return Memory.u16(a + 2);
    }

    /** Sequence number, see {@link Seq}. */
    public static int seq(long a) {
        return Memory.i32(a + 4);
    }

    /** Acknowledgement number; meaningful only with {@link #ACK}. */
    public static int ack(long a) {
        return Memory.i32(a + 8);
    }

    /** Header length in bytes, options included, 0..60; below {@link #MIN_HEADER} it is malformed. */
    public static int dataOffset(long a) {
        return Memory.u8(a + 12) >>> 4 << 2;
    }

    /** The nine flags {@link #FIN} to {@link #AE}; the three reserved bits above them are left out. */
    public static int flags(long a) {
        return Memory.u16(a + 12) & 0x1ff;
    }

    /** The window field as it stands, unscaled, 0..65535. */
    public static int window(long a) {
        return Memory.u16(a + 14);
    }

    /** The checksum field as it stands, 0..65535. */
    public static int checksum(long a) {
        return Memory.u16(a + CHECKSUM_OFFSET);
    }

    /** The urgent pointer, 0..65535; meaningful only with {@link #URG}. */
    public static int urgentPointer(long a) {
        return Memory.u16(a + 18);
    }

    /**
     * Writes the fixed part of the header, checksum zero.
     *
     * @param dataOffset length of the whole header in bytes: 20..60, a multiple of 4
     * @param flags {@link #FIN} to {@link #AE}
     * @param window the field as it shall stand, already scaled, 0..65535
     */
    public static void write(
            long a,
            int srcPort,
            int dstPort,
            int seq,
            int ack,
            int dataOffset,
            int flags,
            int window,
            int urgentPointer) {
        Memory.put32(a, srcPort << 16 | (dstPort & 0xffff));
        Memory.put32(a + 4, seq);
        Memory.put32(a + 8, ack);
        Memory.put32(a + 12, dataOffset << 26 | (flags & 0x1ff) << 16 | (window & 0xffff));
        Memory.put32(a + 16, urgentPointer & 0xffff);
    }

    /** Overwrites the sequence number. */
    public static void putSeq(long a, int seq) {
        Memory.put32(a + 4, seq);
    }

    /** Overwrites the flags; the data offset stays. */
    public static void putFlags(long a, int flags) {
        Memory.put16(a + 12, (Memory.u16(a + 12) & ~0x1ff) | (flags & 0x1ff));
    }

    /** Overwrites the checksum. */
    public static void putChecksum(long a, int checksum) {
        Memory.put16(a + CHECKSUM_OFFSET, checksum);
    }
}
