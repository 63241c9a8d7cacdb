package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.TransportLocator;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import org.jspecify.annotations.Nullable;

/**
 * A NAT that forgets: it gives every inside endpoint of TCP, UDP and echo a port of its own outside, for as long as packets
 * pass, and drops what comes in for a port that is nobody's (RFC 4787, RFC 5382: endpoint-independent mapping and filtering).
 *
 * <p>Fragments, ICMP errors and other protocols do not pass it; a NAT of the poor kind, which is the kind to test against. What
 * neighbours on an Ethernet tell each other passes as it is: all that is not IP (as ARP), and Neighbor Discovery (RFC 4861).
 * Both directions are one object and one thread's.
 */
public final class Nat {
    private static final int ROUTER_SOLICITATION = 133;
    private static final int REDIRECT = 137;

    private final NatTable table;
    private final @Nullable IpAddress outsideV4;
    private final @Nullable IpAddress outsideV6;
    private final Counter unknown;
    private final Counter unsupported;
    private final Counter full;
    private final TransportLocator transport = new TransportLocator();

    /**
     * A NAT without mappings.
     *
     * @param timeoutNs how long a mapping outlives its last packet, in nanoseconds
     * @param outsideV4 what inside IPv4 addresses look like outside, or {@code null} to change ports alone
     * @param outsideV6 the same for IPv6
     * @param counters gets {@code Nat.mappings}, {@code Nat.forgotten} and the reasons of drops
     */
    public Nat(
            long timeoutNs, @Nullable IpAddress outsideV4, @Nullable IpAddress outsideV6, Counters counters) {
        this.outsideV4 = outsideV4;
        this.outsideV6 = outsideV6;
        this.unknown = counters.counter("Nat.dropUnknown");
        this.unsupported = counters.counter("Nat.dropUnsupported");
        this.full = counters.counter("Nat.dropFull");
        this.table = new NatTable(timeoutNs, counters.counter("Nat.mappings"), counters.counter("Nat.forgotten"));
    }

    /** The direction from inside to outside. */
    public Middlebox outbound() {
        return this::onOutbound;
    }

    /** The direction from outside to inside. */
    public Middlebox inbound() {
        return this::onInbound;
    }

    private void onOutbound(Frame frame, long nowNs, FrameOutput forward) {
        if (isNeighbours(frame)) {
            forward.transmit(frame);
            return;
        }
        int port = translatable(frame, true);
        if (port < 0) {
            frame.drop(unsupported);
            return;
        }
        long ip = frame.data();
        boolean v4 = transport.version() == 4;
        long hi = v4 ? Ipv4.MAPPED_HI : Ipv6.srcHi(ip);
        long lo = v4 ? Ipv4.srcLo(ip) : Ipv6.srcLo(ip);
        NatTable.Mapping mapping = table.outbound(protocol(), hi, lo, port, nowNs);
        if (mapping == null) {
            frame.drop(full);
            return;
        }
        IpAddress outside = v4 ? outsideV4 : outsideV6;
        long newHi = outside == null ? hi : outside.hi();
        long newLo = outside == null ? lo : outside.lo();
        rewrite(frame, true, newHi, newLo, mapping.outsidePort);
        forward.transmit(frame);
    }

    private void onInbound(Frame frame, long nowNs, FrameOutput forward) {
        if (isNeighbours(frame)) {
            forward.transmit(frame);
            return;
        }
        int port = translatable(frame, false);
        if (port < 0) {
            frame.drop(unsupported);
            return;
        }
        NatTable.Mapping mapping = table.inbound(protocol(), port, nowNs);
        if (mapping == null) {
            frame.drop(unknown);
            return;
        }
        rewrite(frame, false, mapping.insideHi, mapping.insideLo, mapping.insidePort);
        forward.transmit(frame);
    }

