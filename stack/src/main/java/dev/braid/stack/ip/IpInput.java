package dev.braid.stack.ip;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBoundsException;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.core.Link;
import dev.braid.stack.icmp.IcmpCounters;
import dev.braid.stack.timer.TimerWheel;
import dev.braid.stack.udp.UdpCounters;
import org.jspecify.annotations.Nullable;

/**
 * Takes every packet that arrives, drops the bad ones each under its reason, puts fragments together, verifies the
 * transport's checksum, and hands the rest to the {@link IpUser}. Core's thread only.
 *
 * <p>A packet is ours when the link it came by accepts its destination: the strong host model (RFC 1122 section 3.3.4.2), so
 * that nobody reaches the address of one link by way of another.
 */
public final class IpInput {
    private final Routes routes;
    private final CoreCounters counters;
    private final IpUser user;
    private final Reassembly reassembly;
    private final Ipv4Input ipv4;
    private final Ipv6Input ipv6;
    private final IpHeader header = new IpHeader();
    private @Nullable Frame held;

    /**
     * An input for the links of these routes.
     *
     * @param frames where reassembled datagrams are taken from
     */
    public IpInput(
            CoreConfig config, Routes routes, FramePool frames, CoreCounters counters, TimerWheel wheel, IpUser user) {
        this.routes = routes;
        this.counters = counters;
        this.user = user;
        this.reassembly = new Reassembly(config, frames, counters, wheel, user);
        this.ipv4 = new Ipv4Input(this, reassembly, counters.ip4);
        this.ipv6 = new Ipv6Input(this, reassembly, counters.ip6);
    }

    /**
     * Takes a frame that arrived; it is passed on, kept for reassembly, or dropped.
     *
     * @throws FrameBoundsException when an offset reached outside the frame and nothing before had noticed: then
     *     {@link #takeHeld} still has the frame
     */
    public void receive(Frame frame, long nowNs) {
        held = frame;
        Link link = routes.link(frame.device());
        if (link == null) {
            drop(frame, counters.dropUnknownDevice);
            return;
        }
        header.from(link.index(), link.scope());
        int version = frame.has(0, 1) ? Ipv4.version(frame.data()) : 0;
        if (version == 6) {
            ipv6.receive(frame, link, header, nowNs);
        } else {
            ipv4.receive(frame, link, header, nowNs);
        }
    }

    /** The frame of the last {@link #receive} if it was not passed on, kept or dropped, else {@code null}: the caller's now. */
    public @Nullable Frame takeHeld() {
        Frame frame = held;
        held = null;
        return frame;
    }

    /** The fragments that wait for others. */
    public Reassembly reassembly() {
        return reassembly;
    }

    /** Hands a whole packet up; {@code header} is complete. */
    void deliver(Frame frame, IpCounters ip, long nowNs) {
        frame.transportOffset(header.headerLength());
        ip.inEcnPkts[header.trafficClass() & 3].add(packets(frame));
        if (!offloadFits(frame)) {
            refuse(frame, ip.inHdrErrors, ip.dropOffload);
            return;
        }
        if (isDamaged(frame)) {
            refuseDamaged(frame);
            return;
        }
        if (header.protocol() == Protocol.NO_NEXT_HEADER && header.version() == 6) {
            drop(frame, ip.dropNoPayload);
            return;
        }
        ip.inDelivers.increment();
        held = null;
        user.onPacket(frame, header, nowNs);
    }

    /** How many packets of the wire the frame is; only a last one of a few bytes may be missed, for headers differ in length. */
    private int packets(Frame frame) {
        int size = frame.gsoSize();
        return size <= 0 ? 1 : Math.max(1, (header.transportLength() - Tcp.MAX_HEADER - 1) / size + 1);
    }

    /** Gives a fragment to the reassembly, which completes a datagram now and then. */
    @Nullable
    Frame reassemble(Frame fragment, int id, int offset, boolean more, long nowNs) {
        held = null;
        Frame whole = reassembly.add(fragment, header, id, offset, more, nowNs);
        held = whole;
        return whole;
    }

    /** Whether the packet may come from where it says and go where it says; dropped if not. */
    boolean admit(Frame frame, Link link, IpCounters ip) {
        long hi = header.dstHi();
        long lo = header.dstLo();
        if (!link.accepts(hi, lo)) {
            if (IpAddress.isMulticast(hi, lo)) {
                ip.inMcastPkts.increment();
                drop(frame, ip.dropMulticast);
            } else if (link.isBroadcast(hi, lo)) {
                drop(frame, ip.dropBroadcast);
            } else {
                refuse(frame, ip.inAddrErrors, ip.dropNotOurs);
            }
            return false;
        }
        if (isMartian(link, header.srcHi(), header.srcLo())) {
            refuse(frame, ip.inAddrErrors, ip.dropMartianSource);
            return false;
        }
        return true;
    }

