package dev.braid.stack.ip;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.Udp;
import dev.braid.stack.core.CoreCounters;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.core.Link;
import org.jspecify.annotations.Nullable;

/**
 * Sends what the transports have built: finds the way, puts the IP header in front, sees to the transport's checksum, cuts
 * what does not fit, and hands frames to their device. Core's thread only.
 */
public final class IpOutput {
    private final Routes routes;
    private final PathMtu pathMtu;
    private final CoreCounters counters;
    private final FrameOutput output;
    private final Fragmenter fragmenter;
    private long sent;

    /**
     * An output over these routes.
     *
     * @param frames where fragments are taken from
     * @param output takes every finished frame; the frame names its device
     */
    public IpOutput(
            Routes routes,
            PathMtu pathMtu,
            FramePool frames,
            CoreCounters counters,
            Entropy entropy,
            FrameOutput output) {
        this.routes = routes;
        this.pathMtu = pathMtu;
        this.counters = counters;
        this.output = output;
        this.fragmenter = new Fragmenter(frames, entropy, this);
    }

    /** The links there are. */
    public Routes routes() {
        return routes;
    }

    /**
     * A path of the caller's own between two addresses.
     *
     * @param localHi high half of the local address; unspecified (0,0 or 0.0.0.0) = the link's own choice
     * @return {@code null} when no link that is up has the local address, or none has one of the remote's family
     */
    public @Nullable IpPath route(long localHi, long localLo, long remoteHi, long remoteLo) {
        Link link = routes.choose(localHi, localLo, remoteHi, remoteLo);
        if (link == null) {
            counters.ip(IpAddress.isIpv4(remoteHi, remoteLo) ? 4 : 6).outNoRoutes.increment();
            return null;
        }
        if (!IpAddress.isUnspecified(localHi, localLo)) {
            return new IpPath(pathMtu, link).assign(link, localHi, localLo, remoteHi, remoteLo);
        }
        IpAddress source = link.sourceFor(remoteHi, remoteLo);
        return source == null
                ? null
                : new IpPath(pathMtu, link).assign(link, source.hi(), source.lo(), remoteHi, remoteLo);
    }

    /**
     * A path of the caller's own back to where a packet came from, by the link it came from, also when its destination is a
     * captured address.
     */
    public @Nullable IpPath replyPath(IpHeader received) {
        Link link = routes.link(received.device());
        return link == null ? null : replyOver(new IpPath(pathMtu, link), link, received);
    }

    /**
     * As {@link #replyPath(IpHeader)}, without allocation: fills a path that the caller reuses for packets that belong to no
     * connection.
     *
     * @param reused from {@link #replyPath(IpHeader)}, or {@code null} for the first time
     */
    public @Nullable IpPath replyPath(IpHeader received, @Nullable IpPath reused) {
        Link link = routes.link(received.device());
        if (link == null || reused == null) {
            return replyPath(received);
        }
        return replyOver(reused, link, received);
    }

    private static IpPath replyOver(IpPath path, Link link, IpHeader received) {
        return path.assign(link, received.dstHi(), received.dstLo(), received.srcHi(), received.srcLo());
    }

    /**
     * Sends one packet or super-packet; takes the frame over.
     *
     * <p>TCP sizes its segments to {@link IpPath#mtu()}, or marks a super-segment with {@link Frame#gso}; other protocols may
     * hand over up to 65,535 bytes less headers, which are cut into fragments where they do not fit.
     *
     * @param frame its data starts at the transport header, {@link Frame#HEADROOM_BYTES} of headroom or more in front; the
     *     checksum field need not be set
     * @param protocol {@link Protocol#TCP}, {@link Protocol#UDP}, {@link Protocol#ICMP} or {@link Protocol#ICMPV6}
     * @param ttl time to live or hop limit, 1..255
     * @param trafficClass DSCP and ECN, 0..255
     */
    public void send(IpPath path, Frame frame, int protocol, int ttl, int trafficClass) {
        IpCounters ip = counters.ip(path.version());
        int length = frame.length();
        int packetLength = length + path.headerLength();
        ip.outRequests.increment();
        ip.outOctets.add(packetLength);
        if (!path.up()) {
            ip.outDiscards.increment();
            frame.drop(ip.dropLinkDown);
            return;
        }
        if (length > (path.version() == 4 ? Ipv4.MAX_PACKET - Ipv4.MIN_HEADER : Ipv6.MAX_PAYLOAD)) {
            ip.outDiscards.increment();
            frame.drop(ip.dropTooBig);
            return;
        }
        boolean cut = protocol != Protocol.TCP && frame.gsoType() == Frame.GSO_NONE && packetLength > path.mtu();
        putChecksum(path, frame, protocol, length, cut);
        if (cut) {
            fragmenter.send(path, frame, protocol, ttl, trafficClass, ip);
        } else {
            pushHeader(path, frame, protocol, ttl, trafficClass);
            transmit(path, frame);
        }
    }

