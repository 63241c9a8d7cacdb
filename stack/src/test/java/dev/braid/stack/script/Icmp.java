package dev.braid.stack.script;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Protocol;

/** ICMP errors about a segment of the host's, as a router or the peer would send them. */
final class Icmp {
    /** What the error says, in both families' terms. */
    enum Kind {
        PACKET_TOO_BIG,
        HOST_UNREACHABLE,
        PORT_UNREACHABLE,
        PROTOCOL_UNREACHABLE,
        TIME_EXCEEDED
    }

    private Icmp() {}

    /** @param quoted address of the packet it is about, {@code quotedLength} bytes of which are quoted */
    static Frame write(Kind kind, int mtu, long quoted, int quotedLength, SegWriter.Route route, FramePool pool) {
        Frame frame = pool.takeMtu();
        boolean v4 = route.to().isIpv4();
        int ip = v4 ? 20 : 40;
        long icmp = frame.data() + ip;
        int length = Icmpv4.HEADER + quotedLength;
        frame.resize(ip + length);
        Memory.copy(quoted, icmp + Icmpv4.HEADER, quotedLength);
        SegWriter.writeIp(frame.data(), route, length, 0, v4 ? Protocol.ICMP : Protocol.ICMPV6);
        if (v4) {
            writeV4(kind, mtu, icmp);
            HeaderChecksum.fillIcmpv4(icmp, length);
        } else {
            writeV6(kind, mtu, icmp);
            long pseudo = HeaderChecksum.pseudoHeader(frame.data(), Protocol.ICMPV6, length);
            HeaderChecksum.fillIcmpv6(icmp, length, pseudo);
        }
        return frame;
    }

    private static void writeV4(Kind kind, int mtu, long icmp) {
        switch (kind) {
            case PACKET_TOO_BIG -> Icmpv4.writeUnreachable(icmp, Icmpv4.FRAGMENTATION_NEEDED, mtu);
            case HOST_UNREACHABLE -> Icmpv4.writeUnreachable(icmp, Icmpv4.HOST_UNREACHABLE, 0);
            case PORT_UNREACHABLE -> Icmpv4.writeUnreachable(icmp, Icmpv4.PORT_UNREACHABLE, 0);
            case PROTOCOL_UNREACHABLE -> Icmpv4.writeUnreachable(icmp, Icmpv4.PROTOCOL_UNREACHABLE, 0);
            case TIME_EXCEEDED -> Icmpv4.writeTimeExceeded(icmp, Icmpv4.TTL_EXCEEDED);
        }
    }

    private static void writeV6(Kind kind, int mtu, long icmp) {
        switch (kind) {
            case PACKET_TOO_BIG -> Icmpv6.writePacketTooBig(icmp, mtu);
            case HOST_UNREACHABLE -> Icmpv6.writeUnreachable(icmp, Icmpv6.ADDRESS_UNREACHABLE);
            case PORT_UNREACHABLE -> Icmpv6.writeUnreachable(icmp, Icmpv6.PORT_UNREACHABLE);
            case PROTOCOL_UNREACHABLE -> Icmpv6.writeParameterProblem(icmp, Icmpv6.UNRECOGNIZED_NEXT_HEADER, 6);
            case TIME_EXCEEDED -> Icmpv6.writeTimeExceeded(icmp, Icmpv6.HOP_LIMIT_EXCEEDED);
        }
    }
}
