package dev.braid.stack.icmp;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.icmp.IcmpError.Kind;
import dev.braid.stack.ip.IpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Reads an ICMP error and the packet it quotes, and brings both to the transport that sent the packet (RFC 1122 section
 * 3.2.2, RFC 4443 section 2.4 (d)). Core's thread only; allocation-free.
 *
 * <p>TCP and UDP hear of errors, and see for themselves what tells a true one from a forged one. An error about an echo reply could
 * be anybody's invention, and is dropped.
 */
final class IcmpErrorInput {
    /** Bytes of transport header that every quotation has (RFC 792): ports and TCP's sequence number. */
    private static final int LEAST_QUOTED_TRANSPORT = 8;
    /** The least MTU of an IPv4 link (RFC 791 section 3.2). */
    private static final int MIN_MTU4 = 68;
    /** RFC 1191 section 7.1: sizes to try below one that did not fit, when the router does not say. */
    private static final int[] PLATEAUS = {32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, MIN_MTU4};

    private final IcmpErrorUser tcp;
    private final IcmpErrorUser udp;
    private final IcmpError error = new IcmpError();

    IcmpErrorInput(IcmpErrorUser tcp, IcmpErrorUser udp) {
        this.tcp = tcp;
        this.udp = udp;
    }

    /**
     * Takes an error of which 8 bytes are known to be there; the frame stays the caller's.
     *
     * @return {@code null} when a transport heard of it, else the reason to drop it
     */
    @Nullable
    Counter input(Frame frame, IpHeader header, IcmpCounters icmp, long nowNs) {
        int at = header.headerLength();
        int quoteLength = header.transportLength() - Icmpv4.HEADER;
        long message = frame.require(at, Icmpv4.HEADER);
        boolean v4 = header.version() == 4;
        long quote = frame.require(at + Icmpv4.HEADER, quoteLength);
        boolean understood = v4 ? quoted4(quote, quoteLength, header) : quoted6(quote, quoteLength, header);
        if (!understood) {
            return icmp.dropQuotation;
        }
        int type = Icmpv4.type(message);
        int code = Icmpv4.code(message);
        Kind kind = v4 ? kind4(type, code) : kind6(type, code);
        if (kind == null) {
            return icmp.dropIgnored;
        }
        int mtu = kind == Kind.PACKET_TOO_BIG ? (v4 ? mtu4(message, quote) : mtu6(message)) : 0;
        if (mtu < 0) {
            return icmp.dropIgnored;
        }
        IcmpErrorUser user = switch (error.protocol()) {
            case Protocol.TCP -> tcp;
            case Protocol.UDP -> udp;
            default -> null;
        };
        if (user == null) {
            return icmp.dropUnverifiable;
        }
        error.problem(kind, mtu).from(header.version(), header.scope(), header.device());
        user.onIcmpError(error, nowNs);
        return null;
    }

    private boolean quoted4(long a, int length, IpHeader header) {
        if (length < Ipv4.MIN_HEADER || Ipv4.version(a) != 4) {
            return false;
        }
        int headerLength = Ipv4.headerLength(a);
        boolean fits = headerLength >= Ipv4.MIN_HEADER
                && length - headerLength >= LEAST_QUOTED_TRANSPORT
                && Ipv4.totalLength(a) >= headerLength + LEAST_QUOTED_TRANSPORT
                && Ipv4.fragmentOffset(a) == 0;
        if (!fits || !isOurs(header, Ipv4.MAPPED_HI, Ipv4.srcLo(a))) {
            return false;
        }
        error.quoted(Ipv4.MAPPED_HI, Ipv4.srcLo(a), Ipv4.MAPPED_HI, Ipv4.dstLo(a));
        transport(a + headerLength, Ipv4.protocol(a));
        return true;
    }

    /** We send no extension headers with what is not cut, so a quotation with some is none of ours. */
    private boolean quoted6(long a, int length, IpHeader header) {
        boolean fits = length >= Ipv6.HEADER + LEAST_QUOTED_TRANSPORT
                && Ipv6.version(a) == 6
                && Ipv6.payloadLength(a) >= LEAST_QUOTED_TRANSPORT;
        if (!fits || !isOurs(header, Ipv6.srcHi(a), Ipv6.srcLo(a))) {
            return false;
        }
        error.quoted(Ipv6.srcHi(a), Ipv6.srcLo(a), Ipv6.dstHi(a), Ipv6.dstLo(a));
        transport(a + Ipv6.HEADER, Ipv6.nextHeader(a));
        return true;
    }

