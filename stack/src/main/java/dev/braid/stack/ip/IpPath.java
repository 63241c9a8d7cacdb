package dev.braid.stack.ip;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.stack.core.Link;

/**
 * One way from one local address to one remote address over one link: what a connection holds and sends along.
 *
 * <p>The addresses and the link stay; MTU, offloads and whether the link is up follow the world. Core's thread only.
 */
public final class IpPath {
    private final PathMtu pathMtu;
    private Link link;
    private int version;
    private long localHi;
    private long localLo;
    private long remoteHi;
    private long remoteLo;
    private long addressSum;
    private int seenGeneration;
    private int learnedMtu;
    private boolean fragmentable;

    IpPath(PathMtu pathMtu, Link link) {
        this.pathMtu = pathMtu;
        this.link = link;
    }

    /** Makes this the path between two addresses of one family. */
    IpPath assign(Link link, long localHi, long localLo, long remoteHi, long remoteLo) {
        this.link = link;
        this.version = IpAddress.isIpv4(remoteHi, remoteLo) ? 4 : 6;
        this.localHi = localHi;
        this.localLo = localLo;
        this.remoteHi = remoteHi;
        this.remoteLo = remoteLo;
        this.addressSum = Checksum.pseudoHeader(localHi, localLo, remoteHi, remoteLo, 0, 0);
        refresh();
        return this;
    }

    private void refresh() {
        seenGeneration = pathMtu.generation();
        learnedMtu = pathMtu.mtu(link.index(), remoteHi, remoteLo);
        fragmentable = pathMtu.fragmentable(link.index(), remoteHi, remoteLo);
    }

    /** The index of the link, which is that of its device. */
    public int link() {
        return link.index();
    }

    /** The name of the link, for people. */
    public String linkName() {
        return link.name();
    }

    /** The scope of the link. */
    public int scope() {
        return link.scope();
    }

    /** Whether the link is up. */
    public boolean up() {
        return link.up();
    }

    /** The version of IP, 4 or 6. */
    public int version() {
        return version;
    }

    /** High half of the local address. */
    public long localHi() {
        return localHi;
    }

    /** Low half of the local address. */
    public long localLo() {
        return localLo;
    }

    /** High half of the remote address. */
    public long remoteHi() {
        return remoteHi;
    }

    /** Low half of the remote address. */
    public long remoteLo() {
        return remoteLo;
    }

    /**
     * The largest packet, in bytes of IP, that is believed to reach the remote host uncut: the link's MTU or less where ICMP
     * said so. May change at any input; costs two compares.
     */
    public int mtu() {
        if (seenGeneration != pathMtu.generation()) {
            refresh();
        }
        return Math.min(link.mtu(), learnedMtu);
    }

    /** The largest packet that the link takes, in bytes of IP, whatever the rest of the way does. */
    public int linkMtu() {
        return link.mtu();
    }

    /**
     * Believes an ICMP message, which the caller has verified, that says what fits (RFC 1191 section 6, RFC 8201 section 4):
     * packets along this path, of every connection, are no larger from now on and until it is forgotten.
     *
     * <p>IPv4 never goes below the configured floor: where less is claimed, the floor is used and routers may cut. IPv6 never
     * goes below 1,280, and a claim of less is ignored (RFC 8201 section 4). A claim of more than the present MTU is ignored.
     *
     * @param mtu bytes of IP
     * @return whether anything changed
     */
    public boolean lowerMtu(int mtu, long nowNs) {
        return pathMtu.lower(link.index(), version == 4, remoteHi, remoteLo, mtu, mtu(), nowNs);
    }

    /** Whether packets are sent with "don't fragment": always, but where the way is too narrow for our smallest MTU. */
    boolean dontFragment() {
        if (seenGeneration != pathMtu.generation()) {
            refresh();
        }
        return !fragmentable;
    }

    /** What the link's device does for the stack: bits of {@link dev.braid.fastpath.device.Offloads}. */
    public int offloads() {
        return link.offloads();
    }

    /** Bytes of the IP header that is pushed in front of what is sent: 20 or 40. */
    public int headerLength() {
        return version == 4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
    }

    /**
     * The sum of the pseudo-header of a packet along this path, for {@link Checksum}.
     *
     * @param length bytes of transport header and payload
     */
    public long pseudoSum(int protocol, int length) {
        return addressSum + protocol + length;
    }

    @Override
    public String toString() {
        return new IpAddress(localHi, localLo) + " > " + new IpAddress(remoteHi, remoteLo) + " by " + link.name();
    }
}
