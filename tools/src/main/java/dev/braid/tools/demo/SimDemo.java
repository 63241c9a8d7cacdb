package dev.braid.tools.demo;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo between two of Braid's cores over simulated links, on a virtual clock: the same protocol code and the same pull without a
 * device, a kernel or real time.
 */
final class SimDemo {
    private static final long LIMIT_NS = 3_600_000_000_000L;
    private static final int PORT = 5001;

    private final DemoPlan plan;
    private final List<SimPath> paths = new ArrayList<>();
    private final long[] retransmits;
    private final long[] srttNs;
    private long reinjected;
    private boolean fellBack;

    SimDemo(DemoPlan plan) {
        this.plan = plan;
        retransmits = new long[plan.paths().size()];
        srttNs = new long[plan.paths().size()];
    }

    /** Runs both directions. Once. */
    DemoResult run() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            var frames = new FramePool(arena, 8192, 256, false);
            var chunks = new ChunkPool(arena, 64 << 20, false);
            var network = new SimNetwork(new VirtualClock(0), 1, frames, Counters.inMemory(arena, 64));
            SimNode client = network.node("braid");
            SimNode server = network.node("server");
            for (int i = 0; i < plan.paths().size(); i++) {
                paths.add(new SimPath(plan.paths().get(i), i, network, client, server));
            }
            StackCore braid = core(true, frames, chunks, arena, client);
            StackCore peer = core(false, frames, chunks, arena, server);
            client.attach(braid);
            server.attach(peer);
            return transfers(network, braid, peer, arena);
        }
    }

    private StackCore core(boolean client, FramePool frames, ChunkPool chunks, Arena arena, SimNode node) {
        var random = new SplitMix64(client ? 1 : 2);
        List<Link> links = paths.stream().map(path -> path.link(client)).toList();
        CoreConfig config = plan.protocol() == StreamProtocol.MPTCP
                ? CoreConfig.DEFAULT
                : CoreConfig.DEFAULT.plainTcp();
        return new StackCore(
                config, links, frames, chunks, Counters.inMemory(arena, 1024), random::nextLong, node);
    }

    private DemoResult transfers(SimNetwork network, StackCore braid, StackCore peer, Arena arena) throws IOException {
        ListenSocket listener = peer.sockets().listener(socket -> {});
        listener.bind(0, 0, PORT);
        listener.listen(8);
        var results = new ArrayList<TransferResult>();
        for (Direction direction : Direction.values()) {
            results.add(transfer(direction, network, braid, listener, arena));
        }
        long now = network.clock().nowNs();
        listener.close(now);
        braid.close(now);
        peer.close(now);
        List<PathResult> carried = paths.stream().map(path -> new PathResult(
                path.name(), path.carried(Direction.DOWNLOAD).total(), path.carried(Direction.UPLOAD).total(),
                retransmits[path.device()], srttNs[path.device()])).toList();
        return new DemoResult("sim", new Totals(results, plan.capacityMbit()), carried, reinjected, fellBack, null);
    }

    private TransferResult transfer(
            Direction direction, SimNetwork network, StackCore braid, ListenSocket listener, Arena arena)
            throws IOException {
        long start = network.clock().nowNs();
        StreamSocket near = braid.sockets().stream((socket, readiness) -> {});
        IpAddress to = paths.getFirst().address(false).address();
        near.connect(to.hi(), to.lo(), PORT, start);
        network.flush();
        StreamSocket far = accept(network, listener);
        var payload = new Payload(direction.ordinal() + 1, plan.bytes());
        boolean down = direction == Direction.DOWNLOAD;
        var log = new ArrivalLog();
        var pull = new SimPull(plan, paths.getFirst(), braid);
        var transfer = new SimTransfer(down ? far : near, down ? near : far, payload, arena);
        while (!transfer.isOver()) {
            long now = network.clock().nowNs();
            long before = transfer.received();
            transfer.pump(now);
            if (transfer.received() > before) {
                log.add(now, transfer.received() - before);
            }
            pull.work(transfer.received(), now);
            network.flush();
            step(network, pull.nextNs());
        }
        long now = network.clock().nowNs();
        note(near, far, now);
        near.close(now);
        far.close(now);
        network.flush();
        long whole = pull.wholeUntilNs(now);
        return new TransferResult(direction, transfer.received(), now - start, transfer.digestsMatch(),
                log.between(start, whole), whole - start,
                pull.end(direction, log, plan.capacityMbit() - plan.paths().getFirst().mbit(), now));
    }

    /** What the two ends have to tell of a transfer that is over. */
    private void note(StreamSocket near, StreamSocket far, long nowNs) {
        if (near.connection() instanceof MptcpConnection connection) {
            MptcpInfo info = connection.multipathInfo(nowNs);
            info.subflowInfos.forEach(subflow -> note(subflow.link, subflow.tcp));
            reinjected += info.bytesRetrans;
            fellBack |= info.fallback;
        } else if (near.connection() != null) {
            note(0, near.connection().info(nowNs));
            fellBack |= plan.protocol() == StreamProtocol.MPTCP;
        }
        if (far.connection() instanceof MptcpConnection connection) {
            reinjected += connection.multipathInfo(nowNs).bytesRetrans;
        }
    }

    private void note(int device, TcpInfo info) {
        retransmits[device] += info.totalRetrans;
        srttNs[device] = info.rttNs;
    }

    private static StreamSocket accept(SimNetwork network, ListenSocket listener) throws IOException {
        while (true) {
            StreamSocket accepted = listener.accept((socket, readiness) -> {});
            if (accepted != null) {
                return accepted;
            }
            step(network, Long.MAX_VALUE);
        }
    }

    /** Goes to the next moment at which something happens in the network, or to the given one if that is earlier. */
    private static void step(SimNetwork network, long untilNs) throws IOException {
        if (network.nextEventNs() > untilNs) {
            network.clock().advanceTo(untilNs);
        } else if (!network.step() || network.clock().nowNs() > LIMIT_NS) {
            throw new IOException(
                    "the simulated transfer stands still after " + network.clock().nowNs() / 1_000_000 + " ms");
        }
    }
}
