package dev.braid.stack.storm.mptcp;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.Link;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.path.PathReport;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.storm.Holding;
import dev.braid.stack.storm.SeededStorm;
import dev.braid.stack.storm.StormHost;
import dev.braid.stack.storm.Traffic;
import dev.braid.stack.storm.Weather;
import dev.braid.stack.tcp.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

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
    private final List<Way> serverWays = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();
    private Counters wireCounters;
    private Hosts hosts;
    private HostTurns clientTurns;
    private HostTurns serverTurns;
    private DataWatch clientWatch;
    private DataWatch serverWatch;
    /** Whether a box may break what nothing can mend: then connections may fail, but never lie. */
    private boolean mayFail;
    /** The server's ports of connections whose client lost its address for good before it was proved. */
    private final Set<Integer> leftBehind = new HashSet<>();
    /** Whether a box alters payload. */
    private boolean alters;
    private final Map<String, Long> occurred = new TreeMap<>();
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
        TURNS,
        /** All of this together and at both ends, boxes that alter payload, and what administrators choose and change meanwhile. */
        ALL
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
        joinClient(middle, junction);
        joinServer(middle, junction);
        hosts.configure(client, server);
        client.core.mptcp().hostPaths().watch(report -> {
            if (report.type() == PathReport.Type.ESTABLISHED) {
                proved.add(report.remotePort());
            }
        });
        clientTurns = new HostTurns(client, ways, junction, 0, new SplitMix64(SplitMix64.at(seed, 996)));
        serverTurns = new HostTurns(server, serverWays, junction, SERVER_PORTS,
                new SplitMix64(SplitMix64.at(seed, 997)));
        switch (kind) {
            case WEATHER -> {}
            case BOXES -> mayFail = new WayBoxes(random.split(), wireFrames, wireCounters).install(ways, junction);
            case TURNS -> {
                turns.addAll(Turn.of(random.split(), ways.size(), random.nextInt(ways.size())));
                WayBoxes.nats(random.split(), ways, junction);
            }
            case ALL -> all(junction);
        }
        planTraffic();
    }

    private void joinClient(SimNode middle, Junction junction) {
        var watch = new MptcpWatch(journal, journals);
        for (Link link : client.links) {
            LinkConfig there = Weather.link(random).mtu(link.mtu());
            LinkConfig back = random.chance(0.5) ? there : Weather.link(random).mtu(link.mtu());
            SimPort port = network.join(client.node, link.index(), middle, link.index(), there, back);
            ways.add(new Way(link.index(), Hosts.addresses(link), port, clientWatch.leaving(), wireCounters));
            watch.way(port, clientWatch);
            Hosts.addresses(link).forEach(address -> junction.route(address, link.index()));
            receive(client.node, link.index());
        }
    }

    private void joinServer(SimNode middle, Junction junction) {
        for (Link link : server.links) {
            int port = SERVER_PORTS + link.index();
            network.join(middle, port, server.node, link.index(), LinkConfig.PERFECT, LinkConfig.PERFECT);
            SimPort end = server.node.port(link.index());
            serverWays.add(new Way(link.index(), Hosts.addresses(link), end, serverWatch.leaving(), wireCounters));
            MptcpWatch.arrivals(end, serverWatch);
            Hosts.addresses(link).forEach(address -> junction.route(address, port));
            receive(server.node, link.index());
        }
    }

    private void planTraffic() {
        traffic = new Traffic(seed, random, client, server, true);
        if (kind == Kind.TURNS || kind == Kind.ALL) {
            // Several MP_CAPABLE SYNs were lost in a row, which is what it looks like where they are not let through: a plain connection
            // ends with its one path.
            traffic.mayFail(port -> mayFail || plain.contains(port) || leftBehind.contains(port));
            // A NAT that forgets has the peer reset what it does not know. Before the peer's first DSS no other path may be opened
            // (RFC 8684 section 3.1).
            traffic.mayBeReset(port -> !proved.contains(port));
            // What a box altered is not delivered while there are checksums; after a fallback there are none.
            traffic.mayBeAltered(socket -> alters && isPlain(socket));
        }
        if (random.chance(0.5)) {
            traffic.plan();
        } else {
            traffic.planLarge(1 + random.nextInt(2));
        }
    }

    /** Everything: one link of each host is the anchor that nothing happens to. */
    private void all(Junction junction) {
        int anchor = random.nextInt(ways.size());
        int serverAnchor = random.nextInt(serverWays.size());
        hosts.configureAll(client, server);
        turns.addAll(Turn.ofAll(random.split(), false, ways.size(), anchor));
        turns.addAll(Turn.ofAll(random.split(), true, serverWays.size(), serverAnchor));
        turns.sort(Comparator.comparingLong(Turn::atNs));
        var boxes = new WayBoxes(random.split(), wireFrames, wireCounters);
        boolean sound = boxes.installAll(ways, junction, anchor);
        alters = boxes.alters();
        mayFail = !sound || !hosts.reopens();
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
        occurs(turn.what() + (turn.atServer() ? " at the server" : ""), 1);
        if (turn.what() == Turn.What.MOVES && !turn.atServer()) {
            leaveBehind(ways.get(turn.way()).addresses);
        }
        HostTurns host = turn.atServer() ? serverTurns : clientTurns;
        host.happens(turn, turn.atServer() ? Hosts.SERVER_MTU : hosts.mtu(turn.way()), nowNs);
    }

    /** Connections from addresses that do not come back end with them while no other path may be opened. */
    private void leaveBehind(List<IpAddress> addresses) {
        for (StreamSocket socket : traffic.sockets()) {
            Connection connection = socket.connection();
            if (connection != null && addresses.contains(new IpAddress(connection.localHi(), connection.localLo()))
                    && !proved.contains(connection.remotePort())) {
                leftBehind.add(connection.remotePort());
            }
        }
    }

    @Override
    protected void calm() {
        ways.forEach(Way::mend);
        serverWays.forEach(Way::mend);
    }

    @Override
    protected void check() {
        Holding.require(clientWatch.complaint().isEmpty(), clientWatch.complaint());
        Holding.require(serverWatch.complaint().isEmpty(), serverWatch.complaint());
        for (StreamSocket socket : traffic.sockets()) {
            Connection connection = socket.connection();
            if (isPlain(socket)) {
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

    private static boolean isPlain(StreamSocket socket) {
        return socket.connection() instanceof MptcpConnection multipath && multipath.fallbackReason() != null;
    }

    @Override
    protected void ended() {
        for (StormHost host : List.of(client, server)) {
            host.counters.forEach((name, value) -> occurs(host.node.name() + ' ' + name, value));
        }
        wireCounters.forEach(this::occurs);
        occurs("watched", (long) clientWatch.packets() + serverWatch.packets());
        occurs("must arrive", mustArrive() ? 1 : 0);
    }

    private void occurs(String what, long times) {
        occurred.merge(what, times, Long::sum);
    }

    /** How often what happened: the hosts' counters behind the host's name, the network's, turns by their names, and packets watched. */
    Map<String, Long> occurred() {
        return occurred;
    }

    @Override
    protected boolean mustArrive() {
        return !mayFail;
    }
}
