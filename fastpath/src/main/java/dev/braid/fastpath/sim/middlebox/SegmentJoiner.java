package dev.braid.fastpath.sim.middlebox;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * A box that joins segments that follow one another, as accelerators and normalisers do. The first one's options stand and the
 * others' are lost, which is what breaks mappings that travel in options (RFC 8684 section 3.3).
 *
 * <p>It holds a data segment back until the next packet or until a time has passed. One thread, one direction.
 */
public final class SegmentJoiner implements Middlebox {
    private final int payload;
    private final long holdNs;
    private final FramePool frames;
    private final Counter joined;
    private final TcpPacket next = new TcpPacket();
    private final TcpPacket first = new TcpPacket();
    private @Nullable Frame held;
    private long releaseNs = Deadlines.NONE;

    /**
     * A box.
     *
     * @param payload the most bytes of payload that a joined segment has, at most 65,000
     * @param holdNs how long a segment waits for another
     * @param frames where joined segments' frames come from
     * @param joined counts the segments that went into others
     */
    public SegmentJoiner(int payload, long holdNs, FramePool frames, Counter joined) {
        this.payload = payload;
        this.holdNs = holdNs;
        this.frames = frames;
        this.joined = joined;
    }

    @Override
    public void onFrame(Frame frame, long nowNs, FrameOutput forward) {
        boolean plain = next.read(frame) && next.payloadLength() > 0
                && (Tcp.flags(next.tcp()) & ~(Tcp.ACK | Tcp.PSH)) == 0;
        Frame before = held;
        Frame whole = before != null && plain && follows(before) ? join(before, frame) : null;
        if (whole != null) {
            held = whole;
            joined.increment();
            return;
        }
        pass(before, forward);
        if (plain && next.payloadLength() < payload) {
            held = frame;
            releaseNs = nowNs + holdNs;
        } else {
            forward.transmit(frame);
        }
    }

    /** Whether the segment in {@link #next} is what comes right behind the one that is held. */
    private boolean follows(Frame before) {
        if (!first.read(before) || first.isIpv4() != next.isIpv4()
                || first.payloadLength() + next.payloadLength() > payload) {
            return false;
        }
        long one = first.tcp();
        long two = next.tcp();
        return first.srcHi() == next.srcHi() && first.srcLo() == next.srcLo()
                && first.dstHi() == next.dstHi() && first.dstLo() == next.dstLo()
                && Tcp.srcPort(one) == Tcp.srcPort(two) && Tcp.dstPort(one) == Tcp.dstPort(two)
                && Tcp.seq(one) + first.payloadLength() == Tcp.seq(two);
    }

    /** One segment of two, in a new frame; {@code null}, and nothing changed, when there is no frame. */
    private @Nullable Frame join(Frame before, Frame frame) {
        int head = first.end();
        int length = head + next.payloadLength();
        Frame whole = frames.take(length);
        if (whole == null) {
            return null;
        }
        whole.resize(length);
        whole.device(before.device());
        whole.copyLinkHeader(before);
        Memory.copy(before.data(), whole.data(), head);
        Memory.copy(next.ip() + next.payloadOffset(), whole.data() + head, next.payloadLength());
        long packet = whole.data();
        if (first.isIpv4()) {
            Ipv4.putTotalLength(packet, length);
            HeaderChecksum.fillIpv4(packet);
        } else {
            Ipv6.putPayloadLength(packet, length - Ipv6.HEADER);
        }
        long offset = first.tcp() - first.ip();
        long tcp = packet + offset;
        Tcp.putFlags(tcp, Tcp.flags(tcp) | Tcp.flags(next.tcp()));
        Memory.put32(tcp + 8, Tcp.ack(next.tcp()));
        Memory.put16(tcp + 14, Tcp.window(next.tcp()));
        int segment = length - (int) offset;
        HeaderChecksum.fillTcp(tcp, segment, HeaderChecksum.pseudoHeader(packet, Protocol.TCP, segment));
        before.release();
        frame.release();
        return whole;
    }

    private void pass(@Nullable Frame frame, FrameOutput forward) {
        held = null;
        releaseNs = Deadlines.NONE;
        if (frame != null) {
            forward.transmit(frame);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return releaseNs;
    }

    @Override
    public void onDeadline(long nowNs, FrameOutput forward) {
        if (releaseNs <= nowNs) {
            pass(held, forward);
        }
    }

    @Override
    public void close() {
        pass(held, Frame::release);
    }
}
