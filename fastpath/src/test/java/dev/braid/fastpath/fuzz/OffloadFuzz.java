package dev.braid.fastpath.fuzz;

import dev.braid.fastpath.checksum.HeaderChecksum;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.Coalescer;
import dev.braid.fastpath.offload.Segmenter;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.testing.fuzz.FuzzInput;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Batches of packets, honest and not: whatever is coalesced and cut again is what it was, packet for packet in each flow, but
 * for the identification of IPv4, which nobody needs of packets that may not be fragmented.
 */
public final class OffloadFuzz {
    private static final int BATCH = 32;
    private static final HexFormat HEX = HexFormat.of();
    private static final int MOST_PAYLOAD = 1_400;
    private static final Arena MEMORY = Arena.global();
    private static final FramePool FRAMES = new FramePool(MEMORY, 512, 64, false);
    private static final Counters COUNTERS = Counters.inMemory(MEMORY, 8);
    private static final Segmenter SEGMENTER = new Segmenter(FRAMES, COUNTERS.counter("NoFrame"),
            COUNTERS.counter("Malformed"));
    private static final Coalescer COALESCER = new Coalescer(FRAMES, BATCH);

    private final FuzzInput input;
    private final List<byte[]> packets = new ArrayList<>();
    private int seq;
    private int payload = 100;

    private OffloadFuzz(FuzzInput input) {
        this.input = input;
    }

    /** The input is a program: for each packet what makes it differ from the one before it. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        new OffloadFuzz(new FuzzInput(bytes)).run();
        require(FRAMES.inUse() == 0, FRAMES.inUse() + " frames leaked");
    }

    private void run() {
        seq = input.i32();
        var batch = new FrameBatch(BATCH);
        while (!input.isEmpty() && batch.remaining() > 0) {
            Frame frame = next();
            packets.add(comparable(frame));
            batch.add(frame);
        }
        int joined = COALESCER.coalesce(batch);
        require(joined >= 0 && batch.size() + joined == packets.size(), "frames lost count");
        var again = new ArrayList<byte[]>();
        for (int i = 0; i < batch.size(); i++) {
            SEGMENTER.process(batch.at(i), piece -> {
                again.add(comparable(piece));
                piece.release();
            });
        }
        sameInEachFlow(again);
    }

    /** The next packet: mostly the one that honest TCP would send, in some way different when the program says so. */
    private Frame next() {
        int how = input.u8();
        boolean v4 = (how & 1) == 0;
        if ((how & 2) != 0) {
            payload = 1 + input.below(MOST_PAYLOAD);
        }
        int flags = Tcp.ACK;
        if ((how & 4) != 0) {
            flags = input.u8() | ((how & 1) << 8);
        }
        int options = (how & 8) != 0 ? input.below(4) * 4 : 0;
        int ip = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        int header = Tcp.MIN_HEADER + options;
        int length = ip + header + payload;
        Frame frame = Objects.requireNonNull(FRAMES.take(length));
        frame.resize(length);
        long a = frame.data();
        if (v4) {
            Ipv4.write(a, 0, length, packets.size(), Ipv4.DONT_FRAGMENT, 64, Protocol.TCP, 0x0a4d0001, 0x0a4d0002);
        } else {
            Ipv6.write(a, 0, 5, length - ip, Protocol.TCP, 64, 0xfd77L << 48, 1, 0xfd77L << 48, 2);
        }
        Tcp.write(a + ip, 40_000 + (how >>> 4 & 1), 80, seq, 1000, header, flags, 500, 0);
        for (int i = 0; i < options; i++) {
            Memory.put8(a + ip + Tcp.MIN_HEADER + i, 1);
        }
        for (int i = 0; i < payload; i++) {
            Memory.put8(a + ip + header + i, ((seq + i) * 31) >>> 3);
        }
        seq += payload;
        checksums(frame, ip);
        if ((how & 32) != 0) {
            damage(frame, ip, (how & 64) != 0);
        }
        return (how & 128) != 0 && isRight(frame, ip) ? frame.checksumState(Frame.CHECKSUM_VALID) : frame;
    }

    /** Changes a byte, perhaps with checksums that still fit. */
    private void damage(Frame frame, int ip, boolean mend) {
        Memory.put8(frame.data() + input.u16() % frame.linearLength(), input.u8());
        if (mend) {
            checksums(frame, ip);
        }
    }

    private static void checksums(Frame frame, int ip) {
        long a = frame.data();
        if (Ipv4.version(a) == 4 && Ipv4.headerLength(a) == Ipv4.MIN_HEADER) {
            HeaderChecksum.fillIpv4(a);
        }
        int length = frame.linearLength() - ip;
        if (Ipv4.version(a) == 4 || Ipv4.version(a) == 6) {
            HeaderChecksum.fillTcp(a + ip, length, HeaderChecksum.pseudoHeader(a, Protocol.TCP, length));
        }
    }

    private static boolean isRight(Frame frame, int ip) {
        long a = frame.data();
        int length = frame.linearLength() - ip;
        boolean v4 = Ipv4.version(a) == 4;
        return (v4 ? ip == Ipv4.MIN_HEADER : Ipv4.version(a) == 6 && ip == Ipv6.HEADER)
                && (!v4 || HeaderChecksum.verifyIpv4(a))
                && HeaderChecksum.verifyTcp(a + ip, length, HeaderChecksum.pseudoHeader(a, Protocol.TCP, length));
    }

    /**
     * The packet's bytes without what may differ: IPv4's identification, an urgent pointer that nobody looks at, and checksums
     * that are right.
     */
    private static byte[] comparable(Frame frame) {
        byte[] bytes = new byte[frame.length()];
        Memory.copyOut(frame.data(), bytes, 0, bytes.length);
        boolean v4 = (bytes[0] >>> 4 & 15) == 4;
        int ip = v4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        if (v4) {
            Arrays.fill(bytes, 4, 6, (byte) 0);
        }
        if (bytes.length >= ip + Tcp.MIN_HEADER && isRight(frame, ip)) {
            Arrays.fill(bytes, ip + Tcp.CHECKSUM_OFFSET, ip + Tcp.CHECKSUM_OFFSET + 2, (byte) 0);
            if (v4) {
                Arrays.fill(bytes, Ipv4.CHECKSUM_OFFSET, Ipv4.CHECKSUM_OFFSET + 2, (byte) 0);
            }
            if ((bytes[ip + Tcp.FLAGS_OFFSET] & Tcp.URG) == 0) {
                Arrays.fill(bytes, ip + Tcp.MIN_HEADER - 2, ip + Tcp.MIN_HEADER, (byte) 0);
            }
        }
        return bytes;
    }

    private void sameInEachFlow(List<byte[]> again) {
        Map<String, List<String>> expected = flows(packets);
        Map<String, List<String>> found = flows(again);
        if (!expected.equals(found)) {
            throw new AssertionError("sent " + expected + ", came out as " + found);
        }
    }

    private static Map<String, List<String>> flows(List<byte[]> packets) {
        var flows = new HashMap<String, List<String>>();
        for (byte[] packet : packets) {
            int version = packet[0] >>> 4 & 15;
            int ip = version == 4 ? Ipv4.MIN_HEADER : Ipv6.HEADER;
            int from = version == 4 ? 12 : 8;
            String key = version + ":" + Arrays.toString(Arrays.copyOfRange(packet, from, ip + 4));
            flows.computeIfAbsent(key, none -> new ArrayList<>()).add(HEX.formatHex(packet));
        }
        return flows;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
