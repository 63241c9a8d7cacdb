package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.stack.ip.IpPath;

/** Builds segments of connections: header, options, payload by reference; hands them to IP. */
final class SegmentWriter {
    private final TcpLayer layer;
    private final int[] sackEdges = new int[8];

    SegmentWriter(TcpLayer layer) {
        this.layer = layer;
    }

    /** Bytes of TCP's own options on every segment of an established connection. */
    static int usualOptions(Tcb tcb) {
        return tcb.timestamps ? TcpOptionWriter.ALIGNED_TIMESTAMPS_LENGTH : 0;
    }

    /** Bytes the upper layer wants on a segment of this kind. */
    static int upperOptions(Tcb tcb, SegmentKind kind, int used) {
        UpperLayer upper = tcb.upper;
        return upper == null ? 0 : upper.reserveOptions(tcb, kind, Tcp.MAX_OPTIONS - used);
    }

    /** Payload of each packet of a data segment sent now. */
    static int packetMss(Tcb tcb) {
        return tcb.upper == null
                ? tcb.sndMss
                : Math.max(1, tcb.sndMss - upperOptions(tcb, SegmentKind.DATA, usualOptions(tcb)));
    }

    /** Sends a SYN or, once the peer's SYN is known, a SYN/ACK. Returns false when no frame is left. */
    boolean sendSyn(Tcb tcb, Decision decision, long nowNs) {
        Frame frame = layer.takeFrame();
        if (frame == null) {
            return false;
        }
        boolean answer = tcb.state == TcpState.SYN_RECEIVED;
        SegmentKind kind = answer ? SegmentKind.SYN_ACK : SegmentKind.SYN;
        frame.resize(Tcp.MAX_HEADER);
        long header = frame.data();
        long at = header + Tcp.MIN_HEADER;
        int length = TcpOptionWriter.writeSyn(
                at,
                Mss.announced(tcb),
                tcb.sackPermitted,
                tcb.windowScaling ? tcb.rcvWndShift : TcpOptionWriter.NO_WINDOW_SCALE,
                tcb.timestamps,
                layer.timestamp(tcb, nowNs),
                answer ? tcb.tsRecent : 0);
        length = writeUpper(tcb, kind, at, length, upperOptions(tcb, kind, length), 0, 0);
        int flags = answer
                ? Tcp.SYN | Tcp.ACK | tcb.ecn.synAckFlags()
                : Tcp.SYN | tcb.ecn.synFlags(decision != Decision.SYN, layer.config.ecnFallback);
        int window = ReceiveWindow.advertise(tcb, false);
        writeHeader(tcb, header, length, tcb.iss, answer ? tcb.rcvNxt : 0, flags, window);
        frame.resize(Tcp.MIN_HEADER + length);
        tcb.lastAckSent = tcb.rcvNxt;
        tcb.counts.segsOut++;
        hand(tcb, frame, decision, tcb.ecn.otherCodepoint());
        return true;
    }

    /**
     * Sends a segment without payload; a {@link SegmentKind#PROBE} has one octet, whose value nobody will read.
     *
     * @param seq SND.NXT, or one below SND.UNA for a probe
     * @return false when no frame is left
     */
    boolean sendBare(Tcb tcb, SegmentKind kind, int seq, int flags, Decision decision, long nowNs) {
        Frame frame = layer.takeFrame();
        if (frame == null) {
            return false;
        }
        frame.resize(Tcp.MAX_HEADER);
        long header = frame.data();
        long at = header + Tcp.MIN_HEADER;
        int length = writeStamps(tcb, kind, at, nowNs);
        int reserved = upperOptions(tcb, kind, length);
        if (tcb.sackPermitted && tcb.hasSackNews() && kind != SegmentKind.RESET) {
            length += writeSack(tcb, at + length, Tcp.MAX_OPTIONS - length - reserved);
        }
        length = writeUpper(tcb, kind, at, length, reserved, Math.max(0, tcb.sent.end()), 0);
        int window = ReceiveWindow.advertise(tcb, true);
        writeHeader(tcb, header, length, seq, tcb.rcvNxt, flags | tcb.ecn.echo(), window);
        frame.resize(Tcp.MIN_HEADER + length + (kind == SegmentKind.PROBE ? 1 : 0));
        if (kind == SegmentKind.PROBE) {
            Memory.put8(header + Tcp.MIN_HEADER + length, 0);
        }
        acknowledged(tcb, true);
        tcb.counts.segsOut++;
        hand(tcb, frame, decision, tcb.ecn.otherCodepoint());
        return true;
    }

    /** RFC 2883 section 4: what arrived twice comes first, and only once; behind it what is there out of order (RFC 2018). */
    private int writeSack(Tcb tcb, long at, int space) {
        int room = TcpOptionWriter.sackBlocksIn(space);
        if (room == 0) {
            return 0;
        }
        int blocks = 0;
        if (tcb.dsack.due()) {
            sackEdges[0] = tcb.dsack.left();
            sackEdges[1] = tcb.dsack.right();
            blocks = 1;
            tcb.dsack.clear();
        }
        blocks = tcb.outOfOrder.sackBlocks(sackEdges, blocks, room);
        return blocks == 0 ? 0 : TcpOptionWriter.writeAlignedSack(at, sackEdges, blocks);
    }

