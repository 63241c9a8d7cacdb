package dev.braid.fastpath.offload;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.testing.Bytes;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Packets in frames for tests, and what became of them. */
public final class Packets implements AutoCloseable {
    public static final long NET = 0xfd77L << 48;

    public final Arena arena = Arena.ofConfined();
    public final FramePool pool;
    public final List<Frame> sent = new ArrayList<>();
    public final Counters counters = Counters.inMemory(arena, 32);

    public Packets(int mtuFrames, int superFrames, boolean tracking) {
        pool = new FramePool(arena, mtuFrames, superFrames, tracking);
    }

    public Packets() {
        this(256, 8, true);
    }

    /** With a pool that allocates nothing when a frame is taken, for it does not remember who took it. */
    static Packets untracked() {
        return new Packets(256, 8, false);
    }

    public Counter counter(String name) {
        return counters.counter(name);
    }

    /** A TCP data segment with ACK set, wholly valid; change it and call {@link #checksums} again to make another. */
    public Frame tcp(boolean ipv4, int seq, int flags, int payload, String options) {
        byte[] optionBytes = HexFormat.of().parseHex(options.replace(" ", ""));
        int ip = ipv4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        int header = Tcp.MIN_HEADER + optionBytes.length;
        int length = ip + header + payload;
        Frame frame = Objects.requireNonNull(pool.take(length));
        frame.resize(length);
        long a = frame.data();
        if (ipv4) {
            Ipv4.write(a, 0, length, 77, Ipv4.DONT_FRAGMENT, 64, Protocol.TCP, 0x0a4d0001, 0x0a4d0002);
        } else {
            Ipv6.write(a, 0, 5, length - ip, Protocol.TCP, 64, NET, 1, NET, 2);
        }
        Tcp.write(a + ip, 40_000, 80, seq, 1000, header, flags | Tcp.ACK, 500, 0);
        Memory.copyIn(optionBytes, 0, a + ip + Tcp.MIN_HEADER, optionBytes.length);
        for (int i = 0; i < payload; i++) {
            Memory.put8(a + ip + header + i, ((seq + i) * 31) >>> 3);
        }
        checksums(frame);
        return frame;
    }

    /** Makes the IPv4 and TCP checksums of a packet without IPv6 extension headers right. */
    public static void checksums(Frame frame) {
        long a = frame.data();
        boolean ipv4 = Ipv4.version(a) == 4;
        int ip = ipv4 ? Ipv4.headerLength(a) : Ipv6.HEADER;
        if (ipv4) {
            HeaderChecksum.fillIpv4(a);
        }
        int length = frame.linearLength() - ip;
        HeaderChecksum.fillTcp(a + ip, length, HeaderChecksum.pseudoHeader(a, Protocol.TCP, length));
    }

    /** Whether both checksums of a TCP packet without IPv6 extension headers are right. */
    public static boolean valid(Frame frame) {
        long a = frame.data();
        boolean ipv4 = Ipv4.version(a) == 4;
        int ip = ipv4 ? Ipv4.headerLength(a) : Ipv6.HEADER;
        int length = frame.linearLength() - ip;
        return (!ipv4 || HeaderChecksum.verifyIpv4(a))
                && HeaderChecksum.verifyTcp(a + ip, length, HeaderChecksum.pseudoHeader(a, Protocol.TCP, length));
    }

    /** Turns a valid packet into a super-packet with a partial checksum, as a stack would hand it to a device. */
    public static void makeSuper(Frame frame, int size) {
        boolean ipv4 = Ipv4.version(frame.data()) == 4;
        int ip = ipv4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        int length = frame.length() - ip;
        HeaderChecksum.putPartial(
                frame.data() + ip,
                Tcp.CHECKSUM_OFFSET,
                HeaderChecksum.pseudoHeader(frame.data(), Protocol.TCP, length));
        frame.partialChecksum(ip, Tcp.CHECKSUM_OFFSET).gso(ipv4 ? Frame.GSO_TCP4 : Frame.GSO_TCP6, size);
    }

    /** Where the TCP header of a packet without IPv6 extension headers lies. */
    public static long tcp(Frame frame) {
        long a = frame.data();
        return a + (Ipv4.version(a) == 4 ? Ipv4.headerLength(a) : Ipv6.HEADER);
    }

    public static int payloadLength(Frame frame) {
        return (int) (frame.data() + frame.linearLength() - payload(frame));
    }

    public static String payloadHex(Frame frame) {
        return Bytes.hex(payload(frame), payloadLength(frame));
    }

    private static long payload(Frame frame) {
        return tcp(frame) + Tcp.dataOffset(tcp(frame));
    }

    /** A frame with the same bytes, GSO type and size and checksum state, without allocating on the heap. */
    Frame copyOf(Frame original) {
        Frame copy = Objects.requireNonNull(pool.take(original.length()));
        copy.resize(original.length());
        Memory.copy(original.data(), copy.data(), original.length());
        copy.partialChecksum(original.checksumStart(), original.checksumOffset());
        return copy.checksumState(original.checksumState()).gso(original.gsoType(), original.gsoSize());
    }

    public void releaseSent() {
        sent.forEach(Frame::release);
        sent.clear();
    }

    @Override
    public void close() {
        arena.close();
    }
}