    /** Frames handed to the output since the core was made. */
    public long sent() {
        return sent;
    }

    /** Hands over a frame that begins with its IP header. */
    void transmit(IpPath path, Frame frame) {
        sent++;
        output.transmit(frame.device(path.link()));
    }

    private void pushHeader(IpPath path, Frame frame, int protocol, int ttl, int trafficClass) {
        int length = frame.length();
        int header = path.headerLength();
        frame.pushFront(header);
        frame.transportOffset(header);
        long a = frame.data();
        if (path.version() == 4) {
            // RFC 6864 section 4.1: the identification of a datagram that is not and cannot be fragmented means nothing; a
            // constant one tells nobody how many packets we send.
            boolean whole = path.dontFragment();
            Ipv4.write(
                    a,
                    trafficClass,
                    header + length,
                    whole ? 0 : fragmenter.nextIpv4Id(path, protocol),
                    whole ? Ipv4.DONT_FRAGMENT : 0,
                    ttl,
                    protocol,
                    (int) path.localLo(),
                    (int) path.remoteLo());
        } else {
            Ipv6.write(
                    a,
                    trafficClass,
                    0,
                    length,
                    protocol,
                    ttl,
                    path.localHi(),
                    path.localLo(),
                    path.remoteHi(),
                    path.remoteLo());
        }
    }

    private void putChecksum(IpPath path, Frame frame, int protocol, int length, boolean cut) {
        int field = checksumOffset(protocol);
        long transport = frame.require(0, field + 2);
        long pseudo = protocol == Protocol.ICMP ? 0 : path.pseudoSum(protocol, length);
        // A super-packet's checksums are made where it is cut: by the device, or by the software that stands in for it.
        boolean deviceFills = (path.offloads() & Offloads.CHECKSUM) != 0 || frame.gsoType() != Frame.GSO_NONE;
        if (deviceFills && !cut && (protocol == Protocol.TCP || protocol == Protocol.UDP)) {
            HeaderChecksum.putPartial(transport, field, pseudo);
            frame.partialChecksum(path.headerLength(), field);
            return;
        }
        Memory.put16(transport + field, 0);
        int checksum = Checksum.finish(sum(frame, pseudo));
        Memory.put16(transport + field, checksum == 0 && protocol == Protocol.UDP ? 0xffff : checksum);
        frame.checksumState(Frame.CHECKSUM_UNVERIFIED);
    }

    private static long sum(Frame frame, long pseudo) {
        long offset = frame.linearLength();
        long sum = Checksum.sum(frame.data(), frame.linearLength(), pseudo);
        for (int i = 0, n = frame.fragmentCount(); i < n; i++) {
            int length = frame.fragmentLength(i);
            sum = Checksum.sumAt(frame.fragmentAddress(i), length, sum, offset);
            offset += length;
        }
        return sum;
    }

    private static int checksumOffset(int protocol) {
        return switch (protocol) {
            case Protocol.TCP -> Tcp.CHECKSUM_OFFSET;
            case Protocol.UDP -> Udp.CHECKSUM_OFFSET;
            case Protocol.ICMP -> Icmpv4.CHECKSUM_OFFSET;
            case Protocol.ICMPV6 -> Icmpv6.CHECKSUM_OFFSET;
            default -> throw new IllegalArgumentException("no transport of ours has protocol number " + protocol);
        };
    }
}
