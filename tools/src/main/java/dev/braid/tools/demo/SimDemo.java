package dev.braid.tools.demo;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo's transfer between two of Braid's cores over a simulated link, on a virtual clock: the same protocol code without a
 * device, a kernel or real time.
 */
final class SimDemo {
    private static final long LIMIT_NS = 3_600_000_000_000L;
    private static final long DELAY_NS = 1_000_000;
    private static final int QUEUE_BYTES = 256 << 10;
    private static final int MTU = 1500;
    private static final int ETHERNET_HEADER = 14;
    private static final int PORT = 5001;
    private static final String NIC = "wifi";
    private static final Prefix BRAID = Prefix.parse("10.77.0.2/24");
    private static final Prefix SERVER = Prefix.parse("10.77.0.1/24");

    private final int mbit;
    private final long bytes;

    SimDemo(int mbit, long bytes) {
        this.mbit = mbit;
        this.bytes = bytes;
    }

    DemoResult run() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var frames = new FramePool(arena, 8192, 256, false);
            var chunks = new ChunkPool(arena, 64 << 20, false);
            var network = new SimNetwork(new VirtualClock(0), 1, frames, Counters.inMemory(arena, 64));
            SimNode client = network.node("braid");
            SimNode server = network.node("server");
            // IP packets go over the link; the nominal rate counts the Ethernet header of each as well.
            LinkConfig link = LinkConfig.PERFECT
                    .rate((long) mbit * 1_000_000 * MTU / (MTU + ETHERNET_HEADER))
                    .delay(DELAY_NS)
                    .queue(QUEUE_BYTES);
            network.join(client, 0, server, 0, link, link);
            Counters counters = Counters.inMemory(arena, 1024);
            StackCore braid = core(BRAID, frames, chunks, counters, 1, client);
            StackCore peer = core(SERVER, frames, chunks, Counters.inMemory(arena, 1024), 2, server);
            client.attach(braid);
            server.attach(peer);
            return transfers(network, braid, peer, counters, arena);
        }
    }

    private static StackCore core(
            Prefix address, FramePool frames, ChunkPool chunks, Counters counters, long seed, SimNode node) {
        var random = new SplitMix64(seed);
        var link = new Link(0, NIC, List.of(address), MTU, 0);
        return new StackCore(
                CoreConfig.DEFAULT.plainTcp(), List.of(link), frames, chunks, counters, random::nextLong, node);
    }

    private DemoResult transfers(
            SimNetwork network, StackCore braid, StackCore peer, Counters counters, Arena arena) throws IOException {
        ListenSocket listener = peer.sockets().listener(socket -> {});
        listener.bind(0, 0, PORT);
        listener.listen(8);
        var results = new ArrayList<TransferResult>();
        long srttNs = 0;
        for (Direction direction : Direction.values()) {
            long start = network.clock().nowNs();
            StreamSocket near = braid.sockets().stream((socket, readiness) -> {});
            IpAddress to = SERVER.address();
            near.connect(to.hi(), to.lo(), PORT, start);
            network.flush();
            StreamSocket far = accept(network, listener);
            var payload = new Payload(direction.ordinal() + 1, bytes);
            boolean down = direction == Direction.DOWNLOAD;
            var transfer = new SimTransfer(down ? far : near, down ? near : far, payload, arena);
            while (!transfer.isOver()) {
                transfer.pump(network.clock().nowNs());
                network.flush();
                step(network);
            }
            srttNs = near.connection() == null ? srttNs : near.connection().srttNs();
            long now = network.clock().nowNs();
            near.close(now);
            far.close(now);
            network.flush();
            results.add(new TransferResult(direction, transfer.received(), now - start, transfer.digestsMatch(),
                    transfer.received(), now - start, Handover.NONE));
        }
        long now = network.clock().nowNs();
        listener.close(now);
        braid.close(now);
        peer.close(now);
        var path = new PathResult(NIC, counters.value("IpExtInOctets"), counters.value("IpExtOutOctets"),
                counters.value("TcpRetransSegs"), srttNs);
        return new DemoResult("sim", new Totals(results, mbit), List.of(path), 0, false, null);
    }

    private static StreamSocket accept(SimNetwork network, ListenSocket listener) throws IOException {
        while (true) {
            StreamSocket accepted = listener.accept((socket, readiness) -> {});
            if (accepted != null) {
                return accepted;
            }
            step(network);
        }
    }

    private static void step(SimNetwork network) throws IOException {
        if (!network.step() || network.clock().nowNs() > LIMIT_NS) {
            throw new IOException(
                    "the simulated transfer stands still after " + network.clock().nowNs() / 1_000_000 + " ms");
        }
    }
}
