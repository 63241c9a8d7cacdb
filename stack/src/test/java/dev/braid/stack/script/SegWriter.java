package dev.braid.stack.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.fastpath.wire.TcpOptions;

/** Makes real packets of what a script's peer says; all numbers in the segment are filled in by then. */
final class SegWriter {
    private SegWriter() {}

    /** Where a packet goes and what its relative numbers count from. */
    record Route(IpAddress from, IpAddress to, int srcPort, int dstPort, int isn, int ackBase, int winShift,
            int tsEcrBase) {}

    static Frame write(Seg segment, Route route, FramePool pool) {
        int headerRoom = Tcp.MAX_HEADER + Ipv6.HEADER;
        Frame frame = pool.take(headerRoom + segment.length());
        if (frame == null) {
            throw new IllegalStateException("the script's frame pool is empty");
        }
        int ip = route.to.isIpv4() ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        long tcp = frame.data() + ip;
        int options = writeOptions(segment, route, tcp + Tcp.MIN_HEADER);
        int header = Tcp.MIN_HEADER + options;
        int window = segment.rawWin != null
                ? segment.rawWin
                : segment.win >> (segment.has(Tcp.SYN) ? 0 : route.winShift);
        Tcp.write(
                tcp,
                route.srcPort,
                route.dstPort,
                segment.seq + route.isn,
                segment.ack == null ? 0 : segment.ack + route.ackBase,
                segment.dataOffset == null ? header : segment.dataOffset,
                segment.flags,
                window,
                segment.urgent == null ? 0 : segment.urgent);
        long stream = segment.payloadOf >= 0 ? segment.payloadOf : Pattern.FROM_PEER;
        long inSequence = segment.has(Tcp.SYN) ? segment.seq : segment.seq - 1;
        long firstByte = segment.payloadAt >= 0 ? segment.payloadAt : inSequence;
        Pattern.fill(stream, firstByte, tcp + header, segment.length());
        int transport = header + segment.length();
        frame.resize(ip + transport);
        writeIp(frame.data(), route, transport, segment.ecn == null ? 0 : segment.ecn, Protocol.TCP);
        finishChecksum(segment, frame, tcp, transport, ip);
        return frame;
    }

    static void writeIp(long ip, Route route, int transport, int trafficClass, int protocol) {
        if (route.to.isIpv4()) {
            Ipv4.write(
                    ip,
                    trafficClass,
                    Ipv4.MIN_HEADER + transport,
                    0,
                    Ipv4.DONT_FRAGMENT,
                    64,
                    protocol,
                    route.from.ipv4(),
                    route.to.ipv4());
        } else {
            Ipv6.write(
                    ip,
                    trafficClass,
                    0,
                    transport,
                    protocol,
                    64,
                    route.from.hi(),
                    route.from.lo(),
                    route.to.hi(),
                    route.to.lo());
        }
    }

    private static void finishChecksum(Seg segment, Frame frame, long tcp, int transport, int ip) {
        long pseudo = HeaderChecksum.pseudoHeader(frame.data(), Protocol.TCP, transport);
        if (segment.gso != null && segment.gso > 0) {
            HeaderChecksum.putPartial(tcp, Tcp.CHECKSUM_OFFSET, pseudo);
            frame.partialChecksum(ip, Tcp.CHECKSUM_OFFSET);
            frame.gso(ip == Ipv4.MIN_HEADER ? Frame.GSO_TCP4 : Frame.GSO_TCP6, segment.gso);
            return;
        }
        HeaderChecksum.fillTcp(tcp, transport, pseudo);
        if (segment.badChecksum) {
            Tcp.putChecksum(tcp, Tcp.checksum(tcp) ^ 0x0101);
        }
    }

    private static int writeOptions(Seg segment, Route route, long at) {
        byte[] raw = segment.rawOptions;
        int length = 0;
        if (raw != null) {
            Memory.copyIn(raw, 0, at, raw.length);
            length = raw.length;
        }
        if (segment.mss != null) {
            length += TcpOptionWriter.writeMss(at + length, segment.mss);
        }
        if (segment.sackOk) {
            length += TcpOptionWriter.writeSackPermitted(at + length);
        }
        if (segment.tsVal != null && segment.tsEcr != null) {
            length += TcpOptionWriter.writeTimestamps(at + length, segment.tsVal, segment.tsEcr + route.tsEcrBase);
        }
        if (segment.wscale != null) {
            length += TcpOptionWriter.writeWindowScale(at + length, segment.wscale);
        }
        length += writeSack(segment.sack, route, at + length);
        for (byte[] extra : segment.unknownOptions) {
            Memory.copyIn(extra, 0, at + length, extra.length);
            length += extra.length;
        }
        assertThat(length).as("bytes of options in %s", segment).isLessThanOrEqualTo(Tcp.MAX_HEADER - Tcp.MIN_HEADER);
        return length + TcpOptionWriter.writePadding(at + length, length);
    }

    private static int writeSack(int[] edges, Route route, long at) {
        if (edges == null) {
            return 0;
        }
        Memory.put8(at, TcpOptions.KIND_SACK);
        Memory.put8(at + 1, 2 + 4 * edges.length);
        for (int i = 0; i < edges.length; i++) {
            Memory.put32(at + 2 + 4L * i, edges[i] + route.ackBase);
        }
        return 2 + 4 * edges.length;
    }
}
