package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * ICMP for IPv6 (RFC 4443) at an absolute address. Its checksum covers the IPv6 pseudo-header.
 *
 * <p>Readers trust the caller to have required {@link #HEADER} bytes. Stateless, any thread, allocation-free.
 */
public final class Icmpv6 {
    /** Length of the header, in bytes; an error quotes the offending packet right behind it. */
    public static final int HEADER = 8;

    /** Offset of the checksum, in bytes. */
    public static final int CHECKSUM_OFFSET = 2;

    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOR_SOLICITATION = 135;
    public static final int NEIGHBOR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    // Codes of DESTINATION_UNREACHABLE.
    public static final int NO_ROUTE = 0;
    public static final int ADMINISTRATIVELY_PROHIBITED = 1;
    public static final int BEYOND_SCOPE = 2;
    public static final int ADDRESS_UNREACHABLE = 3;
    public static final int PORT_UNREACHABLE = 4;
    public static final int SOURCE_POLICY_FAILED = 5;
    public static final int REJECT_ROUTE = 6;

    // Codes of TIME_EXCEEDED.
    public static final int HOP_LIMIT_EXCEEDED = 0;
    public static final int REASSEMBLY_TIME_EXCEEDED = 1;

    // Codes of PARAMETER_PROBLEM.
    public static final int ERRONEOUS_HEADER = 0;
    public static final int UNRECOGNIZED_NEXT_HEADER = 1;
    public static final int UNRECOGNIZED_OPTION = 2;

    private Icmpv6() {}

    /** Message type, 0..255. */
    public static int type(long a) {
        return Memory.u8(a);
    }

    /** Message code, 0..255. */
    public static int code(long a) {
        return Memory.u8(a + 1);
    }

    /** The checksum as it stands, 0..65535. */
    public static int checksum(long a) {
        return Memory.u16(a + CHECKSUM_OFFSET);
    }

    /** Identifier of an echo, 0..65535. */
    public static int identifier(long a) {
        return Memory.u16(a + 4);
    }

    /** Sequence number of an echo, 0..65535. */
    public static int sequence(long a) {
        return Memory.u16(a + 6);
    }

    /** MTU of the next hop in bytes, 0..2^32-1, with {@link #PACKET_TOO_BIG}. */
    public static long mtu(long a) {
        return Memory.u32(a + 4);
    }

    /** Offset of the offending byte in the quoted packet, 0..2^32-1, with {@link #PARAMETER_PROBLEM}. */
    public static long pointer(long a) {
        return Memory.u32(a + 4);
    }

    /** Whether a message of this type reports an error: the high bit is clear (RFC 4443 section 2.1). */
    public static boolean isError(int type) {
        return type < 128;
    }

    /** Writes an echo request or reply, checksum zero. */
    public static void writeEcho(long a, int type, int identifier, int sequence) {
        write(a, type, 0, identifier << 16 | (sequence & 0xffff));
    }

    /** Writes a destination unreachable, checksum zero. */
    public static void writeUnreachable(long a, int code) {
        write(a, DESTINATION_UNREACHABLE, code, 0);
    }

    /** Writes a packet too big, checksum zero; {@code mtu} in bytes. */
    public static void writePacketTooBig(long a, int mtu) {
        write(a, PACKET_TOO_BIG, 0, mtu);
    }

    /** Writes a time exceeded, checksum zero. */
    public static void writeTimeExceeded(long a, int code) {
        write(a, TIME_EXCEEDED, code, 0);
    }

    /** Writes a parameter problem, checksum zero; {@code pointer} is an offset in the quoted packet. */
    public static void writeParameterProblem(long a, int code, int pointer) {
        write(a, PARAMETER_PROBLEM, code, pointer);
    }

    /** Overwrites the type of an echo, which makes a request a reply; the checksum is the caller's to correct. */
    public static void putType(long a, int type) {
        Memory.put8(a, type);
    }

    /** Overwrites the checksum. */
    public static void putChecksum(long a, int checksum) {
        Memory.put16(a + CHECKSUM_OFFSET, checksum);
    }

    private static void write(long a, int type, int code, int rest) {
        Memory.put32(a, type << 24 | code << 16);
        Memory.put32(a + 4, rest);
    }
}
