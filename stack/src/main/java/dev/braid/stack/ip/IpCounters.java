package dev.braid.stack.ip;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;

/**
 * What one version of IP counts: the kernel's names behind {@code Ip} or {@code Ip6}, and a name for each reason to drop.
 * A dropped packet counts twice, under the kernel's coarse name and under its reason.
 */
public final class IpCounters {
    // The kernel's names.
    /** Packets that arrived, good or bad. */
    public final Counter inReceives;
    /** Bytes in them. */
    public final Counter inOctets;
    /** Packets dropped for an error in their header. */
    public final Counter inHdrErrors;
    /** Packets dropped for an address: not ours, or one that no packet may have. */
    public final Counter inAddrErrors;
    /** Packets for a protocol that nobody here speaks. */
    public final Counter inUnknownProtos;
    /** Good packets dropped for want of memory. */
    public final Counter inDiscards;
    /** Packets handed to a transport. */
    public final Counter inDelivers;
    /** Packets to a multicast address: no group is joined. */
    public final Counter inMcastPkts;
    /** Packets by their ECN field, 0..3 (RFC 3168 section 5). */
    public final Counter[] inEcnPkts;
    /** Packets the transports wanted sent; a super-packet counts once. */
    public final Counter outRequests;
    /** Bytes in them. */
    public final Counter outOctets;
    /** Packets that could not be sent: link down, no memory. */
    public final Counter outDiscards;
    /** Packets for which there was no route. */
    public final Counter outNoRoutes;
    /** Fragments that arrived. */
    public final Counter reasmReqds;
    /** Datagrams put together. */
    public final Counter reasmOks;
    /** Datagrams given up: timeout, overlap, limits. */
    public final Counter reasmFails;
    /** Datagrams given up because a fragment stayed away. */
    public final Counter reasmTimeout;
    /** Datagrams cut into fragments. */
    public final Counter fragOks;
    /** Datagrams that could not be cut. */
    public final Counter fragFails;
    /** Fragments made. */
    public final Counter fragCreates;

    // Reasons.
    /** Shorter than a header, or than its length field says; version neither 4 nor 6. */
    public final Counter dropTruncated;
    /** Header length below 20 or beyond the packet. */
    public final Counter dropHeaderLength;
    /** Header checksum wrong. */
    public final Counter dropHeaderChecksum;
    /** Options or extension headers malformed. */
    public final Counter dropOptions;
    /** A route demanded by the sender: LSRR, SSRR, RH0 and other routing headers. */
    public final Counter dropSourceRoute;
    /** A jumbogram. */
    public final Counter dropJumbogram;
    /** A source that no host can have, or one of our own. */
    public final Counter dropMartianSource;
    /** A destination that is not ours. */
    public final Counter dropNotOurs;
    /** A broadcast destination. */
    public final Counter dropBroadcast;
    /** A multicast destination. */
    public final Counter dropMulticast;
    /** Metadata of the device that contradicts the packet: GSO type, checksum start. */
    public final Counter dropOffload;
    /** A fragment that is no valid piece of a datagram: length, size, end. */
    public final Counter dropFragment;
    /** A first fragment too small to hold what filters look at (RFC 1858, RFC 7112). */
    public final Counter dropTinyFragment;
    /** Fragments that overlapped, or belong to a datagram in which some did (RFC 5722). */
    public final Counter dropFragmentOverlap;
    /** A fragment that came twice. */
    public final Counter dropFragmentDuplicate;
    /** Fragments of datagrams given up to make room, or that have too many pieces. */
    public final Counter dropFragmentLimit;
    /** Fragments of datagrams that stayed incomplete. */
    public final Counter dropFragmentTimeout;
    /** Fragments whose ECN fields contradict one another (RFC 3168 section 5.3). */
    public final Counter dropFragmentEcn;
    /** No frame was free to put a datagram or fragment into. */
    public final Counter dropNoFrame;
    /** A packet that says it carries nothing (IPv6 no next header). */
    public final Counter dropNoPayload;
    /** Sent to a link that is down. */
    public final Counter dropLinkDown;
    /** Larger than IP can carry. */
    public final Counter dropTooBig;

