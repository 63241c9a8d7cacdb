package dev.braid.fastpath.wire;

import dev.braid.fastpath.memory.Memory;

/**
 * ICMP for IPv4 (RFC 792, RFC 1122 section 3.2.2, RFC 1191 section 4) at an absolute address.
 *
 * <p>Readers trust the caller to have required {@link #HEADER} bytes. Stateless, any thread, allocation-free.
 */
public final class Icmpv4 {
    /** Length of the header, in bytes; an error quotes the offending packet right behind it. */
    public static final int HEADER = 8;

    /** Offset of the checksum, in bytes. */
    public static final int CHECKSUM_OFFSET = 2;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int REDIRECT = 5;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    // Codes of DESTINATION_UNREACHABLE.
    public static final int NET_UNREACHABLE = 0;
    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;

    /** The packet needs fragmentation but may not be fragmented; {@link #nextHopMtu} says what would fit. */
    public static final int FRAGMENTATION_NEEDED = 4;

    public static final int SOURCE_ROUTE_FAILED = 5;
    public static final int NET_UNKNOWN = 6;
    public static final int HOST_UNKNOWN = 7;
    public static final int HOST_ISOLATED = 8;
    public static final int NET_PROHIBITED = 9;
    public static final int HOST_PROHIBITED = 10;
    public static final int NET_UNREACHABLE_FOR_TOS = 11;
    public static final int HOST_UNREACHABLE_FOR_TOS = 12;
    public static final int COMMUNICATION_PROHIBITED = 13;

    // Codes of TIME_EXCEEDED.
    public static final int TTL_EXCEEDED = 0;
    public static final int REASSEMBLY_TIME_EXCEEDED = 1;

    private Icmpv4() {}

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

    /** MTU of the next hop in bytes, 0..65535, with {@link #FRAGMENTATION_NEEDED}; 0 from routers before RFC 1191. */
    public static int nextHopMtu(long a) {
        return Memory.u16(a + 6);
    }

    /** Offset of the offending byte in the quoted packet, 0..255, with {@link #PARAMETER_PROBLEM}. */
    public static int pointer(long a) {
        return Memory.u8(a + 4);
    }

    /** Whether a message of this type reports an error, so that no error may be sent about it (RFC 1122 3.2.2). */
    public static boolean isError(int type) {
        return switch (type) {
            case DESTINATION_UNREACHABLE, SOURCE_QUENCH, REDIRECT, TIME_EXCEEDED, PARAMETER_PROBLEM -> true;
            default -> false;
        };
    }

    /** Writes an echo request or reply, checksum zero. */
    public static void writeEcho(long a, int type, int identifier, int sequence) {
        write(a, type, 0, identifier << 16 | (sequence & 0xffff));
    }

    /** Writes a destination unreachable, checksum zero; {@code mtu} in bytes, 0 unless fragmentation is needed. */
    public static void writeUnreachable(long a, int code, int mtu) {
        write(a, DESTINATION_UNREACHABLE, code, mtu & 0xffff);
    }

    /** Writes a time exceeded, checksum zero. */
    public static void writeTimeExceeded(long a, int code) {
        write(a, TIME_EXCEEDED, code, 0);
    }

    /** Writes a parameter problem of code 0, checksum zero; {@code pointer} is an offset in the quoted packet. */
    public static void writeParameterProblem(long a, int pointer) {
        write(a, PARAMETER_PROBLEM, 0, pointer << 24);
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
