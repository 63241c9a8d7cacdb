package dev.braid.stack.golden;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.Middlebox;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpSettings;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Two hosts with a {@link Bottleneck} between them under a virtual clock, and bulk flows from the one to the other. Buffers are
 * larger than any window the path can use, so that congestion control alone decides.
 *
 * <p>Hosts hand super-frames to their device, as they do on a TUN; the link carries, queues and loses packets of wire size.
 */
final class Lab implements AutoCloseable {
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;

    private static final int PORT = 5001;
    private static final int FIRST_CLIENT_PORT = 20_000;
    private static final int LEAST_BUFFER = 4 << 20;
    /** Slow start ends at twice what path and queue hold, which is two bandwidth-delay products, and half as much is spare. */
    private static final int BUFFER_IN_BDPS = 6;

    private static final long MEMORY = 16L << 30;

    final Bottleneck bottleneck;
    final VirtualClock clock = new VirtualClock(SECOND);
    final SimLink forth;
    final SimLink back;
    final QueueWatch queue = new QueueWatch();
    final StackCore client;
    final StackCore server;
    final Counters clientCounters;
    final Counters serverCounters;
    private final Arena arena = Arena.ofConfined();
    private final FramePool frames;
    private final Chunk payload;
    private final SimNetwork network;
    private final IpAddress serverAddress;
    private final TcpListener listener;
    private final ArrayDeque<BulkFlow.End> marked = new ArrayDeque<>();
    private final List<BulkFlow> flows = new ArrayList<>();
    private final List<String> defects = new ArrayList<>();

    /**
     * A lab without flows.
     *
     * @param seed decides which packets are lost
     */
    Lab(Bottleneck bottleneck, long seed) {
        this.bottleneck = bottleneck;
        long window = BUFFER_IN_BDPS * bottleneck.bdpBytes();
        int buffer = (int) Math.max(window, LEAST_BUFFER);
        // Room for the whole window twice over in either class: a core that runs short of frames drops what it has SACKed.
        int superFrames = (int) (4L * buffer / FramePool.SUPER_SLOT_BYTES) + 256;
        frames = new FramePool(arena, 4 * buffer / Bottleneck.PAYLOAD + 8192, superFrames, false);
        ChunkPool chunks = new ChunkPool(arena, 1 << 20, false);
        payload = Objects.requireNonNull(chunks.take(ChunkPool.LARGE));
        clientCounters = Counters.inMemory(arena, 1024);
        serverCounters = Counters.inMemory(arena, 1024);
        network = new SimNetwork(clock, seed, frames, Counters.inMemory(arena, 128));
        SimNode one = network.node("client");
        SimNode other = network.node("server");
        forth = network.join(one, 0, other, 0, bottleneck.forth(), bottleneck.back()).out();
        back = other.port(0).out();
        forth.tap(queue);
        TcpConfig config = config(buffer);
        client = host(one, "10.0.0.1/24", config, chunks, clientCounters, 1);
        server = host(other, "10.0.0.2/24", config, chunks, serverCounters, 2);
        serverAddress = IpAddress.parse("10.0.0.2");
        server.tcp().reservePort(0, 0, PORT);
        listener = Objects.requireNonNull(
                server.tcp().listen(ready -> {}, new TcpSettings(), 0, 0, PORT, 64), "the listener");
    }

    private static TcpConfig config(int buffer) {
        return TcpConfig.with(config -> {
            config.receiveBuffer = buffer;
            config.maxReceiveBuffer = buffer;
            config.sendBuffer = buffer;
            config.maxSendBuffer = buffer;
            config.memLow = MEMORY;
            config.memPressure = MEMORY;
            config.memMax = MEMORY;
            config.maxSentRecords = 2 * buffer / Bottleneck.PAYLOAD;
        });
    }

    private StackCore host(
            SimNode node, String address, TcpConfig config, ChunkPool chunks, Counters counters, long seed) {
        var random = new SplitMix64(seed);
        var link = new Link(
                0, node.name(), List.of(Prefix.parse(address)), Bottleneck.MTU, Offloads.CHECKSUM | Offloads.TSO4);
        var core = new StackCore(
                CoreConfig.DEFAULT.withTcp(config), List.of(link), frames, chunks, counters, random::nextLong, node);
        core.reportDefectsTo((during, defect) -> defects.add(during + ": " + defect));
        node.attach(core);
        return core;
    }

    /** Puts a box in front of the acknowledgments' way. */
    void onTheWayBack(Middlebox box) {
        back.middlebox(box);
    }

    /** An established flow under this congestion control, which has not sent yet. Handshakes are never lost. */
    BulkFlow open(String control) {
        return open(control, 0);
    }

    /**
     * As {@link #open(String)}.
     *
     * @param parity 0 for an even port of the sender's, 1 for an odd one
     */
    BulkFlow open(String control, int parity) {
        forth.reshape(bottleneck.forth());
        var flow = new BulkFlow(marked, payload);
        var settings = new TcpSettings();
        Controls.choose(settings, control);
        // DCTCP is an agreement of both ends (RFC 8257 section 3).
        Controls.choose(listener.settings(), control);
        Tcb tcb = client.tcp().open(flow.sender, settings);
        flow.sender.tcb = tcb;
        client.tcp().connect(tcb, 0, 0, port(parity), serverAddress.hi(), serverAddress.lo(), PORT, clock.nowNs());
        network.flush();
        Tcb accepted = (Tcb) listener.accept();
        for (int i = 0; accepted == null && i < 100_000; i++) {
            step();
            accepted = (Tcb) listener.accept();
        }
        flow.receiver.tcb = Objects.requireNonNull(accepted, "an accepted connection");
        accepted.user(flow.receiver);
        flow.receiver.mark();
        flows.add(flow);
        forth.reshape(bottleneck.lossyForth());
        return flow;
    }

    private int port(int parity) {
        int port = FIRST_CLIENT_PORT + 2 * flows.size() + parity;
        return client.tcp().reservePort(0, 0, port);
    }

    private void step() {
        network.step();
        serve();
    }

    private void serve() {
        if (marked.isEmpty()) {
            return;
        }
        for (BulkFlow.End end = marked.poll(); end != null; end = marked.poll()) {
            end.turn(clock.nowNs());
        }
        network.flush();
    }

    /** Runs to a moment. */
    void runUntil(long momentNs) {
        serve();
        while (network.nextEventNs() <= momentNs) {
            step();
        }
        clock.advanceTo(momentNs);
        if (!defects.isEmpty()) {
            throw new AssertionError("a defect: " + defects.getFirst());
        }
    }

    /** How long data packets waited in the queue on average, nanoseconds. */
    double meanQueueNs() {
        double own = Bottleneck.MTU * 8.0 * SECOND / bottleneck.bitsPerSecond() + bottleneck.rttNs() / 2;
        return Math.max(0, queue.meanStayNs() - own);
    }

    @Override
    public void close() {
        client.close(clock.nowNs());
        server.close(clock.nowNs());
        network.close();
        payload.release();
        arena.close();
    }
}
