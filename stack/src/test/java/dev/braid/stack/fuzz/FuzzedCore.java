package dev.braid.stack.fuzz;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.fastpath.wire.Protocol;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.testing.fuzz.FuzzInput;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Consumer;

/**
 * A core for one fuzzed input: two links, a clock that moves when told, and what must hold whatever arrives. Pools are shared by
 * all inputs of a process, so that an input costs microseconds; an input that leaks fails at its own end.
 */
final class FuzzedCore {
    static final IpAddress HOST4 = IpAddress.parse("10.77.0.2");
    static final IpAddress PEER4 = IpAddress.parse("10.77.0.1");
    static final IpAddress HOST6 = IpAddress.parse("fd77::2");
    static final IpAddress PEER6 = IpAddress.parse("fd77::1");

    /** The port that the core connects to. */
    private static final int PEER_PORT = 9;

    private static final Arena MEMORY = Arena.global();
    private static final FramePool FRAMES = new FramePool(MEMORY, 4096, 128, false);
    private static final ChunkPool CHUNKS = new ChunkPool(MEMORY, 8 << 20, false);
    private static final Counters COUNTERS = Counters.inMemory(MEMORY, 1024);
    /** Deadlines until everything is over: each connection retransmits some twenty times. */
    private static final int MOST_DEADLINES = 20_000;

    final StackCore core;
    long nowNs = 1_000_000_000L;
    private final Consumer<Frame> wire;
    private final long boundsBefore = COUNTERS.value("DropBounds");

    /**
     * A fresh core.
     *
     * @param wire looks at every frame that leaves, which is released afterwards
     */
    FuzzedCore(CoreConfig config, Consumer<Frame> wire) {
        this.wire = wire;
        List<Link> links = List.of(
                new Link(0, "sim0", List.of(new Prefix(HOST4, 24), new Prefix(HOST6, 64)), 1500, 0),
                new Link(1, "sim1", List.of(Prefix.parse("10.78.0.2/24"), Prefix.parse("fd78::2/64")), 1280, 0));
        core = new StackCore(config, links, FRAMES, CHUNKS, COUNTERS, new SplitMix64(7)::nextLong, this::leave);
        core.reportDefectsTo((during, defect) -> {
            throw new AssertionError("a defect during " + during, defect);
        });
    }

    /** Its address on a link. */
    static IpAddress host(int link, boolean v4) {
        return other(v4 ? HOST4 : HOST6, link);
    }

    /** An address of its peer's: the one on the first link, or the other one. */
    static IpAddress peer(int number, boolean v4) {
        return other(v4 ? PEER4 : PEER6, number);
    }

    private static IpAddress other(IpAddress first, int number) {
        return first.isIpv4()
                ? IpAddress.ofIpv4(first.ipv4() + (number << 16))
                : new IpAddress(first.hi() + ((long) number << 48), first.lo());
    }

    private void leave(Frame frame) {
        try {
            wire.accept(frame);
        } finally {
            frame.release();
        }
    }

    /** A frame with these bytes from link 0, to be delivered; {@code null} when the pool is exhausted. */
    Frame frame(byte[] packet) {
        Frame frame = FRAMES.take(packet.length);
        if (frame != null) {
            frame.resize(packet.length);
            Memory.copyIn(packet, 0, frame.data(), packet.length);
        }
        return frame;
    }

    /** Lets the frame arrive. */
    void receive(Frame frame) {
        core.onFrame(frame, nowNs);
        core.flush(nowNs);
    }

    void flush() {
        core.flush(nowNs);
    }

    /** Moves the clock and lets deadlines expire. */
    void after(long ns) {
        nowNs += ns;
        core.onDeadline(nowNs);
        core.flush(nowNs);
    }

    /** Moves the clock to the next deadline, if there is one. */
    void toNextDeadline() {
        long next = core.nextDeadlineNs();
        if (next != Deadlines.NONE) {
            after(Math.max(0, next - nowNs));
        }
    }

    /** A socket that connects to the peer's port. */
    StreamSocket connect(boolean v4) {
        StreamSocket socket = core.sockets().stream((who, ready) -> {});
        IpAddress peer = v4 ? PEER4 : PEER6;
        socket.connect(peer.hi(), peer.lo(), PEER_PORT, nowNs);
        return socket;
    }

    /** One of the ways in which a program lets go of a connection, half of it or all. */
    void end(StreamSocket socket, int how) {
        switch (how & 3) {
            case 0 -> socket.shutdown(StreamSocket.SHUT_WR, nowNs);
            case 1 -> socket.shutdown(StreamSocket.SHUT_RD, nowNs);
            case 2 -> socket.close(nowNs);
            default -> socket.abort(nowNs);
        }
    }

    /** Where the TCP header of a packet that left begins behind the packet's first byte; -1 if it has none. */
    static int tcpAt(long packet) {
        boolean v4 = Ipv4.version(packet) == 4;
        int protocol = v4 ? Ipv4.protocol(packet) : Ipv6.nextHeader(packet);
        return protocol != Protocol.TCP ? -1 : v4 ? Ipv4.headerLength(packet) : Ipv6.HEADER;
    }

    /** Makes a few of a packet's first bytes others, with checksums that fit. */
    static void spoil(Frame frame, FuzzInput input) {
        for (int changes = 1 + (input.u8() & 3); changes > 0; changes--) {
            Memory.put8(frame.data() + input.u8() % frame.linearLength(), input.u8());
        }
        ForgedSegment.mend(frame);
    }

    /** Bytes of memory that frames outside the pool pin. */
    static long framesHeld() {
        return FRAMES.inUse();
    }

    /** What holds after every step: every parser noticed by itself what reached outside a packet. */
    void check() {
        require(COUNTERS.value("DropBounds") == boundsBefore, "only the last line of defence saw a wild offset");
    }

    /** Ends the core the hard way; nothing may be left. */
    void close() {
        core.close(nowNs);
        core.onDeadline(nowNs);
        empty();
    }

    /** Lets time pass until nothing is left to do; then nothing may be left. The sockets are closed. */
    void runDry() {
        flush();
        int steps = 0;
        for (long next = core.nextDeadlineNs(); next != Deadlines.NONE; next = core.nextDeadlineNs()) {
            require(++steps < MOST_DEADLINES,
                    "never idle: " + core.deadlines() + " deadlines pending after " + nowNs / 1_000_000 + " ms");
            after(Math.max(0, next - nowNs));
        }
        require(core.sockets().open() == 0, core.sockets().open() + " sockets left");
        empty();
    }

    private void empty() {
        check();
        require(core.incompleteDatagrams() == 0, core.incompleteDatagrams() + " incomplete datagrams left");
        require(FRAMES.inUse() == 0, FRAMES.inUse() + " frames leaked");
        require(FRAMES.extensionsInUse() == 0, FRAMES.extensionsInUse() + " extensions leaked");
        require(CHUNKS.inUse() == 0, CHUNKS.inUse() + " chunks leaked");
    }

    ChunkPool chunks() {
        return CHUNKS;
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
