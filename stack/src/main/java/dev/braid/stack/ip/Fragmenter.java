package dev.braid.stack.ip;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.Entropy;

/**
 * Cuts a datagram into fragments that fit the path (RFC 791 section 3.2, RFC 8200 section 4.5), and numbers them. Never used
 * by TCP, which sizes its segments itself.
 */
final class Fragmenter {
    private static final int FRAGMENT_HEADER = 8;
    private static final int ID_COUNTERS = 1024;

    private final FramePool frames;
    private final Entropy entropy;
    private final IpOutput output;
    private final int[] ipv4Ids = new int[ID_COUNTERS];
    private final long idKey;

    Fragmenter(FramePool frames, Entropy entropy, IpOutput output) {
        this.frames = frames;
        this.entropy = entropy;
        this.output = output;
        this.idKey = entropy.nextLong() | 1;
        for (int i = 0; i < ID_COUNTERS; i++) {
            ipv4Ids[i] = (int) entropy.nextLong();
        }
    }

    /**
     * The identification of the next datagram along this path that may be fragmented: unique among the last 65,536 to one
     * destination (RFC 6864 section 4.3), and of no use to learn how much is sent to others: destinations share counters by a
     * keyed hash only.
     */
    int nextIpv4Id(IpPath path, int protocol) {
        long mixed = (path.remoteLo() << 32 ^ path.localLo() ^ protocol) * idKey;
        return ipv4Ids[(int) (mixed >>> 54)]++ & 0xffff;
    }

    /** Sends a datagram, checksum in place, in fragments; takes the frame over. */
    void send(IpPath path, Frame frame, int protocol, int ttl, int trafficClass, IpCounters ip) {
        boolean v4 = path.version() == 4;
        int header = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER + FRAGMENT_HEADER;
        int piece = (path.mtu() - header) & ~7;
        int length = frame.length();
        // RFC 7739 section 5.3: IPv6 identifications are simply random; 32 bits make repeats rare enough.
        int id = v4 ? nextIpv4Id(path, protocol) : (int) entropy.nextLong();
        for (int at = 0; at < length; at += piece) {
            int bytes = Math.min(piece, length - at);
            Frame fragment = frames.take(bytes);
            if (fragment == null) {
                ip.fragFails.increment();
                ip.outDiscards.increment();
                frame.drop(ip.dropNoFrame);
                return;
            }
            fragment.resize(bytes);
            Memory.copy(frame.data() + at, fragment.data(), bytes);
            fragment.pushFront(header);
            boolean more = at + bytes < length;
            if (v4) {
                pushIpv4(path, fragment, protocol, ttl, trafficClass, id, at, more);
            } else {
                pushIpv6(path, fragment, protocol, ttl, trafficClass, id, at, more);
            }
            ip.fragCreates.increment();
            output.transmit(path, fragment);
        }
        ip.fragOks.increment();
        frame.release();
    }

    private static void pushIpv4(
            IpPath path, Frame fragment, int protocol, int ttl, int trafficClass, int id, int offset, boolean more) {
        Ipv4.write(
                fragment.data(),
                trafficClass,
                fragment.length(),
                id,
                offset >>> 3 | (more ? Ipv4.MORE_FRAGMENTS : 0),
                ttl,
                protocol,
                (int) path.localLo(),
                (int) path.remoteLo());
    }

    private static void pushIpv6(
            IpPath path, Frame fragment, int protocol, int ttl, int trafficClass, int id, int offset, boolean more) {
        long a = fragment.data();
        Ipv6.write(
                a,
                trafficClass,
                0,
                fragment.length() - Ipv6.HEADER,
                Protocol.FRAGMENT,
                ttl,
                path.localHi(),
                path.localLo(),
                path.remoteHi(),
                path.remoteLo());
        Memory.put32(a + Ipv6.HEADER, protocol << 24 | offset | (more ? 1 : 0));
        Memory.put32(a + Ipv6.HEADER + 4, id);
    }
}