    /** A source that no packet from this link can have (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5). */
    private boolean isMartian(Link link, long hi, long lo) {
        boolean thisNetwork = IpAddress.isIpv4(hi, lo) && (lo >>> 24 & 0xff) == 0;
        return thisNetwork
                || !link.isUnicast(hi, lo)
                || IpAddress.isLoopback(hi, lo)
                || (hi == header.dstHi() && lo == header.dstLo())
                || routes.owns(link.scope(), hi, lo);
    }

    /** Drops a packet under the kernel's name and under the reason. */
    void refuse(Frame frame, Counter mib, Counter reason) {
        mib.increment();
        drop(frame, reason);
    }

    /** As {@link #refuse}, and its sender is told where the error is. */
    void refuseAloud(Frame frame, IpCounters ip, Counter reason, int code, int pointer, long nowNs) {
        ip.inHdrErrors.increment();
        user.onParameterProblem(frame, header, code, pointer, nowNs);
        drop(frame, reason);
    }

    void drop(Frame frame, Counter reason) {
        held = null;
        frame.drop(reason);
    }

    /** What the device says of the packet is hostile input too: it must not contradict what the packet says. */
    private boolean offloadFits(Frame frame) {
        int protocol = header.protocol();
        boolean partialFits = frame.checksumState() != Frame.CHECKSUM_PARTIAL
                || (frame.checksumStart() == header.headerLength()
                        && frame.checksumOffset() == checksumOffset(protocol));
        return partialFits && switch (frame.gsoType()) {
            case Frame.GSO_NONE -> true;
            case Frame.GSO_TCP4 -> header.version() == 4 && protocol == Protocol.TCP && frame.gsoSize() > 0;
            case Frame.GSO_TCP6 -> header.version() == 6 && protocol == Protocol.TCP && frame.gsoSize() > 0;
            case Frame.GSO_UDP -> protocol == Protocol.UDP && frame.gsoSize() > 0;
            default -> false;
        };
    }

    private int checksumOffset(int protocol) {
        return switch (protocol) {
            case Protocol.TCP -> Tcp.CHECKSUM_OFFSET;
            case Protocol.UDP -> Udp.CHECKSUM_OFFSET;
            case Protocol.ICMP -> header.version() == 4 ? Icmpv4.CHECKSUM_OFFSET : -1;
            case Protocol.ICMPV6 -> header.version() == 6 ? Icmpv6.CHECKSUM_OFFSET : -1;
            default -> -1;
        };
    }

    /** Whether the transport's checksum is wrong. One that nobody here knows how to compute is right. */
    private boolean isDamaged(Frame frame) {
        if (frame.checksumState() != Frame.CHECKSUM_UNVERIFIED) {
            return false;
        }
        int protocol = header.protocol();
        boolean v4 = header.version() == 4;
        int offset = checksumOffset(protocol);
        int length = header.transportLength();
        // Too short for its own header: the transport drops it under a name that says so.
        if (offset < 0 || length < offset + 2) {
            return false;
        }
        long transport = frame.require(header.headerLength(), length);
        if (protocol == Protocol.UDP && Udp.checksum(transport) == 0) {
            // No checksum, which IPv6 forbids (RFC 768, RFC 8200 section 8.1).
            return !v4;
        }
        long pseudo = v4 && protocol == Protocol.ICMP
                ? 0
                : Checksum.pseudoHeader(
                        header.srcHi(), header.srcLo(), header.dstHi(), header.dstLo(), protocol, length);
        if (!Checksum.isValid(Checksum.sum(transport, length, pseudo))) {
            return true;
        }
        frame.checksumState(Frame.CHECKSUM_VALID);
        return false;
    }

    private void refuseDamaged(Frame frame) {
        switch (header.protocol()) {
            case Protocol.TCP -> refuse(frame, counters.tcpInErrs, counters.tcpInCsumErrors);
            case Protocol.UDP -> {
                UdpCounters udp = counters.udp(header.version());
                refuse(frame, udp.inErrors, udp.inCsumErrors);
            }
            default -> {
                IcmpCounters icmp = counters.icmp(header.version());
                icmp.inMsgs.increment();
                refuse(frame, icmp.inErrors, icmp.inCsumErrors);
            }
        }
    }
}
