package dev.braid.fastpath.sim;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;

/** Says "congestion experienced" in a packet's IP header instead of dropping the packet (RFC 3168 section 5). */
final class CongestionMark {
    private static final int NOT_ECT = 0;
    private static final int CE = 3;
    /** Where IPv6 has its ECN field in the second byte of the header; IPv4 has it in the two lowest bits. */
    private static final int IPV6_SHIFT = 4;

    private CongestionMark() {}

    /**
     * Marks the packet if its sender declared that it may be, or finds it marked.
     *
     * @return false when it is not markable: neither ECT nor CE, not IP, or an IPv4 header that its checksum does not cover,
     *     which a new one would make look sound
     */
    static boolean put(Frame frame) {
        long packet = frame.data();
        if (frame.has(0, Ipv4.MIN_HEADER) && Ipv4.version(packet) == 4) {
            if (Ipv4.ecn(packet) == NOT_ECT
                    || !frame.has(0, Ipv4.headerLength(packet))
                    || !HeaderChecksum.verifyIpv4(packet)) {
                return false;
            }
            Memory.put8(packet + 1, Memory.u8(packet + 1) | CE);
            HeaderChecksum.fillIpv4(packet);
            return true;
        }
        if (frame.has(0, Ipv6.HEADER) && Ipv6.version(packet) == 6 && Ipv6.ecn(packet) != NOT_ECT) {
            Memory.put8(packet + 1, Memory.u8(packet + 1) | CE << IPV6_SHIFT);
            return true;
        }
        return false;
    }
}
