package dev.braid.stack.golden;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.LinkConfig;
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
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpSettings;
import dev.braid.stack.mptcp.path.Limits;
import dev.braid.stack.storm.mptcp.Junction;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpSettings;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A client and a server with {@link TwoLinks} between them under a virtual clock, everything at its defaults, and one transfer over a
 * connection of Multipath TCP: what {@code braid bench aggregation} does, and measured over the same span.
 *
 * <p>Hosts hand super-frames to their devices, as they do on a TUN; the links carry, queue and lose packets of wire size.
 */
final class TwoLinkLab implements AutoCloseable {
    static final long MS = 1_000_000L;

    private static final String SERVER = "10.1.0.2";
    private static final int PORT = 5001;
    private static final int MTU = 1500;
    private static final long SEED = 20_26;

    final VirtualClock clock = new VirtualClock(1000 * MS);
    final Counters clientCounters;
    final Counters serverCounters;
    final QueueWatch[] queues = {new QueueWatch(), new QueueWatch()};
    private final Arena arena = Arena.ofConfined();
    private final FramePool frames = new FramePool(arena, 16_384, 512, false);
    private final ChunkPool chunks = new ChunkPool(arena, 1 << 20, false);
    private final Chunk payload = Objects.requireNonNull(chunks.take(ChunkPool.LARGE));
    private final SimNetwork network;
    private final StackCore client;
    private final StackCore server;
    private final List<String> defects = new ArrayList<>();

    /**
     * A lab without a connection.
     *
     * @param down whether the data goes to the client
     * @param joins whether the client may add its second link
     */
    TwoLinkLab(TwoLinks links, boolean down, boolean joins, String scheduler) {
        clientCounters = Counters.inMemory(arena, 1024);
        serverCounters = Counters.inMemory(arena, 1024);
        network = new SimNetwork(clock, SEED, frames, Counters.inMemory(arena, 128));
        SimNode one = network.node("client");
        SimNode other = network.node("server");
        SimNode middle = network.node("junction");
        Junction junction = new Junction(middle);
        for (int i = 0; i < TwoLinks.LINKS; i++) {
            var there = down ? links.back(i) : links.forth(i);
            var back = down ? links.forth(i) : links.back(i);
            SimLink forth = network.join(one, i, middle, i, there, back).out();
            SimLink ofData = down ? middle.port(i).out() : forth;
            ofData.tap(queues[i]);
            junction.route(IpAddress.parse(clientAddress(i)), i);
        }
        network.join(middle, TwoLinks.LINKS, other, 0, LinkConfig.PERFECT, LinkConfig.PERFECT);
        junction.route(IpAddress.parse(SERVER), TwoLinks.LINKS);
        client = host(one, List.of(clientAddress(0), clientAddress(1)), clientCounters, scheduler);
        server = host(other, List.of(SERVER), serverCounters, scheduler);
        client.mptcp().hostPaths().endpoints().limits(joins ? new Limits(1, 1) : new Limits(0, 0));
    }

    private StackCore host(SimNode node, List<String> addresses, Counters counters, String scheduler) {
        CoreConfig config = CoreConfig.DEFAULT.copy();
        config.mptcp.scheduler = scheduler;
        var links = new ArrayList<Link>();
        for (String address : addresses) {
            links.add(new Link(links.size(), node.name() + links.size(), List.of(Prefix.parse(address + "/24")), MTU,
                    Offloads.CHECKSUM | Offloads.TSO4));
        }
        var random = new SplitMix64(addresses.size());
        var core = new StackCore(config, links, frames, chunks, counters, random::nextLong, node);
        core.reportDefectsTo((during, defect) -> defects.add(during + ": " + defect));
        node.attach(core);
        return core;
    }

    private static String clientAddress(int link) {
        return "10.0." + link + ".1";
    }

    /**
     * Moves data between client and server.
     *
     * @param link which the connection begins on
     * @param ms how long the sender writes
     * @param watcher is called after every event, until all is over
     */
    TimedTransfer move(int link, boolean down, long ms, TimedTransfer[] running, Runnable watcher) {
        var transfer = new TimedTransfer(payload, clock, down, ms * MS);
        running[0] = transfer;
        server.tcp().reservePort(0, 0, PORT);
        TcpListener listener = Objects.requireNonNull(server.tcp().listen(
                ready -> {}, new TcpSettings(), new MptcpSettings(), 0, 0, PORT, 64), "the listener");
        MptcpConnection connection = client.mptcp().open(transfer.client, new TcpSettings(), new MptcpSettings());
        transfer.client.connection = connection;
        IpAddress from = IpAddress.parse(clientAddress(link));
        IpAddress to = IpAddress.parse(SERVER);
        client.mptcp().connect(connection, from.hi(), from.lo(), 0, to.hi(), to.lo(), PORT, clock.nowNs());
        network.flush();
        while (!transfer.isOver()) {
            if (!network.step() || clock.nowNs() > transfer.lateNs()) {
                throw new AssertionError("the transfer does not end");
            }
            if (transfer.server.connection == null) {
                transfer.accepted((MptcpConnection) listener.accept());
            }
            if (transfer.serve()) {
                network.flush();
            }
            if (!defects.isEmpty()) {
                throw new AssertionError("a defect: " + defects.getFirst());
            }
            watcher.run();
        }
        return transfer;
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