    /**
     * Sends payload by reference, as a super-segment when it is longer than one packet's.
     *
     * @param from position of the first byte
     * @param packetMss payload bytes of each packet
     * @param flags beside ACK; FIN and PSH are left off when not all of {@code length} fits the frame
     * @return bytes sent, fewer than {@code length} when fragments ran out; -1 when no frame is left
     */
    int sendData(Tcb tcb, long from, int length, int packetMss, int flags, Decision decision, long nowNs) {
        Frame frame = layer.takeFrame();
        if (frame == null) {
            return -1;
        }
        frame.resize(Tcp.MAX_HEADER);
        long header = frame.data();
        long at = header + Tcp.MIN_HEADER;
        int options = writeUsual(tcb, at, nowNs);
        int reserved = upperOptions(tcb, SegmentKind.DATA, options);
        int attached = tcb.stream.attach(frame, from, length);
        if (attached < length && attached > packetMss && attached % packetMss != 0) {
            frame.release();
            return sendWholePackets(tcb, from, attached, packetMss, flags, decision, nowNs);
        }
        boolean fresh = from >= tcb.sent.end();
        int cwr = fresh ? tcb.ecn.takeCwr() : 0;
        int sentFlags = (attached < length ? flags & ~(Tcp.FIN | Tcp.PSH) : flags) | tcb.ecn.echo() | cwr;
        options = writeUpper(tcb, SegmentKind.DATA, at, options, reserved, from, attached);
        int window = ReceiveWindow.advertise(tcb, true);
        writeHeader(tcb, header, options, tcb.sequence(from), tcb.rcvNxt, sentFlags | Tcp.ACK, window);
        frame.resize(Tcp.MIN_HEADER + options);
        if (attached > packetMss) {
            cut(tcb, frame, packetMss, cwr);
        }
        acknowledged(tcb, false);
        tcb.counts.onDataSent(attached, packetMss, nowNs);
        tcb.acks.onDataSent(nowNs);
        hand(tcb, frame, decision, tcb.ecn.dataCodepoint(fresh));
        return attached;
    }

    /** Fragments ran out; a whole number of packets goes, and what was attached beyond is left to the next frame. */
    private int sendWholePackets(
            Tcb tcb, long from, int attached, int packetMss, int flags, Decision decision, long nowNs) {
        int length = attached / packetMss * packetMss;
        return sendData(tcb, from, length, packetMss, flags & ~(Tcp.FIN | Tcp.PSH), decision, nowNs);
    }

    /** The super-segment is cut into packets by the device. */
    private static void cut(Tcb tcb, Frame frame, int packetMss, int cwr) {
        frame.gso(tcb.path().version() == 4 ? Frame.GSO_TCP4 : Frame.GSO_TCP6, packetMss);
        frame.gsoEcn(cwr != 0);
    }

    private static void acknowledged(Tcb tcb, boolean pure) {
        tcb.lastAckSent = tcb.rcvNxt;
        tcb.acks.onAckSent(pure || !tcb.hasSackNews());
    }

    /** Writes TCP's own options of an established connection; returns their bytes, {@link #usualOptions}. */
    private int writeUsual(Tcb tcb, long at, long nowNs) {
        return tcb.timestamps ? TcpOptionWriter.writeAlignedTimestamps(at, stamp(tcb, nowNs), tcb.tsRecent) : 0;
    }

    private int stamp(Tcb tcb, long nowNs) {
        int stamp = layer.timestamp(tcb, nowNs);
        tcb.receiveBuffer.onSent(stamp, nowNs);
        return stamp;
    }

    /** As {@link #writeUsual}, but for a pure ACK the way that its upper layer wants them. */
    private int writeStamps(Tcb tcb, SegmentKind kind, long at, long nowNs) {
        UpperLayer upper = tcb.upper;
        if (upper == null || kind != SegmentKind.ACK || !tcb.timestamps) {
            return writeUsual(tcb, at, nowNs);
        }
        return switch (upper.stamping(tcb)) {
            case ALIGNED -> writeUsual(tcb, at, nowNs);
            case PACKED -> TcpOptionWriter.writeTimestamps(at, stamp(tcb, nowNs), tcb.tsRecent);
            case NONE -> 0;
        };
    }

    /** Writes the upper layer's options behind what was {@code used} for TCP's own; returns the bytes of all, with NOPs at the end. */
    private static int writeUpper(
            Tcb tcb, SegmentKind kind, long at, int used, int reserved, long from, int length) {
        UpperLayer upper = tcb.upper;
        if (upper == null) {
            return used;
        }
        int all = used;
        if (reserved > 0) {
            all += upper.writeOptions(tcb, kind, at + used, reserved, from, length);
        }
        return all + TcpOptionWriter.writePadding(at + all, all);
    }

    private static void writeHeader(Tcb tcb, long header, int options, int seq, int ack, int flags, int window) {
        Tcp.write(header, tcb.localPort, tcb.remotePort, seq, ack, Tcp.MIN_HEADER + options, flags, window, 0);
    }

    private void hand(Tcb tcb, Frame frame, Decision decision, int codepoint) {
        if (layer.tracesDecisions()) {
            UpperLayer upper = tcb.upper;
            DecisionTrace.mark(frame, decision, upper == null ? 0 : upper.reasons(tcb, decision));
        }
        layer.counters.outSegs.increment();
        IpPath path = tcb.path();
        int ttl = tcb.settings.ttl > 0 ? tcb.settings.ttl : layer.ttl();
        layer.ip.send(path, frame, Protocol.TCP, ttl, (tcb.settings.trafficClass & ~3) | codepoint);
    }
}
