package dev.braid.stack.ip;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.stack.core.Link;

/** The checks of a received IPv4 packet, in the order of RFC 1122 section 3.2.1. */
final class Ipv4Input {
    private static final int PROTOCOL_OFFSET = 9;
    private static final int OPTION_END = 0;
    private static final int OPTION_NOP = 1;
    private static final int OPTION_LSRR = 131;
    private static final int OPTION_SSRR = 137;
    private static final int OPTIONS_GOOD = -1;
    private static final int OPTIONS_ROUTE = -2;

    private final IpInput input;
    private final Reassembly reassembly;
    private final IpCounters ip;

    Ipv4Input(IpInput input, Reassembly reassembly, IpCounters ip) {
        this.input = input;
        this.reassembly = reassembly;
        this.ip = ip;
    }

    void receive(Frame frame, Link link, IpHeader header, long nowNs) {
        ip.inReceives.increment();
        ip.inOctets.add(frame.length());
        if (!frame.has(0, Ipv4.MIN_HEADER) || Ipv4.version(frame.data()) != 4) {
            input.refuse(frame, ip.inHdrErrors, ip.dropTruncated);
            return;
        }
        long a = frame.data();
        int headerLength = Ipv4.headerLength(a);
        int totalLength = Ipv4.totalLength(a);
        if (headerLength < Ipv4.MIN_HEADER || headerLength > totalLength) {
            input.refuse(frame, ip.inHdrErrors, ip.dropHeaderLength);
            return;
        }
        if (!frame.has(0, totalLength)) {
            input.refuse(frame, ip.inHdrErrors, ip.dropTruncated);
            return;
        }
        if (!HeaderChecksum.verifyIpv4(a)) {
            input.refuse(frame, ip.inHdrErrors, ip.dropHeaderChecksum);
            return;
        }
        // What the link padded behind the packet is none of it.
        frame.resize(totalLength);
        header.addresses(4, Ipv4.MAPPED_HI, Ipv4.srcLo(a), Ipv4.MAPPED_HI, Ipv4.dstLo(a))
                .hop(Ipv4.ttl(a), Ipv4.trafficClass(a))
                .carries(Ipv4.protocol(a), PROTOCOL_OFFSET, headerLength, totalLength - headerLength);
        if (!input.admit(frame, link, ip) || !optionsFit(frame, headerLength, nowNs)) {
            return;
        }
        if (Ipv4.isFragment(a)) {
            fragment(frame, header, nowNs);
        } else {
            input.deliver(frame, ip, nowNs);
        }
    }

    private void fragment(Frame frame, IpHeader header, long nowNs) {
        long a = frame.data();
        Frame whole = input.reassemble(
                frame, Ipv4.identification(a), Ipv4.fragmentOffset(a), Ipv4.moreFragments(a), nowNs);
        if (whole == null) {
            return;
        }
        int headerLength = reassembly.headerLength();
        long w = whole.data();
        Ipv4.putTotalLength(w, whole.length());
        Memory.put16(w + 6, 0);
        Memory.put8(w + 1, reassembly.trafficClass());
        HeaderChecksum.fillIpv4(w);
        header.hop(Ipv4.ttl(w), Ipv4.trafficClass(w))
                .carries(Ipv4.protocol(w), PROTOCOL_OFFSET, headerLength, whole.length() - headerLength);
        input.deliver(whole, ip, nowNs);
    }

    private boolean optionsFit(Frame frame, int headerLength, long nowNs) {
        if (headerLength == Ipv4.MIN_HEADER) {
            return true;
        }
        int verdict = walkOptions(frame.data(), headerLength);
        if (verdict == OPTIONS_GOOD) {
            return true;
        }
        if (verdict == OPTIONS_ROUTE) {
            input.refuse(frame, ip.inHdrErrors, ip.dropSourceRoute);
        } else if (Ipv4.fragmentOffset(frame.data()) != 0) {
            // RFC 1122 section 3.2.2: no error about a fragment that is not the first.
            input.refuse(frame, ip.inHdrErrors, ip.dropOptions);
        } else {
            input.refuseAloud(frame, ip, ip.dropOptions, 0, verdict, nowNs);
        }
        return false;
    }

    /**
     * Options are read over, whatever they are: none is of use to an end host (RFC 1122 section 3.2.1.8). A source route is
     * refused, as RFC 7126 section 4.3 advises.
     *
     * @return {@link #OPTIONS_GOOD}, {@link #OPTIONS_ROUTE}, or the offset of the length byte at fault
     */
    private static int walkOptions(long a, int headerLength) {
        int at = Ipv4.MIN_HEADER;
        while (at < headerLength) {
            int type = Memory.u8(a + at);
            if (type == OPTION_END) {
                break;
            }
            if (type == OPTION_NOP) {
                at++;
                continue;
            }
            int length = at + 1 < headerLength ? Memory.u8(a + at + 1) : 0;
            if (length < 2 || length > headerLength - at) {
                return at + 1;
            }
            if (type == OPTION_LSRR || type == OPTION_SSRR) {
                return OPTIONS_ROUTE;
            }
            at += length;
        }
        return OPTIONS_GOOD;
    }
}