    /** Finds or makes the counters whose names begin with {@code prefix}. */
    public IpCounters(Counters counters, String prefix) {
        inReceives = counters.counter(prefix + "InReceives");
        inOctets = counters.counter(extended(prefix) + "InOctets");
        inHdrErrors = counters.counter(prefix + "InHdrErrors");
        inAddrErrors = counters.counter(prefix + "InAddrErrors");
        inUnknownProtos = counters.counter(prefix + "InUnknownProtos");
        inDiscards = counters.counter(prefix + "InDiscards");
        inDelivers = counters.counter(prefix + "InDelivers");
        inMcastPkts = counters.counter(extended(prefix) + "InMcastPkts");
        inEcnPkts = new Counter[] {
            counters.counter(extended(prefix) + "InNoECTPkts"),
            counters.counter(extended(prefix) + "InECT1Pkts"),
            counters.counter(extended(prefix) + "InECT0Pkts"),
            counters.counter(extended(prefix) + "InCEPkts")
        };
        outRequests = counters.counter(prefix + "OutRequests");
        outOctets = counters.counter(extended(prefix) + "OutOctets");
        outDiscards = counters.counter(prefix + "OutDiscards");
        outNoRoutes = counters.counter(prefix + "OutNoRoutes");
        reasmReqds = counters.counter(prefix + "ReasmReqds");
        reasmOks = counters.counter(prefix + "ReasmOKs");
        reasmFails = counters.counter(prefix + "ReasmFails");
        reasmTimeout = counters.counter(prefix + "ReasmTimeout");
        fragOks = counters.counter(prefix + "FragOKs");
        fragFails = counters.counter(prefix + "FragFails");
        fragCreates = counters.counter(prefix + "FragCreates");
        dropTruncated = counters.counter(prefix + "DropTruncated");
        dropHeaderLength = counters.counter(prefix + "DropHeaderLength");
        dropHeaderChecksum = counters.counter(prefix + "DropHeaderChecksum");
        dropOptions = counters.counter(prefix + "DropOptions");
        dropSourceRoute = counters.counter(prefix + "DropSourceRoute");
        dropJumbogram = counters.counter(prefix + "DropJumbogram");
        dropMartianSource = counters.counter(prefix + "DropMartianSource");
        dropNotOurs = counters.counter(prefix + "DropNotOurs");
        dropBroadcast = counters.counter(prefix + "DropBroadcast");
        dropMulticast = counters.counter(prefix + "DropMulticast");
        dropOffload = counters.counter(prefix + "DropOffload");
        dropFragment = counters.counter(prefix + "DropFragment");
        dropTinyFragment = counters.counter(prefix + "DropTinyFragment");
        dropFragmentOverlap = counters.counter(prefix + "DropFragmentOverlap");
        dropFragmentDuplicate = counters.counter(prefix + "DropFragmentDuplicate");
        dropFragmentLimit = counters.counter(prefix + "DropFragmentLimit");
        dropFragmentTimeout = counters.counter(prefix + "DropFragmentTimeout");
        dropFragmentEcn = counters.counter(prefix + "DropFragmentEcn");
        dropNoFrame = counters.counter(prefix + "DropNoFrame");
        dropNoPayload = counters.counter(prefix + "DropNoPayload");
        dropLinkDown = counters.counter(prefix + "DropLinkDown");
        dropTooBig = counters.counter(prefix + "DropTooBig");
    }

    /** The kernel keeps some of IPv4's counts in a table of its own, IpExt. */
    private static String extended(String prefix) {
        return prefix.equals("Ip") ? "IpExt" : prefix;
    }
}
