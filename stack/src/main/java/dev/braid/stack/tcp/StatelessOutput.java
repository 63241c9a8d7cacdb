package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpPath;
import org.jspecify.annotations.Nullable;

/** Answers to segments that no TCB stands behind: resets, TIME-WAIT's ACKs, SYN cookies. Goes back the way they came. */
final class StatelessOutput {
    private final TcpLayer layer;
    private @Nullable IpPath reused;

    StatelessOutput(TcpLayer layer) {
        this.layer = layer;
    }

    /**
     * The reset that answers a segment (RFC 9293 section 3.5.2, groups 1 and 2): of a reset nothing, of an ACK a reset it will
     * believe, of anything else one that acknowledges it.
     */
    void answer(TcpSegment segment) {
        if (segment.has(Tcp.RST)) {
            return;
        }
        layer.counters.outRsts.increment();
        if (segment.has(Tcp.ACK)) {
            Frame frame = blank();
            if (frame != null) {
                write(frame.data(), segment, segment.ack, 0, Tcp.RST, 0, 0);
                hand(frame, 0, Decision.RESET);
            }
        } else {
            refuse(segment);
        }
    }

    private void refuse(TcpSegment segment) {
        Frame frame = blank();
        if (frame == null) {
            return;
        }
        UpperLayerProtocol protocol = layer.upperProtocol;
        long at = frame.data() + Tcp.MIN_HEADER;
        int options = protocol == null || !segment.has(Tcp.SYN)
                ? 0
                : protocol.writeRefusal(segment, at, Tcp.MAX_OPTIONS);
        options += TcpOptionWriter.writePadding(at + options, options);
        write(frame.data(), segment, 0, segment.seq + segment.seqLength(), Tcp.RST | Tcp.ACK, 0, options);
        hand(frame, options, Decision.RESET);
    }

    /** An ACK from TIME-WAIT. */
    void acknowledge(TcpSegment segment, TimeWaitEntry entry, long nowNs) {
        Frame frame = blank();
        if (frame == null) {
            return;
        }
        long header = frame.data();
        int options = 0;
        if (entry.timestamps) {
            options = TcpOptionWriter.writeAlignedTimestamps(
                    header + Tcp.MIN_HEADER, layer.timestamp(entry.tsOffset, nowNs), entry.tsRecent);
        }
        write(header, segment, entry.sndNxt, entry.rcvNxt, Tcp.ACK, entry.window, options);
        hand(frame, options, Decision.ACK_NOW);
    }

    /** A SYN/ACK whose sequence number is all that is remembered. */
    void cookie(
            TcpSegment segment,
            @Nullable TcpListener listener,
            int iss,
            int mss,
            boolean sack,
            int windowShift,
            boolean timestamps,
            int tsVal,
            boolean ecn) {
        Frame frame = blank();
        if (frame == null) {
            return;
        }
        long header = frame.data();
        int options = TcpOptionWriter.writeSyn(
                header + Tcp.MIN_HEADER, mss, sack, windowShift, timestamps, tsVal, segment.options.tsVal());
        UpperLayerProtocol protocol = layer.upperProtocol;
        if (protocol != null) {
            long at = header + Tcp.MIN_HEADER + options;
            int upper = protocol.writeCookieOptions(segment, listener, iss, at, Tcp.MAX_OPTIONS - options);
            options += upper + TcpOptionWriter.writePadding(at + upper, upper);
        }
        int window = ReceiveWindow.MAX_UNSCALED;
        int flags = Tcp.SYN | Tcp.ACK | (ecn ? Tcp.ECE : 0);
        write(header, segment, iss, segment.seq + 1, flags, window, options);
        hand(frame, options, Decision.SYN_ACK);
    }

    private @Nullable Frame blank() {
        Frame frame = layer.takeFrame();
        if (frame == null) {
            layer.counters.noFrames.increment();
        } else {
            frame.resize(Tcp.MAX_HEADER);
        }
        return frame;
    }

    private static void write(long header, TcpSegment to, int seq, int ack, int flags, int window, int options) {
        Tcp.write(header, to.dstPort, to.srcPort, seq, ack, Tcp.MIN_HEADER + options, flags, window, 0);
    }

    private void hand(Frame frame, int options, Decision decision) {
        frame.resize(Tcp.MIN_HEADER + options);
        IpHeader received = layer.arriving();
        IpPath path = layer.ip.replyPath(received, reused);
        if (path == null) {
            frame.drop(layer.counters.dropNoPath);
            return;
        }
        reused = path;
        if (layer.tracesDecisions()) {
            DecisionTrace.mark(frame, decision);
        }
        layer.counters.outSegs.increment();
        layer.ip.send(path, frame, Protocol.TCP, layer.ttl(), 0);
    }
}
