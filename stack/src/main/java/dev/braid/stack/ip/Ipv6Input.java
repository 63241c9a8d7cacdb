package dev.braid.stack.ip;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Ipv6Extensions;
import dev.braid.fastpath.wire.Ipv6Extensions.Outcome;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.Link;

/** The checks of a received IPv6 packet (RFC 8200 sections 3 and 4). */
final class Ipv6Input {
    private static final int PAYLOAD_LENGTH_OFFSET = 4;
    private static final int FRAGMENT_HEADER = 8;

    private final IpInput input;
    private final Reassembly reassembly;
    private final IpCounters ip;
    private final Ipv6Extensions extensions = new Ipv6Extensions();

    Ipv6Input(IpInput input, Reassembly reassembly, IpCounters ip) {
        this.input = input;
        this.reassembly = reassembly;
        this.ip = ip;
    }

    void receive(Frame frame, Link link, IpHeader header, long nowNs) {
        ip.inReceives.increment();
        ip.inOctets.add(frame.length());
        if (!frame.has(0, Ipv6.HEADER)) {
            input.refuse(frame, ip.inHdrErrors, ip.dropTruncated);
            return;
        }
        long a = frame.data();
        int length = Ipv6.HEADER + Ipv6.payloadLength(a);
        if (!frame.has(0, length)) {
            input.refuse(frame, ip.inHdrErrors, ip.dropTruncated);
            return;
        }
        frame.resize(length);
        // Inside the stack these would stand for an IPv4 host (RFC 4942 section 2.2).
        if (IpAddress.isIpv4(Ipv6.srcHi(a), Ipv6.srcLo(a)) || IpAddress.isIpv4(Ipv6.dstHi(a), Ipv6.dstLo(a))) {
            input.refuse(frame, ip.inAddrErrors, ip.dropMartianSource);
            return;
        }
        header.addresses(6, Ipv6.srcHi(a), Ipv6.srcLo(a), Ipv6.dstHi(a), Ipv6.dstLo(a))
                .hop(Ipv6.hopLimit(a), Ipv6.trafficClass(a));
        if (input.admit(frame, link, ip)) {
            extensions(frame, header, false, nowNs);
        }
    }

    /** Walks the extension headers of a packet; {@code reassembled} forbids that it is a fragment once more. */
    private void extensions(Frame frame, IpHeader header, boolean reassembled, long nowNs) {
        Outcome outcome = extensions.walk(frame.data(), frame.length());
        int offset = extensions.offset();
        header.carries(extensions.protocol(), extensions.protocolPointer(), offset, frame.length() - offset);
        switch (outcome) {
            case UPPER_LAYER -> input.deliver(frame, ip, nowNs);
            case FRAGMENT -> {
                if (reassembled) {
                    input.refuse(frame, ip.inHdrErrors, ip.dropFragment);
                } else {
                    fragment(frame, header, nowNs);
                }
            }
            case TRUNCATED, TOO_MANY_HEADERS, OPTION_REFUSED -> input.refuse(frame, ip.inHdrErrors, ip.dropOptions);
            case JUMBOGRAM -> input.refuse(frame, ip.inHdrErrors, ip.dropJumbogram);
            case ROUTING_REFUSED -> refuseAloud(frame, Icmpv6.ERRONEOUS_HEADER, nowNs);
            case MISPLACED_HOP_BY_HOP -> refuseAloud(frame, Icmpv6.UNRECOGNIZED_NEXT_HEADER, nowNs);
            case OPTION_REPORTED, OPTION_REPORTED_UNICAST ->
                refuseAloud(frame, Icmpv6.UNRECOGNIZED_OPTION, nowNs);
        }
    }

    private void refuseAloud(Frame frame, int code, long nowNs) {
        var reason = code == Icmpv6.ERRONEOUS_HEADER ? ip.dropSourceRoute : ip.dropOptions;
        input.refuseAloud(frame, ip, reason, code, extensions.pointer(), nowNs);
    }

    private void fragment(Frame frame, IpHeader header, long nowNs) {
        int offset = extensions.fragmentOffset();
        boolean more = extensions.moreFragments();
        int length = header.transportLength();
        // RFC 8200 section 4.5: both errors of length are reported, each at the field that is wrong.
        if (more && (length & 7) != 0) {
            input.refuseAloud(
                    frame, ip, ip.dropFragment, Icmpv6.ERRONEOUS_HEADER, PAYLOAD_LENGTH_OFFSET, nowNs);
            return;
        }
        if (offset + length > Ipv6.MAX_PAYLOAD) {
            int offsetField = header.headerLength() - FRAGMENT_HEADER + 2;
            input.refuseAloud(frame, ip, ip.dropFragment, Icmpv6.ERRONEOUS_HEADER, offsetField, nowNs);
            return;
        }
        Frame whole = input.reassemble(frame, extensions.fragmentId(), offset, more, nowNs);
        if (whole == null) {
            return;
        }
        long w = whole.data();
        Ipv6.putPayloadLength(w, whole.length() - Ipv6.HEADER);
        Memory.put8(w + 6, reassembly.protocol());
        Memory.put32(w, 6 << 28 | reassembly.trafficClass() << 20 | Ipv6.flowLabel(w));
        header.hop(Ipv6.hopLimit(w), Ipv6.trafficClass(w));
        extensions(whole, header, true, nowNs);
    }

    /**
     * How many bytes of a first fragment the headers up to the transport's take, which must all be in it (RFC 7112).
     *
     * @param at address of the first header behind the fragment header, whose type is {@code protocol}
     * @param length bytes there
     * @return bytes of the chain with the transport header's least size, more than {@code length} when it is cut
     */
    static int headerChain(long at, int length, int protocol) {
        int used = 0;
        int next = protocol;
        while (isExtension(next)) {
            if (length - used < 8) {
                return length + 1;
            }
            int size = next == Protocol.FRAGMENT ? FRAGMENT_HEADER : (Memory.u8(at + used + 1) + 1) << 3;
            next = Memory.u8(at + used);
            used += size;
            if (used > length) {
                return used;
            }
        }
        return used + Reassembly.leastTransportHeader(next);
    }

    private static boolean isExtension(int protocol) {
        return protocol == Protocol.HOP_BY_HOP
                || protocol == Protocol.ROUTING
                || protocol == Protocol.FRAGMENT
                || protocol == Protocol.DESTINATION_OPTIONS;
    }
}
