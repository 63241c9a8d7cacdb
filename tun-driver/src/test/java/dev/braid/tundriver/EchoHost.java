package dev.braid.tundriver;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Icmpv4;
import dev.braid.fastpath.wire.Icmpv6;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Just enough of a host behind a TUN: it answers pings, and sends every byte of the one TCP connection it takes back in the
 * shape it came in, super-frames as super-frames. Nothing is retransmitted: a TUN with a long queue loses nothing.
 */
public final class EchoHost {
    private static final int ISS = 0x7fff_fff0;
    private static final int WINDOW = 65_535;

    /** What was answered so far. */
    public final AtomicInteger pings = new AtomicInteger();

    /** Bytes of the largest TCP packet that came, and that was sent back. */
    public final AtomicInteger largestIn = new AtomicInteger();

    public final AtomicInteger largestOut = new AtomicInteger();

    private int rcvNxt;
    private int sndNxt;

    /**
     * Turns the packet at {@code ip} into its answer, in place. The checksum of a TCP answer is left partial: it is to be
     * completed from {@link #transportOffset}.
     *
     * @return the answer's length, 0 for none
     */
    public int answer(long ip, int length) {
        boolean v4 = Ipv4.version(ip) == 4;
        int ipHeader = transportOffset(ip);
        if (isTcp(ip)) {
            largestIn.accumulateAndGet(length, Math::max);
            return tcp(ip, ipHeader, length);
        }
        int protocol = v4 ? Ipv4.protocol(ip) : Ipv6.nextHeader(ip);
        return protocol == (v4 ? Protocol.ICMP : Protocol.ICMPV6) ? ping(ip, ipHeader, length, v4) : 0;
    }

    /** Whether the packet is TCP. */
    public static boolean isTcp(long ip) {
        return (Ipv4.version(ip) == 4 ? Ipv4.protocol(ip) : Ipv6.nextHeader(ip)) == Protocol.TCP;
    }

    /** Where the transport header starts. */
    public static int transportOffset(long ip) {
        return Ipv4.version(ip) == 4 ? Ipv4.headerLength(ip) : Ipv6.HEADER;
    }

    private int ping(long ip, int ipHeader, int length, boolean v4) {
        long at = ip + ipHeader;
        int request = v4 ? Icmpv4.ECHO_REQUEST : Icmpv6.ECHO_REQUEST;
        int reply = v4 ? Icmpv4.ECHO_REPLY : Icmpv6.ECHO_REPLY;
        if (Icmpv4.type(at) != request) {
            return 0;
        }
        int checksum = Checksum.update16(Icmpv4.checksum(at), request << 8, reply << 8);
        Icmpv4.putType(at, reply);
        Icmpv4.putChecksum(at, checksum);
        swapAddresses(ip, v4);
        pings.incrementAndGet();
        return length;
    }

    private int tcp(long ip, int ipHeader, int length) {
        long at = ip + ipHeader;
        int tcpHeader = Tcp.dataOffset(at);
        int payload = length - ipHeader - tcpHeader;
        int flags = Tcp.flags(at);
        if ((flags & Tcp.SYN) != 0) {
            rcvNxt = Tcp.seq(at) + 1;
            sndNxt = ISS + 1;
            return reply(ip, ipHeader, Tcp.MIN_HEADER + TcpOptionWriter.MSS_LENGTH, 0, ISS, Tcp.SYN | Tcp.ACK);
        }
        int fin = (flags & Tcp.FIN) != 0 ? 1 : 0;
        if (Tcp.seq(at) != rcvNxt || payload + fin == 0) {
            return 0;
        }
        int seq = sndNxt;
        rcvNxt += payload + fin;
        sndNxt += payload + fin;
        largestOut.accumulateAndGet(length, Math::max);
        return reply(ip, ipHeader, tcpHeader, payload, seq, Tcp.ACK | (fin != 0 ? Tcp.FIN : 0));
    }

    /** Turns a segment round. Its payload stays. */
    private int reply(long ip, int ipHeader, int tcpHeader, int payload, int seq, int flags) {
        boolean v4 = Ipv4.version(ip) == 4;
        long at = ip + ipHeader;
        swapAddresses(ip, v4);
        Tcp.write(at, Tcp.dstPort(at), Tcp.srcPort(at), seq, rcvNxt, tcpHeader, flags, WINDOW, 0);
        if ((flags & Tcp.SYN) != 0) {
            TcpOptionWriter.writeMss(at + Tcp.MIN_HEADER, v4 ? 1460 : 1440);
        }
        int segment = tcpHeader + payload;
        long sum;
        if (v4) {
            Ipv4.write(ip, 0, ipHeader + segment, 0, Ipv4.DONT_FRAGMENT, 64, Protocol.TCP, Ipv4.src(ip), Ipv4.dst(ip));
            sum = Checksum.pseudoHeader(Ipv4.src(ip), Ipv4.dst(ip), Protocol.TCP, segment);
        } else {
            Ipv6.putPayloadLength(ip, segment);
            sum = Checksum.pseudoHeader(
                    Ipv6.srcHi(ip), Ipv6.srcLo(ip), Ipv6.dstHi(ip), Ipv6.dstLo(ip), Protocol.TCP, segment);
        }
        Tcp.putChecksum(at, Checksum.fold(sum));
        return ipHeader + segment;
    }

    private static void swapAddresses(long ip, boolean v4) {
        int offset = v4 ? 12 : 8;
        int bytes = v4 ? 4 : 16;
        for (int i = 0; i < bytes; i++) {
            int mine = Memory.u8(ip + offset + i);
            Memory.put8(ip + offset + i, Memory.u8(ip + offset + bytes + i));
            Memory.put8(ip + offset + bytes + i, mine);
        }
    }
}
