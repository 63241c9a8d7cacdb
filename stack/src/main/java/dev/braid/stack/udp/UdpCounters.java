package dev.braid.stack.udp;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;

/**
 * What UDP over one version of IP counts: the kernel's names behind {@code Udp} or {@code Udp6} (RFC 4113), and names of our own for
 * what the kernel does not tell apart.
 */
public final class UdpCounters {
    /** Datagrams that programs were given. */
    public final Counter inDatagrams;
    /** Datagrams to ports nobody has. */
    public final Counter noPorts;
    /** Datagrams dropped for any other reason; each has a reason of its own besides. */
    public final Counter inErrors;
    /** Datagrams sent. */
    public final Counter outDatagrams;
    /** Datagrams dropped because the receive buffer was full. */
    public final Counter rcvbufErrors;
    /** Datagrams not sent for want of memory. */
    public final Counter sndbufErrors;
    /** Datagrams whose checksum was wrong. */
    public final Counter inCsumErrors;
    /** Datagrams whose length field is below 8 or beyond the packet. */
    public final Counter dropLength;
    /** Several datagrams in one frame, which no device is asked to make. */
    public final Counter dropSuper;
    /** ICMP errors that quote no datagram of a connected socket: forged, late, or about a socket that can not tell. */
    public final Counter icmpUnmatched;

    /** Finds or makes the counters whose names begin with {@code prefix}. */
    public UdpCounters(Counters counters, String prefix) {
        inDatagrams = counters.counter(prefix + "InDatagrams");
        noPorts = counters.counter(prefix + "NoPorts");
        inErrors = counters.counter(prefix + "InErrors");
        outDatagrams = counters.counter(prefix + "OutDatagrams");
        rcvbufErrors = counters.counter(prefix + "RcvbufErrors");
        sndbufErrors = counters.counter(prefix + "SndbufErrors");
        inCsumErrors = counters.counter(prefix + "InCsumErrors");
        dropLength = counters.counter(prefix + "DropLength");
        dropSuper = counters.counter(prefix + "DropSuper");
        icmpUnmatched = counters.counter(prefix + "IcmpUnmatched");
    }
}
