package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.stack.core.Link;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.storm.Holding;
import dev.braid.stack.storm.SeededStorm;
import dev.braid.stack.storm.Traffic;
import dev.braid.stack.storm.Weather;
import dev.braid.stack.tcp.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A storm over two to four ways, each with weather, boxes and fate of its own, with connections of Multipath TCP. */
final class MptcpStorm extends SeededStorm {
    /**
     * Frames of 64 KiB on the wire: four times as many as each host has, since received data stays in them. A host leaves a quarter free
     * of what it believes it has, and the two would use up what is one's.
     */
    private static final int WIRE_SUPER_FRAMES = 256;
    /** The junction's ports to the server come behind those to the client. */
    private static final int SERVER_PORTS = 8;

    private final Kind kind;
    private final List<Way> ways = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private Counters wireCounters;
    private Hosts hosts;
    private DataWatch clientWatch;
    private DataWatch serverWatch;
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
        super(seed, journals);
        this.kind = kind;
    }

    @Override
    public String toString() {
        return "MPTCP " + kind + " storm";
    }

    @Override
    protected String replay() {
        return "-Dbraid.storm.mptcp.seed=" + seed + " -Dbraid.storm.mptcp.kind=" + kind;
    }

    @Override
    protected void describe(StringBuilder text) {
        if (hosts != null) {
            text.append("\n  ").append(hosts);
        }
        for (Way way : ways) {
            text.append("\n  ").append(way);
        }
        text.append("\n  turns: ").append(turns);
    }

    @Override
    protected void build() {
        wireCounters = Counters.inMemory(arena, 512);
        makeNetwork(WIRE_SUPER_FRAMES, wireCounters);
        hosts = new Hosts(random.split());
        SimNode clientNode = network.node("client");
        SimNode serverNode = network.node("server");
        SimNode middle = network.node("junction");
        Junction junction = new Junction(middle);
        List<Link> clientLinks = hosts.clientLinks();
        List<Link> serverLinks = hosts.serverLinks();
        client = hosts.host(clientNode, arena, clientLinks);
        server = hosts.host(serverNode, arena, serverLinks);
        clientWatch = new DataWatch(client);
        serverWatch = new DataWatch(server);
        var watch = new MptcpWatch(journal, journals);
        for (Link link : clientLinks) {
            LinkConfig there = Weather.link(random).mtu(link.mtu());
            LinkConfig back = random.chance(0.5) ? there : Weather.link(random).mtu(link.mtu());
            SimPort port = network.join(clientNode, link.index(), middle, link.index(), there, back);
            ways.add(new Way(link.index(), Hosts.addresses(link), port, clientWatch.leaving(), wireCounters));
            watch.way(port, clientWatch);
            Hosts.addresses(link).forEach(address -> junction.route(address, link.index()));
            receive(clientNode, link.index());
        }
        for (Link link : serverLinks) {
            int port = SERVER_PORTS + link.index();
            MptcpWatch.server(
                    network.join(middle, port, serverNode, link.index(), LinkConfig.PERFECT, LinkConfig.PERFECT),
                    serverWatch);
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

    @Override
    protected long nextChangeNs() {
        return turns.isEmpty() ? Deadlines.NONE : turns.getFirst().atNs();
    }

    @Override
    protected void change(long nowNs) {
        Turn turn = turns.removeFirst();
        if (journals) {
            journal.add("%12.6f TURN %s".formatted(nowNs / 1e9, turn));
        }
        Way way = ways.get(turn.way());
        switch (turn.what()) {
            case SILENT -> way.cut(nowNs);
            case HEARD -> way.mend();
            case DOWN -> {
                way.cut(nowNs);
                client.core.onDevice(turn.way(), false, hosts.mtu(turn.way()), nowNs);
            }
            case UP -> {
                way.mend();
                client.core.onDevice(turn.way(), true, hosts.mtu(turn.way()), nowNs);
            }
            case FORGETS -> way.install();
            case LOSES_ADDRESS -> hosts.loses(client, way, nowNs);
            case HAS_ADDRESS -> hosts.regains(client, way, nowNs);
        }
    }

    @Override
    protected void calm() {
        for (Way way : ways) {
            way.mend();
        }
    }

    @Override
    protected void check() {
        Holding.require(clientWatch.complaint().isEmpty(), clientWatch.complaint());
        Holding.require(serverWatch.complaint().isEmpty(), serverWatch.complaint());
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
    }

    @Override
    protected boolean mustArrive() {
        return !mayFail;
    }
}
