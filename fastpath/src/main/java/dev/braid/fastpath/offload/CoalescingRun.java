package dev.braid.fastpath.offload;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * Packets of one flow being put together: a head frame to which the payload of its successors is appended. One thread.
 */
final class CoalescingRun {
    private final CoalescingCandidate head = new CoalescingCandidate();
    private @Nullable Frame frame;
    private boolean open;
    private int pieces;
    private int pieceLength;
    private int nextSeq;

    /** Starts with a frame that stands for its flow: open to successors when it is plain data that nothing ends. */
    void begin(Frame first) {
        frame = first;
        head.examine(first);
        open = head.isPlainData(first) && (Tcp.flags(head.tcp()) & Tcp.PSH) == 0;
        pieces = 1;
        pieceLength = head.payloadLength();
        nextSeq = Tcp.seq(head.tcp()) + pieceLength;
    }

    /** Whether the examined frame is of this run's flow: same device, addresses and ports. */
    boolean isSameFlow(CoalescingCandidate next, Frame nextFrame) {
        Frame first = frame;
        if (first == null
                || Memory.nativeI32(head.tcp()) != Memory.nativeI32(next.tcp())
                || head.version() != next.version()
                || first.device() != nextFrame.device()) {
            return false;
        }
        long a = head.packet();
        long b = next.packet();
        return head.version() == 4
                ? Ipv4.src(a) == Ipv4.src(b) && Ipv4.dst(a) == Ipv4.dst(b)
                : Ipv6.srcLo(a) == Ipv6.srcLo(b)
                        && Ipv6.dstLo(a) == Ipv6.dstLo(b)
                        && Ipv6.srcHi(a) == Ipv6.srcHi(b)
                        && Ipv6.dstHi(a) == Ipv6.dstHi(b);
    }

    /**
     * Appends the payload of an examined frame of this flow, which is then released.
     *
     * @param pool where to find a larger frame for the first successor
     * @return the head frame, perhaps another one than before; {@code null} when the frame does not join
     */
    @Nullable
    Frame append(CoalescingCandidate next, Frame nextFrame, FramePool pool) {
        Frame first = frame;
        if (first == null || !open || !joins(next, nextFrame) || !head.verify(first) || !next.verify(nextFrame)) {
            return null;
        }
        int payload = next.payloadLength();
        Frame whole = roomFor(first, payload, pool);
        if (whole == null) {
            return null;
        }
        int length = whole.linearLength();
        whole.resize(length + payload);
        Memory.copy(next.packet() + next.headerLength(), whole.data() + length, payload);
        boolean pushed = (Tcp.flags(next.tcp()) & Tcp.PSH) != 0;
        if (pushed) {
            Tcp.putFlags(head.tcp(), Tcp.flags(head.tcp()) | Tcp.PSH);
        }
        pieces++;
        nextSeq += payload;
        open = !pushed && payload == pieceLength;
        nextFrame.release();
        return whole;
    }

    /** Ends the run: writes lengths, partial checksum and metadata of the super-packet, if it became one. */
    void finish() {
        Frame whole = frame;
        frame = null;
        open = false;
        if (whole == null || pieces < 2) {
            return;
        }
        int length = whole.linearLength();
        long packet = head.packet();
        if (head.version() == 4) {
            Ipv4.putTotalLength(packet, length);
            HeaderChecksum.fillIpv4(packet);
        } else {
            Ipv6.putPayloadLength(packet, length - Ipv6.HEADER);
        }
        int start = head.transportOffset();
        long pseudoHeader = HeaderChecksum.pseudoHeader(packet, Protocol.TCP, length - start);
        HeaderChecksum.putPartial(head.tcp(), Tcp.CHECKSUM_OFFSET, pseudoHeader);
        whole.partialChecksum(start, Tcp.CHECKSUM_OFFSET);
        whole.gso(head.version() == 4 ? Frame.GSO_TCP4 : Frame.GSO_TCP6, pieceLength);
        whole.gsoEcn((Tcp.flags(head.tcp()) & Tcp.CWR) != 0);
    }

    private boolean joins(CoalescingCandidate next, Frame nextFrame) {
        Frame first = frame;
        return first != null
                && next.isPlainData(nextFrame)
                && Tcp.seq(next.tcp()) == nextSeq
                && next.payloadLength() <= pieceLength
                && first.linearLength() + next.payloadLength() <= Ipv4.MAX_PACKET
                && sameIp(head.packet(), next.packet())
                && sameTcp(head.tcp(), next.tcp())
                && first.extensions().same(nextFrame.extensions());
    }

    private boolean sameIp(long a, long b) {
        return head.version() == 4
                ? Ipv4.trafficClass(a) == Ipv4.trafficClass(b)
                        && Ipv4.dontFragment(a) == Ipv4.dontFragment(b)
                        && Ipv4.ttl(a) == Ipv4.ttl(b)
                : Ipv6.trafficClass(a) == Ipv6.trafficClass(b)
                        && Ipv6.flowLabel(a) == Ipv6.flowLabel(b)
                        && Ipv6.hopLimit(a) == Ipv6.hopLimit(b);
    }

    private static boolean sameTcp(long a, long b) {
        int length = Tcp.dataOffset(a);
        // CWR may stand on a super-packet's first packet alone: it says something once. What ECE says holds for all or none.
        boolean sameFlags = ((Tcp.flags(a) ^ Tcp.flags(b)) & Tcp.ECE) == 0 && (Tcp.flags(b) & Tcp.CWR) == 0;
        if (!sameFlags
                || length != Tcp.dataOffset(b)
                || Tcp.ack(a) != Tcp.ack(b)
                || Tcp.window(a) != Tcp.window(b)) {
            return false;
        }
        for (int i = Tcp.MIN_HEADER; i < length; i += Integer.BYTES) {
            if (Memory.nativeI32(a + i) != Memory.nativeI32(b + i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The head itself when more fits behind it, else a 64 KiB frame with what the head held; the head is released then.
     */
    private @Nullable Frame roomFor(Frame first, int payload, FramePool pool) {
        if (first.room() >= first.linearLength() + payload) {
            return first;
        }
        Frame large = first.isSuper() ? null : pool.takeSuper();
        if (large == null) {
            return null;
        }
        large.resize(first.linearLength());
        Memory.copy(first.data(), large.data(), first.linearLength());
        large.device(first.device()).arrivalNs(first.arrivalNs()).flowHash(first.flowHash());
        large.checksumState(first.checksumState());
        large.extensions().share(first.extensions());
        first.release();
        frame = large;
        head.examine(large);
        return large;
    }
}
