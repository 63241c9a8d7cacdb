package dev.braid.stack.core;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.stack.icmp.IcmpCounters;
import dev.braid.stack.ip.IpCounters;
import dev.braid.stack.udp.UdpCounters;

/**
 * Every count the core keeps, under the kernel's MIB names (RFC 4293, RFC 4022, nstat) where the kernel has one. What a
 * packet was dropped for has a name of its own besides, which begins with {@code …Drop}.
 *
 * <p>Written by the core's thread only; readable from anywhere, see {@link Counters}.
 */
public final class CoreCounters {
    /** IPv4: {@code Ip…} and {@code IpDrop…}. */
    public final IpCounters ip4;
    /** IPv6: {@code Ip6…} and {@code Ip6Drop…}. */
    public final IpCounters ip6;
    /** ICMP for IPv4: {@code Icmp…} and {@code IcmpDrop…}. */
    public final IcmpCounters icmp4;
    /** ICMP for IPv6: {@code Icmp6…} and {@code Icmp6Drop…}. */
    public final IcmpCounters icmp6;

    /** UDP over IPv4: {@code Udp…}. */
    public final UdpCounters udp4;
    /** UDP over IPv6: {@code Udp6…}. */
    public final UdpCounters udp6;

    /** Segments dropped for an error in them. */
    public final Counter tcpInErrs;
    /** Segments whose checksum was wrong. */
    public final Counter tcpInCsumErrors;

    /** Frames that arrived from a device the core has no link for. */
    public final Counter dropUnknownDevice;
    /** Frames dropped because an offset in them reached outside. */
    public final Counter dropBounds;
    /** Inputs that ended in an exception: a defect of the stack, reported to the core's hook. */
    public final Counter dropInternalError;
    /** Frames dropped because the core was closed. */
    public final Counter dropClosed;

    /** Finds or makes the counters in {@code counters}. */
    public CoreCounters(Counters counters) {
        ip4 = new IpCounters(counters, "Ip");
        ip6 = new IpCounters(counters, "Ip6");
        icmp4 = new IcmpCounters(counters, "Icmp");
        icmp6 = new IcmpCounters(counters, "Icmp6");
        udp4 = new UdpCounters(counters, "Udp");
        udp6 = new UdpCounters(counters, "Udp6");
        tcpInErrs = counters.counter("TcpInErrs");
        tcpInCsumErrors = counters.counter("TcpInCsumErrors");
        dropUnknownDevice = counters.counter("DropUnknownDevice");
        dropBounds = counters.counter("DropBounds");
        dropInternalError = counters.counter("DropInternalError");
        dropClosed = counters.counter("DropClosed");
    }

    /** The counters of IP version 4 or 6. */
    public IpCounters ip(int version) {
        return version == 4 ? ip4 : ip6;
    }

    /** The counters of ICMP for IP version 4 or 6. */
    public IcmpCounters icmp(int version) {
        return version == 4 ? icmp4 : icmp6;
    }

    /** The counters of UDP over IP version 4 or 6. */
    public UdpCounters udp(int version) {
        return version == 4 ? udp4 : udp6;
    }
}