    /** An error goes to the source of the packet it is about. */
    private static boolean isOurs(IpHeader header, long hi, long lo) {
        return hi == header.dstHi() && lo == header.dstLo();
    }

    private void transport(long a, int protocol) {
        boolean tcpQuoted = protocol == Protocol.TCP;
        error.transport(protocol, Tcp.srcPort(a), Tcp.dstPort(a), tcpQuoted ? Tcp.seq(a) : 0);
    }

    private static @Nullable Kind kind4(int type, int code) {
        return switch (type) {
            case Icmpv4.DESTINATION_UNREACHABLE -> unreachable4(code);
            case Icmpv4.TIME_EXCEEDED -> Kind.TIME_EXCEEDED;
            case Icmpv4.PARAMETER_PROBLEM -> Kind.PARAMETER_PROBLEM;
            default -> null;
        };
    }

    private static @Nullable Kind unreachable4(int code) {
        return switch (code) {
            case Icmpv4.NET_UNREACHABLE, Icmpv4.NET_UNKNOWN, Icmpv4.NET_UNREACHABLE_FOR_TOS -> Kind.NETWORK_UNREACHABLE;
            case Icmpv4.HOST_UNREACHABLE,
                    Icmpv4.SOURCE_ROUTE_FAILED,
                    Icmpv4.HOST_UNKNOWN,
                    Icmpv4.HOST_ISOLATED,
                    Icmpv4.HOST_UNREACHABLE_FOR_TOS ->
                Kind.HOST_UNREACHABLE;
            case Icmpv4.PROTOCOL_UNREACHABLE -> Kind.PROTOCOL_UNREACHABLE;
            case Icmpv4.PORT_UNREACHABLE -> Kind.PORT_UNREACHABLE;
            case Icmpv4.FRAGMENTATION_NEEDED -> Kind.PACKET_TOO_BIG;
            case Icmpv4.NET_PROHIBITED, Icmpv4.HOST_PROHIBITED, Icmpv4.COMMUNICATION_PROHIBITED -> Kind.PROHIBITED;
            default -> null;
        };
    }

    private static @Nullable Kind kind6(int type, int code) {
        return switch (type) {
            case Icmpv6.DESTINATION_UNREACHABLE -> unreachable6(code);
            case Icmpv6.PACKET_TOO_BIG -> Kind.PACKET_TOO_BIG;
            case Icmpv6.TIME_EXCEEDED -> Kind.TIME_EXCEEDED;
            case Icmpv6.PARAMETER_PROBLEM ->
                code == Icmpv6.UNRECOGNIZED_NEXT_HEADER ? Kind.PROTOCOL_UNREACHABLE : Kind.PARAMETER_PROBLEM;
            default -> null;
        };
    }

    private static @Nullable Kind unreachable6(int code) {
        return switch (code) {
            case Icmpv6.NO_ROUTE, Icmpv6.BEYOND_SCOPE, Icmpv6.REJECT_ROUTE -> Kind.NETWORK_UNREACHABLE;
            case Icmpv6.ADDRESS_UNREACHABLE -> Kind.HOST_UNREACHABLE;
            case Icmpv6.PORT_UNREACHABLE -> Kind.PORT_UNREACHABLE;
            case Icmpv6.ADMINISTRATIVELY_PROHIBITED, Icmpv6.SOURCE_POLICY_FAILED -> Kind.PROHIBITED;
            default -> null;
        };
    }

    /** RFC 1191 section 5: a router that says 0 is old, and the size to try is the next below the packet's. */
    private static int mtu4(long message, long quote) {
        int mtu = Icmpv4.nextHopMtu(message);
        if (mtu != 0) {
            return Math.max(mtu, MIN_MTU4);
        }
        int tooBig = Ipv4.totalLength(quote);
        for (int plateau : PLATEAUS) {
            if (plateau < tooBig) {
                return plateau;
            }
        }
        return MIN_MTU4;
    }

    /** RFC 8201 section 4: a claim below the least IPv6 MTU is discarded. */
    private static int mtu6(long message) {
        long mtu = Icmpv6.mtu(message);
        return mtu < Ipv6.MIN_MTU ? -1 : (int) Math.min(mtu, Integer.MAX_VALUE);
    }
}
