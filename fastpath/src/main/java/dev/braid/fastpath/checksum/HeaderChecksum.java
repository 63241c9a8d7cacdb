package dev.braid.fastpath.checksum;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;

/**
 * Fills and verifies the checksum fields of the Internet's headers in contiguous packets.
 *
 * <p>A transport checksum takes the sum of its pseudo-header, from {@link #pseudoHeader} or {@link Checksum}. The
 * caller has required every byte that the lengths name. Stateless, any thread, allocation-free.
 */
public final class HeaderChecksum {
    private HeaderChecksum() {}

    /**
     * The pseudo-header's sum from the addresses of an IPv4 or IPv6 header.
     *
     * @param ip address of the IP header, whose version must be 4 or 6
     * @param protocol protocol of the transport header, which IPv6 extension headers may hide from the fixed header
     * @param length bytes of transport header and data
     */
    public static long pseudoHeader(long ip, int protocol, int length) {
        return Ipv4.version(ip) == 4
                ? Checksum.pseudoHeader(Ipv4.src(ip), Ipv4.dst(ip), protocol, length)
                : Checksum.pseudoHeader(
                        Ipv6.srcHi(ip), Ipv6.srcLo(ip), Ipv6.dstHi(ip), Ipv6.dstLo(ip), protocol, length);
    }

    /** Fills the checksum of an IPv4 header, options included. */
    public static void fillIpv4(long ip) {
        Ipv4.putChecksum(ip, 0);
        Ipv4.putChecksum(ip, Checksum.finish(Checksum.sum(ip, Ipv4.headerLength(ip), 0)));
    }

    /** Whether the checksum of an IPv4 header, options included, is right. */
    public static boolean verifyIpv4(long ip) {
        return Checksum.isValid(Checksum.sum(ip, Ipv4.headerLength(ip), 0));
    }

    /** Fills the checksum of a TCP segment of {@code length} bytes, header included. */
    public static void fillTcp(long tcp, int length, long pseudoHeader) {
        fill(tcp, length, Tcp.CHECKSUM_OFFSET, pseudoHeader);
    }

    /** Whether the checksum of a TCP segment of {@code length} bytes is right. */
    public static boolean verifyTcp(long tcp, int length, long pseudoHeader) {
        return Checksum.isValid(Checksum.sum(tcp, length, pseudoHeader));
    }

    /** Fills the checksum of a UDP datagram of {@code length} bytes; a computed 0 is sent as ffff (RFC 768). */
    public static void fillUdp(long udp, int length, long pseudoHeader) {
        fill(udp, length, Udp.CHECKSUM_OFFSET, pseudoHeader);
        if (Udp.checksum(udp) == 0) {
            Udp.putChecksum(udp, 0xffff);
        }
    }

    /**
     * Whether the checksum of a UDP datagram of {@code length} bytes is right.
     *
     * @param ipv4 whether a field of 0 means "no checksum", as it does over IPv4 only (RFC 8200 section 8.1)
     */
    public static boolean verifyUdp(long udp, int length, long pseudoHeader, boolean ipv4) {
        return Udp.checksum(udp) == 0 ? ipv4 : Checksum.isValid(Checksum.sum(udp, length, pseudoHeader));
    }

    /** Fills the checksum of an ICMPv4 message of {@code length} bytes, which has no pseudo-header. */
    public static void fillIcmpv4(long icmp, int length) {
        fill(icmp, length, Icmpv4.CHECKSUM_OFFSET, 0);
    }

    /** Whether the checksum of an ICMPv4 message of {@code length} bytes is right. */
    public static boolean verifyIcmpv4(long icmp, int length) {
        return Checksum.isValid(Checksum.sum(icmp, length, 0));
    }

    /** Fills the checksum of an ICMPv6 message of {@code length} bytes. */
    public static void fillIcmpv6(long icmp, int length, long pseudoHeader) {
        fill(icmp, length, Icmpv6.CHECKSUM_OFFSET, pseudoHeader);
    }

    /** Whether the checksum of an ICMPv6 message of {@code length} bytes is right. */
    public static boolean verifyIcmpv6(long icmp, int length, long pseudoHeader) {
        return Checksum.isValid(Checksum.sum(icmp, length, pseudoHeader));
    }

    /**
     * Leaves a transport checksum to the device: the field gets the folded pseudo-header sum (a partial
     * checksum).
     */
    public static void putPartial(long transport, int checksumOffset, long pseudoHeader) {
        Memory.put16(transport + checksumOffset, Checksum.fold(pseudoHeader));
    }

    /**
     * Completes a partial checksum as a device would: sums from the transport header to the end, the
     * partial sum in the field included, and stores the complement.
     *
     * @param length bytes of transport header and data
     */
    public static void completePartial(long transport, int length, int checksumOffset) {
        int checksum = Checksum.finish(Checksum.sum(transport, length, 0));
        // A result of 0 would tell a UDP receiver that there is no checksum; ffff is the same number to everybody else.
        Memory.put16(transport + checksumOffset, checksum == 0 ? 0xffff : checksum);
    }

    private static void fill(long transport, int length, int checksumOffset, long pseudoHeader) {
        Memory.put16(transport + checksumOffset, 0);
        Memory.put16(transport + checksumOffset, Checksum.finish(Checksum.sum(transport, length, pseudoHeader)));
    }
}