    private static boolean isNeighbours(Frame frame) {
        long packet = frame.data();
        int length = frame.linearLength();
        int version = length == 0 ? 0 : (Memory.u8(packet) >>> 4);
        if (version == 4) {
            return false;
        }
        if (version != 6) {
            return true;
        }
        return length >= Ipv6.HEADER + Icmpv6.HEADER
                && Ipv6.nextHeader(packet) == Protocol.ICMPV6
                && Icmpv6.type(packet + Ipv6.HEADER) >= ROUTER_SOLICITATION
                && Icmpv6.type(packet + Ipv6.HEADER) <= REDIRECT;
    }

    /** The protocol, apart for the two versions of IP: each has ports of its own. */
    private int protocol() {
        return transport.version() << 8 | transport.protocol();
    }

    /**
     * The inside host's port, or echo's identifier, as the packet has it.
     *
     * @param source whether it is the sender's
     * @return -1 when the packet cannot be translated
     */
    private int translatable(Frame frame, boolean source) {
        long packet = frame.data();
        int length = frame.linearLength();
        if (!transport.locate(packet, length, length)) {
            return -1;
        }
        long at = packet + transport.offset();
        int room = transport.end() - transport.offset();
        return switch (transport.protocol()) {
            case Protocol.TCP -> room < Tcp.MIN_HEADER ? -1 : source ? Tcp.srcPort(at) : Tcp.dstPort(at);
            case Protocol.UDP -> room < Udp.HEADER ? -1 : source ? Udp.srcPort(at) : Udp.dstPort(at);
            case Protocol.ICMP -> room >= Icmpv4.HEADER
                    && Icmpv4.type(at) == (source ? Icmpv4.ECHO_REQUEST : Icmpv4.ECHO_REPLY)
                            ? Icmpv4.identifier(at)
                            : -1;
            case Protocol.ICMPV6 -> room >= Icmpv6.HEADER
                    && Icmpv6.type(at) == (source ? Icmpv6.ECHO_REQUEST : Icmpv6.ECHO_REPLY)
                            ? Icmpv6.identifier(at)
                            : -1;
            default -> -1;
        };
    }

    /** Puts another address and port in; every checksum is corrected by the difference, so a wrong one stays wrong. */
    private void rewrite(Frame frame, boolean source, long hi, long lo, int port) {
        long ip = frame.data();
        long at = ip + transport.offset();
        int protocol = transport.protocol();
        boolean echo = protocol == Protocol.ICMP || protocol == Protocol.ICMPV6;
        long portField = echo ? at + 4 : source ? at : at + 2;
        long checksumField = at + switch (protocol) {
            case Protocol.TCP -> Tcp.CHECKSUM_OFFSET;
            case Protocol.UDP -> Udp.CHECKSUM_OFFSET;
            default -> Icmpv4.CHECKSUM_OFFSET;
        };
        boolean none = protocol == Protocol.UDP && Memory.u16(checksumField) == 0;
        difference = 0;
        replace16(portField, port);
        long portDifference = difference;
        if (transport.version() == 4) {
            replace32(ip + (source ? 12 : 16), (int) lo);
            HeaderChecksum.fillIpv4(ip);
        } else {
            long address = ip + (source ? 8 : 24);
            replace32(address, (int) (hi >>> 32));
            replace32(address + 4, (int) hi);
            replace32(address + 8, (int) (lo >>> 32));
            replace32(address + 12, (int) lo);
        }
        if (!none) {
            // ICMPv4 has no pseudo-header: its checksum does not cover the addresses.
            long covered = protocol == Protocol.ICMP ? portDifference : difference;
            long sum = (~Memory.u16(checksumField) & 0xffff) + covered;
            while (sum >>> 16 != 0) {
                sum = (sum & 0xffff) + (sum >>> 16);
            }
            int checksum = (int) (~sum & 0xffff);
            Memory.put16(checksumField, protocol == Protocol.UDP && checksum == 0 ? 0xffff : checksum);
        }
    }

    /** What the words replaced so far add to a sum (RFC 1624 section 3). */
    private long difference;

    private void replace16(long at, int value) {
        difference += (~Memory.u16(at) & 0xffff) + (value & 0xffff);
        Memory.put16(at, value);
    }

    private void replace32(long at, int value) {
        replace16(at, value >>> 16);
        replace16(at + 2, value);
    }
}
