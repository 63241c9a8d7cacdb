package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.stack.core.Link;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.storm.Holding;
import dev.braid.stack.storm.StormHost;
import dev.braid.stack.storm.Traffic;
import dev.braid.stack.storm.Weather;
import dev.braid.stack.tcp.Connection;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Two real cores joined by two to four ways, each with weather, boxes and fate of its own, and several Multipath TCP connections
 * between them: what must hold whatever happens, after every event, and when all is over.
 */
final class MptcpStorm {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long TRAFFIC_LIMIT_NS = 3_600 * SECOND_NS;
    private static final long IDLE_LIMIT_NS = 3_600 * SECOND_NS;
    private static final int MAX_STEPS = 5_000_000;
    /**
     * Frames of 64 KiB on the wire: four times as many as each host has, since received data stays in them. A host leaves a quarter free
     * of what it believes it has, and the two would use up what is one's.
     */
    private static final int WIRE_SUPER_FRAMES = 256;
    /** The junction's ports to the server come behind those to the client. */
    private static final int SERVER_PORTS = 8;

    private final long seed;
    private final Kind kind;
    private final SplitMix64 random;
    private final List<String> journal = new ArrayList<>();
    private final boolean journals;
    private final List<Way> ways = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private Arena arena;
    private SimNetwork network;
    private FramePool wireFrames;
    private Counters wireCounters;
    private StormHost client;
    private StormHost server;
    private Traffic traffic;
    private Hosts hosts;
    private String weather = "";
    /** Whether a box may break what nothing can mend: then connections may fail, but never lie. */
    private boolean mayFail;
    /** The server's ports of the connections whose client knows that the server speaks Multipath TCP. */
    private final Set<Integer> proved = new HashSet<>();
    /** The ports of connections that are plain TCP, at one end at least. */
    private final Set<Integer> plain = new HashSet<>();

    /** What a storm is made of besides the weather. */
    enum Kind {
        /** Nothing. */
        WEATHER,
        /** Middleboxes that strip, clamp, shift, split, join and translate. */
        BOXES,
        /** Links that fall silent, go down and lose their addresses, NATs that forget; one link is left alone. */
        TURNS
    }

    MptcpStorm(long seed, boolean journals, Kind kind) {
        this.seed = seed;
        this.journals = journals;
        this.kind = kind;
        this.random = new SplitMix64(seed);
    }

    /** Runs it; whatever does not hold is an {@link AssertionError} with the seed in it. */
    void run() {
        try (Arena memory = Arena.ofConfined()) {
            arena = memory;
            build();
            traffic();
            ebb();
            verify();
        } catch (AssertionError | RuntimeException e) {
            throw failure(e);
        }
    }

    /** The fingerprint of the run. */
    long digest() {
        return network.digest();
    }

    private AssertionError failure(Throwable cause) {
        var text = new StringBuilder("MPTCP " + kind + " storm of seed " + seed + " failed: " + cause.getMessage());
        text.append("\n  replay with a journal: -Dbraid.storm.mptcp.seed=").append(seed);
        text.append(" -Dbraid.storm.mptcp.kind=").append(kind);
        text.append("\n  ").append(weather);
        if (network != null) {
            text.append("\n  at ").append(network.clock().nowNs() / 1e9).append(" s");
        }
        if (hosts != null) {
            text.append("\n  ").append(hosts);
        }
        for (Way way : ways) {
            text.append("\n  ").append(way);
        }
        text.append("\n  turns: ").append(turns);
        if (traffic != null) {
            text.append(traffic);
        }
        for (String line : journal) {
            text.append("\n  ").append(line);
        }
        return new AssertionError(text.toString(), cause);
    }

    // Building.

    private void build() {
        wireFrames = new FramePool(arena, 16_384, WIRE_SUPER_FRAMES, false);
        wireCounters = Counters.inMemory(arena, 512);
        network = new SimNetwork(
                new VirtualClock(random.nextInt(1_000_000) * 1_000_000L), random.nextLong(), wireFrames, wireCounters);
        hosts = new Hosts(random.split());
        SimNode clientNode = network.node("client");
        SimNode serverNode = network.node("server");
        SimNode middle = network.node("junction");
        Junction junction = new Junction(middle);
        List<Link> clientLinks = hosts.clientLinks();
        List<Link> serverLinks = hosts.serverLinks();
        client = hosts.host(clientNode, arena, clientLinks);
        server = hosts.host(serverNode, arena, serverLinks);
        for (Link link : clientLinks) {
            LinkConfig there = Weather.link(random).mtu(link.mtu());
            LinkConfig back = random.chance(0.5) ? there : Weather.link(random).mtu(link.mtu());
            SimPort port = network.join(clientNode, link.index(), middle, link.index(), there, back);
            ways.add(new Way(link.index(), Hosts.addresses(link), port, wireCounters));
            Hosts.addresses(link).forEach(address -> junction.route(address, link.index()));
            receive(clientNode, link.index());
        }
        for (Link link : serverLinks) {
            int port = SERVER_PORTS + link.index();
            network.join(middle, port, serverNode, link.index(), LinkConfig.PERFECT, LinkConfig.PERFECT);
            Hosts.addresses(link).forEach(address -> junction.route(address, port));
            receive(serverNode, link.index());
        }
        hosts.configure(client, server);
        client.core.mptcp().hostPaths().watch(report -> {
            if (report.type() == PathReport.Type.ESTABLISHED) {
                proved.add(report.remotePort());
            }
        });
        if (kind == Kind.BOXES) {
            mayFail = new WayBoxes(random.split(), wireFrames, wireCounters).install(ways, junction);
        } else if (kind == Kind.TURNS) {
            turns.addAll(Turn.of(random.split(), ways.size(), random.nextInt(ways.size())));
            WayBoxes.nats(random.split(), ways, junction);
        }
        new MptcpWatch(journal, journals).watch(ways);
        traffic = new Traffic(seed, random, client, server, true);
        if (kind == Kind.TURNS) {
            // Several MP_CAPABLE SYNs were lost in a row, which is what it looks like where they are not let through: a plain connection
            // ends with its one path.
            traffic.mayFail(plain::contains);
            // A NAT that forgets has the peer reset what it does not know. Before the peer's first DSS no other path may be opened
            // (RFC 8684 section 3.1).
            traffic.mayBeReset(port -> !proved.contains(port));
        }
        if (random.chance(0.5)) {
            traffic.plan();
        } else {
            traffic.planLarge(1 + random.nextInt(2));
        }
    }

