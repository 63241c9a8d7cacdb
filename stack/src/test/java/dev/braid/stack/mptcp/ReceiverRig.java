package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.MptcpOptionWriter;
import dev.braid.fastpath.wire.MptcpOptions;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpSettings;
import dev.braid.stack.tcp.UpperLayer.Verdict;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * The receiving half of a connection alone: what subflows would deliver is made up, options by Braid's own writer, checksums by a sum
 * written down here. The stream's bytes follow from their places.
 */
final class ReceiverRig implements AutoCloseable, ConnectionUser {
    static final long MS = 1_000_000L;
    static final int NO_CHECKSUM = MptcpOptionWriter.NO_CHECKSUM;
    /** Just below a wrap of the low half, as scripts have it. */
    static final long IDSN = 0x1234_5678_ffff_ff00L;

    private static final int HEADERS = 80;

    private final Arena arena = Arena.ofConfined();
    final FramePool frames = new FramePool(arena, 20_000, 64, false);
    final Counters counters = Counters.inMemory(arena, 512);
    final StackCore core;
    final MptcpLayer layer;
    final MptcpConnection connection;
    final DataReceiver receiver;
    private final MptcpOptions options = new MptcpOptions();
    private final long optionBytes = Memory.allocate(arena, 64, 8);
    private final long buffer = Memory.allocate(arena, 1 << 20, 8);
    long nowNs = 5000 * MS;
    long read;
    int readable;

    ReceiverRig(TcpConfig tcp) {
        var random = new SplitMix64(7);
        var link = new Link(0, "wifi", List.of(Prefix.parse("192.0.2.1/24")), 1500, 0);
        FrameOutput output = Frame::release;
        core = new StackCore(
                CoreConfig.DEFAULT.withTcp(tcp), List.of(link), frames, new ChunkPool(arena, 64, false), counters,
                random::nextLong, output);
        layer = core.mptcp();
        connection = layer.open(this, new TcpSettings(), new MptcpSettings());
        connection.idsnRemote = IDSN;
        receiver = connection.receiver;
    }

    ReceiverRig() {
        this(TcpConfig.DEFAULT);
    }

    /** One more subflow, established as far as the receiver knows. */
    Subflow subflow() {
        var subflow = new Subflow(connection, core.tcp().open(this, new TcpSettings()), connection.subflows.size(),
                true);
        connection.subflows.add(subflow);
        receiver.onSubflow(subflow);
        advertise();
        return subflow;
    }

    /** A segment leaves: its window is a promise. */
    long advertise() {
        long window = receiver.window();
        receiver.onAdvertised(connection.subflows.getFirst(), window);
        return window;
    }

    static int pattern(long position) {
        return (int) (position * 31 + (position >>> 8)) & 0xff;
    }

    /** A frame with the stream's bytes at [position, position + length). */
    Frame frame(long position, int length) {
        Frame frame = frames.take(HEADERS + length);
        if (frame == null) {
            throw new AssertionError("no frame left");
        }
        frame.resize(HEADERS + length);
        frame.payloadOffset(HEADERS);
        for (int i = 0; i < length; i++) {
            Memory.put8(frame.data() + HEADERS + i, pattern(position + i));
        }
        return frame;
    }

    /** A DSS option says this. */
    MptcpOptions dss(long position, boolean wide, int ssn, int dataLevelLength, int checksum, boolean fin) {
        int length = MptcpOptionWriter.writeDss(
                optionBytes, 0, true, IDSN + 1 + position, wide, ssn, dataLevelLength, checksum, fin);
        options.parse(optionBytes, length);
        return options;
    }

    /** A segment whose mapping is of just its payload arrives in order on the subflow. */
    Verdict arrives(Subflow subflow, long offset, long position, int length) {
        return arrives(subflow, offset, frame(position, length), position, (int) offset + 1, length);
    }

    /** A segment arrives with a mapping. */
    Verdict arrives(Subflow subflow, long offset, Frame frame, long position, int ssn, int mappedLength) {
        return arrives(subflow, offset, frame, dss(position, true, ssn, mappedLength, NO_CHECKSUM, false));
    }

    Verdict arrives(Subflow subflow, long offset, Frame frame, MptcpOptions dss) {
        int payload = frame.linearLength() - frame.payloadOffset();
        Verdict verdict = receiver.onMapping(subflow, frame, payload, dss, nowNs);
        if (verdict == Verdict.PROCEED) {
            receiver.onData(subflow, frame, offset, nowNs);
        } else {
            frame.release();
        }
        return verdict;
    }

    /** A segment arrives that has no options. */
    void bare(Subflow subflow, long offset, long position, int length) {
        receiver.onData(subflow, frame(position, length), offset, nowNs);
    }

    /** The program reads all there is, which has to be the stream's next bytes. */
    long readAll() {
        var queue = connection.received;
        int all = 0;
        while (queue.available() > 0) {
            long before = queue.trueSize();
            int bytes = queue.copyOut(buffer, 1 << 20);
            for (int i = 0; i < bytes; i++) {
                if (Memory.u8(buffer + i) != pattern(read + i)) {
                    throw new AssertionError("byte " + (read + i) + " of the stream is wrong");
                }
            }
            read += bytes;
            all += bytes;
            connection.consumed(bytes, (int) (before - queue.trueSize()), nowNs);
        }
        return all;
    }

    long count(String name) {
        return counters.value("MPTcpExt" + name);
    }

    /** RFC 8684 figure 10, summed up the plain way. */
    static int checksum(long position, int ssn, int dataLevelLength, long dataFrom, int bytes) {
        long dsn = IDSN + 1 + position;
        long sum = (dsn >>> 48) + (dsn >>> 32 & 0xffff) + (dsn >>> 16 & 0xffff) + (dsn & 0xffff);
        sum += (ssn >>> 16) + (ssn & 0xffff) + dataLevelLength;
        for (int i = 0; i < bytes; i++) {
            sum += (long) pattern(dataFrom + i) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    @Override
    public void onEstablished(Connection established) {}

    @Override
    public void onReadable(Connection connection) {
        readable++;
    }

    @Override
    public void onWritable(Connection connection) {}

    @Override
    public void onFailed(Connection connection, TcpFailure failure) {}

    @Override
    public void onClosed(Connection connection) {}

    @Override
    public void close() {
        receiver.release();
        assertThat(frames.inUse()).as("frames").isZero();
        assertThat(frames.extensionsInUse()).as("extensions").isZero();
        assertThat(core.tcp().memory().receivedBytes()).as("memory account").isZero();
        arena.close();
    }
}
