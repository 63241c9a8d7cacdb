package dev.braid.stack.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.OptionSink;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.ArrayList;
import java.util.List;

/** Reads what the host under test sent back out of its bytes, and checks what every packet owes: lengths and checksums. */
final class SegReader {
    private final long scratch;
    private final TcpOptions options = new TcpOptions();
    private final List<byte[]> unknown = new ArrayList<>();

    int length;
    int transport;
    int protocol;
    int trafficClass;
    int hopLimit;
    IpAddress src;
    IpAddress dst;

    /** Needs 66,000 bytes to work in. */
    SegReader(long scratch) {
        this.scratch = scratch;
    }

    /** The address of the packet's first byte, until the next read. */
    long packet() {
        return scratch;
    }

    long transportAddress() {
        return scratch + transport;
    }

    /** Reads the IP header and checks the transport checksum; the frame stays the caller's. */
    void read(Frame frame) {
        length = frame.length();
        frame.copyTo(scratch);
        if (Ipv4.version(scratch) == 4) {
            assertThat(Ipv4.totalLength(scratch)).as("total length").isEqualTo(length);
            assertThat(HeaderChecksum.verifyIpv4(scratch)).as("IP checksum").isTrue();
            transport = Ipv4.headerLength(scratch);
            protocol = Ipv4.protocol(scratch);
            trafficClass = Ipv4.trafficClass(scratch);
            hopLimit = Ipv4.ttl(scratch);
            src = IpAddress.ofIpv4(Ipv4.src(scratch));
            dst = IpAddress.ofIpv4(Ipv4.dst(scratch));
        } else {
            assertThat(Ipv6.payloadLength(scratch) + Ipv6.HEADER).as("payload length").isEqualTo(length);
            transport = Ipv6.HEADER;
            protocol = Ipv6.nextHeader(scratch);
            trafficClass = Ipv6.trafficClass(scratch);
            hopLimit = Ipv6.hopLimit(scratch);
            src = new IpAddress(Ipv6.srcHi(scratch), Ipv6.srcLo(scratch));
            dst = new IpAddress(Ipv6.dstHi(scratch), Ipv6.dstLo(scratch));
        }
        if (protocol == Protocol.TCP) {
            checkTcpChecksum(frame);
        }
    }

    private void checkTcpChecksum(Frame frame) {
        int bytes = length - transport;
        long pseudo = HeaderChecksum.pseudoHeader(scratch, Protocol.TCP, bytes);
        if (frame.checksumState() == Frame.CHECKSUM_PARTIAL) {
            assertThat(frame.checksumStart()).as("checksum start").isEqualTo(transport);
            assertThat(frame.checksumOffset()).as("checksum offset").isEqualTo(Tcp.CHECKSUM_OFFSET);
            assertThat(Tcp.checksum(scratch + transport)).as("partial checksum").isEqualTo(Checksum.fold(pseudo));
        } else {
            assertThat(HeaderChecksum.verifyTcp(scratch + transport, bytes, pseudo)).as("TCP checksum").isTrue();
        }
    }

    int seqNumber() {
        return Tcp.seq(transportAddress());
    }

    int flags() {
        return Tcp.flags(transportAddress());
    }

    /** The timestamp value of the TCP header just read, or {@code null}. */
    Integer tsVal() {
        parseOptions();
        return options.has(TcpOptions.TIMESTAMPS) ? options.tsVal() : null;
    }

    private void parseOptions() {
        long tcp = transportAddress();
        unknown.clear();
        OptionSink sink = (kind, address, size) -> {
            byte[] bytes = new byte[size];
            Memory.copyOut(address, bytes, 0, size);
            unknown.add(bytes);
        };
        assertThat(options.parse(tcp + Tcp.MIN_HEADER, Tcp.dataOffset(tcp) - Tcp.MIN_HEADER, sink))
                .as("options parse")
                .isTrue();
    }

    /** The TCP segment just read, relative to these numbers; {@code winShift} unscales its window. */
    Seg segment(int isn, int ackBase, int winShift, int tsBase) {
        long tcp = transportAddress();
        int header = Tcp.dataOffset(tcp);
        int payload = length - transport - header;
        int from = Tcp.seq(tcp) - isn;
        Seg seg = Seg.seg(Tcp.flags(tcp), from, from + payload);
        if (seg.has(Tcp.ACK)) {
            seg.ack = Tcp.ack(tcp) - ackBase;
        }
        seg.win = seg.has(Tcp.SYN) ? Tcp.window(tcp) : Tcp.window(tcp) << winShift;
        seg.urgent = Tcp.urgentPointer(tcp);
        seg.ecn = trafficClass & 3;
        seg.tos = trafficClass & ~3;
        seg.ttl = hopLimit;
        parseOptions();
        if (options.has(TcpOptions.MSS)) {
            seg.mss = options.mss();
        }
        seg.sackOk = options.has(TcpOptions.SACK_PERMITTED);
        if (options.has(TcpOptions.WINDOW_SCALE)) {
            seg.wscale = options.windowScale();
        }
        if (options.has(TcpOptions.TIMESTAMPS)) {
            seg.tsVal = options.tsVal() - tsBase;
            seg.tsEcr = options.tsEcr();
        }
        if (options.has(TcpOptions.SACK)) {
            int[] edges = new int[2 * options.sackBlocks()];
            for (int i = 0; i < options.sackBlocks(); i++) {
                edges[2 * i] = options.sackLeft(i) - ackBase;
                edges[2 * i + 1] = options.sackRight(i) - ackBase;
            }
            seg.sack = edges;
        }
        seg.unknownOptions.addAll(unknown);
        return seg;
    }

    /** The address of the payload of the segment just read. */
    long payloadAddress() {
        return transportAddress() + Tcp.dataOffset(transportAddress());
    }

    /** The payload of the segment just read is the host's stream from this place on. */
    void checkPayload(Seg seg, long offset) {
        long address = payloadAddress();
        int payload = seg.length();
        int wrong = Pattern.mismatch(Pattern.FROM_HOST, offset, address, payload);
        if (wrong >= 0) {
            throw new AssertionError("%s carries %#x at byte %d, where the stream has %#x"
                    .formatted(seg, Memory.u8(address + wrong), offset + wrong,
                            Pattern.at(Pattern.FROM_HOST, offset + wrong)));
        }
    }
}
