package dev.braid.stack.fuzz;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import java.io.ByteArrayOutputStream;

/** A segment as the peer of a {@link FuzzedFlow} would send it, or somebody who knows the flow and means ill. */
final class ForgedSegment {
    private final FuzzedFlow flow;
    private final ByteArrayOutputStream options = new ByteArrayOutputStream();
    int seq;
    int ack;
    int flags = Tcp.ACK;
    int window = 60_000;
    int urgent;
    int payload;
    int trafficClass;
    /** Where the payload lies in the stream; negative = where its sequence number says. */
    int place = -1;

    ForgedSegment(FuzzedFlow flow) {
        this.flow = flow;
        seq = flow.peerNxt;
        ack = flow.sndNxt;
    }

    /** What an honest peer would answer to the flow's last segment. */
    static ForgedSegment honest(FuzzedFlow flow) {
        var segment = new ForgedSegment(flow);
        boolean syn = (flow.lastFlags & Tcp.SYN) != 0;
        if (syn && !flow.acked) {
            segment.seq = flow.peerIss;
            segment.flags = Tcp.SYN | Tcp.ACK;
            segment.syn(flow.timestamps, true);
        } else if (!flow.opened) {
            segment.seq = flow.peerIss;
            segment.flags = Tcp.SYN;
            segment.syn(true, true);
        } else {
            segment.stamp();
        }
        return segment;
    }

    /** Adds the options of a SYN. */
    ForgedSegment syn(boolean timestamps, boolean scale) {
        option(2, 4, 1460 >>> 8, 1460 & 255);
        option(4, 2);
        if (timestamps) {
            stamps(flow.tsVal);
        }
        return scale ? option(1, 3, 3, 7) : this;
    }

    /** Adds timestamps if the flow has them. */
    ForgedSegment stamp() {
        if (flow.timestamps && options.size() <= Tcp.MAX_OPTIONS - TcpOptionWriter.ALIGNED_TIMESTAMPS_LENGTH) {
            option(1, 1);
            stamps(flow.tsVal);
        }
        return this;
    }

    private void stamps(int echo) {
        int now = flow.peerClock++;
        option(8, 10, now >>> 24, now >>> 16, now >>> 8, now, echo >>> 24, echo >>> 16, echo >>> 8, echo);
    }

    /** Adds option bytes as they stand, as long as there is room. */
    ForgedSegment option(byte[] bytes) {
        if (options.size() + bytes.length <= Tcp.MAX_OPTIONS) {
            options.writeBytes(bytes);
        }
        return this;
    }

    /** Adds option bytes as they stand, as long as there is room. */
    ForgedSegment option(int... bytes) {
        if (options.size() + bytes.length <= Tcp.MAX_OPTIONS) {
            for (int b : bytes) {
                options.write(b);
            }
        }
        return this;
    }

    /** The packet, its payload and checksums right; {@code null} when no frame is left. */
    Frame build(FuzzedCore core) {
        while ((options.size() & 3) != 0) {
            options.write(1);
        }
        boolean v4 = flow.version == 4;
        int ip = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        int header = Tcp.MIN_HEADER + options.size();
        int length = Math.min(ip + header + payload, Ipv4.MAX_PACKET);
        Frame frame = core.frame(new byte[length]);
        if (frame == null) {
            return null;
        }
        long a = frame.data();
        IpAddress from = flow.peer;
        IpAddress to = flow.host;
        if (v4) {
            Ipv4.write(a, trafficClass, length, flow.peerClock, 0, 64, Protocol.TCP, from.ipv4(), to.ipv4());
        } else {
            Ipv6.write(a, trafficClass, 0, length - ip, Protocol.TCP, 64, from.hi(), from.lo(), to.hi(), to.lo());
        }
        Tcp.write(a + ip, flow.remotePort, flow.localPort, seq, ack, header, flags, window, urgent);
        byte[] bytes = options.toByteArray();
        Memory.copyIn(bytes, 0, a + ip + Tcp.MIN_HEADER, bytes.length);
        mend(frame);
        if (place >= 0 && payload > 0) {
            put(frame, a + ip, length - ip, header);
        }
        return frame;
    }

    /** The payload is another piece of the stream than the sequence number says. */
    private void put(Frame frame, long tcp, int length, int header) {
        for (int i = header; i < length; i++) {
            Memory.put8(tcp + i, FuzzedFlow.byteAt(place + i - header));
        }
        HeaderChecksum.fillTcp(tcp, length, HeaderChecksum.pseudoHeader(frame.data(), Protocol.TCP, length));
    }

    /** Makes payload and checksums of a TCP packet what its header says; leaves what is no such packet as it is. */
    static void mend(Frame frame) {
        long a = frame.data();
        if (!frame.has(0, Ipv6.HEADER)) {
            return;
        }
        boolean v4 = Ipv4.version(a) == 4;
        int ip = v4 ? Ipv4.headerLength(a) : Ipv6.HEADER;
        int protocol = v4 ? Ipv4.protocol(a) : Ipv6.nextHeader(a);
        if (v4 && ip >= Ipv4.MIN_HEADER && frame.has(0, ip)) {
            HeaderChecksum.fillIpv4(a);
        }
        int length = frame.linearLength() - ip;
        if (protocol != Protocol.TCP || length < Tcp.MIN_HEADER || (!v4 && Ipv4.version(a) != 6)) {
            return;
        }
        long tcp = a + ip;
        int first = Tcp.seq(tcp) + ((Tcp.flags(tcp) & Tcp.SYN) >>> 1);
        int header = Tcp.dataOffset(tcp);
        for (int i = header; i < length; i++) {
            Memory.put8(tcp + i, FuzzedFlow.byteAt(first + i - header));
        }
        HeaderChecksum.fillTcp(tcp, length, HeaderChecksum.pseudoHeader(a, Protocol.TCP, length));
    }
}