    private void receive(SimNode node, int device) {
        if (random.chance(0.5)) {
            node.port(device).coalescing(true).moderation(random.chance(0.5) ? 50_000L : 500_000L);
        }
    }

    // Running.

    private void traffic() {
        long started = network.clock().nowNs();
        long limit = started + TRAFFIC_LIMIT_NS;
        int steps = 0;
        while (true) {
            long now = network.clock().nowNs();
            traffic.startDue(started, now);
            while (!turns.isEmpty() && started + turns.getFirst().atNs() <= now) {
                turn(turns.removeFirst(), now);
            }
            traffic.turns(now);
            network.flush();
            checkInvariants();
            if (traffic.isOver()) {
                return;
            }
            long next = nextNs(started);
            Holding.require(next <= limit, "the traffic is not over after an hour");
            Holding.require(++steps < MAX_STEPS, "too many events");
            if (next > now && next < network.nextEventNs()) {
                network.runUntil(next);
            } else {
                network.step();
            }
        }
    }

    private long nextNs(long started) {
        long next = Math.min(network.nextEventNs(), traffic.nextStartNs(started));
        if (!turns.isEmpty()) {
            next = Math.min(next, started + turns.getFirst().atNs());
        }
        if (next == Deadlines.NONE) {
            long now = network.clock().nowNs();
            Holding.require(traffic.giveUpWaiting(now), "nothing is to come, and the traffic is not over");
            return now + 1;
        }
        return next;
    }

    private void turn(Turn turn, long now) {
        if (journals) {
            journal.add("%12.6f TURN %s".formatted(now / 1e9, turn));
        }
        Way way = ways.get(turn.way());
        switch (turn.what()) {
            case SILENT -> way.cut(now);
            case HEARD -> way.mend();
            case DOWN -> {
                way.cut(now);
                client.core.onDevice(turn.way(), false, hosts.mtu(turn.way()), now);
            }
            case UP -> {
                way.mend();
                client.core.onDevice(turn.way(), true, hosts.mtu(turn.way()), now);
            }
            case FORGETS -> way.install();
            case LOSES_ADDRESS -> hosts.loses(client, way, now);
            case HAS_ADDRESS -> hosts.regains(client, way, now);
        }
    }

    /** Everything that is left expires. */
    private void ebb() {
        long now = network.clock().nowNs();
        traffic.end(now);
        for (Way way : ways) {
            way.mend();
        }
        Holding.require(network.runUntilIdle(now + IDLE_LIMIT_NS), "the network is not idle an hour after the traffic");
    }

    // Holding.

    private void checkInvariants() {
        for (StreamSocket socket : traffic.sockets()) {
            Connection connection = socket.connection();
            if (connection instanceof MptcpConnection multipath && multipath.fallbackReason() != null) {
                plain.add(connection.localPort());
                plain.add(connection.remotePort());
            }
            if (connection != null) {
                Holding.require(connection.sendUnacknowledged() >= 0, "DATA_NXT is before DATA_UNA");
                Holding.require(connection.sendQueued() + 1 >= connection.sendUnacknowledged(),
                        "more is on its way than was written and an end");
            }
        }
        Holding.noDefects(client);
        Holding.noDefects(server);
    }

    private void verify() {
        checkInvariants();
        if (!mayFail) {
            traffic.verify();
        }
        Holding.require(network.inFlight() == 0, network.inFlight() + " packets are on their way");
        Holding.require(wireFrames.inUse() == 0, wireFrames.inUse() + " frames of the wire leaked");
        Holding.require(client.leaks().isEmpty(), "leaks: " + client.leaks());
        Holding.require(server.leaks().isEmpty(), "leaks: " + server.leaks());
    }
}
