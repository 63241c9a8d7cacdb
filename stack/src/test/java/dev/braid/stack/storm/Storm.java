package dev.braid.stack.storm;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SimPort;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpState;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Two real cores on a network that its seed makes bad, with several connections between them, and what must hold whatever
 * happens: after every event, and when all is over.
 */
final class Storm {
    private static final long SECOND_NS = 1_000_000_000L;
    /** All traffic is over by then: the slowest seed moves a few hundred kilobytes at a megabit, through flaps. */
    private static final long TRAFFIC_LIMIT_NS = 3_600 * SECOND_NS;
    /** Retransmissions, FIN-WAIT-2 and TIME-WAIT are over by then. */
    private static final long IDLE_LIMIT_NS = 3_600 * SECOND_NS;
    /** How long an end waits for a peer that aborted, perhaps unheard. */
    private static final long PATIENCE_NS = 120 * SECOND_NS;
    private static final int PORT = 9_000;
    private static final int CLOSED_PORT = 9_001;
    private static final int MAX_STEPS = 3_000_000;

    private final long seed;
    private final SplitMix64 random;
    private final List<String> journal = new ArrayList<>();
    private final boolean journals;
    private final Kind kind;
    private final List<Choices.Change> changes = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private Arena arena;
    private SimNetwork network;
    private FramePool wireFrames;
    private StormHost client;
    private StormHost server;
    private WireWatch forth;
    private WireWatch back;
    private ListenSocket listener;
    private String weather = "";

    /** What a storm is made of besides the weather. */
    enum Kind {
        /** Nothing: the stack's defaults, a network that stays as it is. */
        PLAIN,
        /** Middleboxes that strip, clamp, shift, split and join. */
        BOXES,
        /** Congestion control, ECN and recovery as administrators choose them, links that mark, and MTUs that change. */
        CHOICES
    }

    /** One connection with its two ends. */
    private final class Connection {
        final Plan plan;
        final End client;
        final End server;
        boolean started;
        int port;
        /** When the first of its ends was done; 0 before. */
        long leftNs;

        Connection(int number, Plan plan) {
            this.plan = plan;
            long up = SplitMix64.at(seed, 2L * number + 1_000);
            long down = SplitMix64.at(seed, 2L * number + 1_001);
            boolean clientLeaves = plan.ending() == Plan.Ending.CLIENT_ABORTS
                    || plan.ending() == Plan.Ending.CLIENT_CLOSES_EARLY;
            client = new End(
                    Storm.this.client,
                    "client " + number,
                    random.split(),
                    up,
                    down,
                    plan.bytesUp(),
                    false,
                    clientLeaves ? plan.abortAfter() : Integer.MAX_VALUE,
                    plan.ending() == Plan.Ending.CLIENT_CLOSES_EARLY);
            server = new End(
                    Storm.this.server,
                    "server " + number,
                    random.split(),
                    down,
                    up,
                    plan.bytesDown(),
                    plan.ending() == Plan.Ending.HALF_CLOSED,
                    plan.ending() == Plan.Ending.SERVER_ABORTS ? plan.abortAfter() : Integer.MAX_VALUE,
                    false);
            ends.add(client);
            ends.add(server);
        }

        boolean isOrderly() {
            return plan.ending() == Plan.Ending.ORDERLY || plan.ending() == Plan.Ending.HALF_CLOSED;
        }

        boolean isOver() {
            return client.done && (server.done || (server.socket == null && !isOrderly()));
        }
    }

    Storm(long seed, boolean journals) {
        this(seed, journals, Kind.PLAIN);
    }

    Storm(long seed, boolean journals, Kind kind) {
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
        var text = new StringBuilder(kind + " storm of seed " + seed + " failed: " + cause.getMessage());
        text.append("\n  replay with a journal: -Dbraid.storm.seed=").append(seed);
        text.append(" -Dbraid.storm.kind=").append(kind);
        text.append("\n  ").append(weather);
        for (Connection connection : connections) {
            text.append("\n  ").append(connection.port).append(' ').append(connection.plan);
            text.append("\n    ").append(connection.client).append("\n    ").append(connection.server);
        }
        for (String line : journal) {
            text.append("\n  ").append(line);
        }
        return new AssertionError(text.toString(), cause);
    }

    // Building.

    private void build() {
        boolean v4 = random.chance(0.5);
        int mtu = Weather.mtu(random, v4);
        LinkConfig there = Weather.link(random).mtu(mtu);
        LinkConfig reverse = random.chance(0.5) ? there : Weather.link(random).mtu(mtu);
        var dice = new SplitMix64(SplitMix64.at(seed, 998));
        if (kind == Kind.CHOICES) {
            there = Choices.marking(dice, there);
            reverse = Choices.marking(dice, reverse);
            changes.addAll(Choices.changes(dice, v4, mtu));
        }
        weather = "mtu " + mtu + "\n  there: " + there + "\n  back:  " + reverse;
        wireFrames = new FramePool(arena, 16_384, 64, false);
        network = new SimNetwork(
                new VirtualClock(random.nextInt(1_000_000) * 1_000_000L),
                random.nextLong(),
                wireFrames,
                Counters.inMemory(arena, 128));
        SimNode here = network.node("client");
        SimNode far = network.node("server");
        client = host(here, v4 ? "10.1.0.1" : "fd01::1", mtu);
        server = host(far, v4 ? "10.1.0.2" : "fd01::2", mtu);
        SimPort port = network.join(here, 0, far, 0, there, reverse);
        receive(here);
        receive(far);
        forth = new WireWatch(journal, journals);
        back = new WireWatch(journal, journals);
        forth.facing(back);
        back.facing(forth);
        if (kind == Kind.CHOICES) {
            weather += "\n  client: " + Choices.tell(dice, client.core) + "\n  server: "
                    + Choices.tell(dice, server.core)
                    + "\n  " + changes;
        }
        if (kind == Kind.BOXES) {
            // Seen behind a box that shifts or clamps, an honest host looks like a liar: nobody watches.
            var boxes = new SplitMix64(SplitMix64.at(seed, 999));
            weather += "\n  boxes: "
                    + Boxes.install(boxes, mtu, wireFrames, Counters.inMemory(arena, 16), port.out(), port.in());
        } else {
            port.out().tap(forth);
            port.in().tap(back);
        }
        listen();
        int count = 1 + random.nextInt(random.chance(0.2) ? 12 : 4);
        for (int i = 0; i < count; i++) {
            connections.add(new Connection(i, Plan.of(random)));
        }
    }

    private StormHost host(SimNode node, String address, int mtu) {
        CoreConfig config = StormConfig.core(Weather.tcp(random));
        return new StormHost(
                node, arena, IpAddress.parse(address), mtu, Weather.offloads(random), config, random.split());
    }

    private void receive(SimNode node) {
        if (random.chance(0.5)) {
            node.port(0).coalescing(true).moderation(random.chance(0.5) ? 50_000L : 500_000L);
        }
    }

    private void listen() {
        listener = server.core.sockets().listener(ready -> {});
        require(listener.bind(0, 0, PORT) == 0, "bind");
        require(listener.listen(64) == 0, "listen");
    }

    // Running.

    private void traffic() {
        long started = network.clock().nowNs();
        long limit = started + TRAFFIC_LIMIT_NS;
        int steps = 0;
        while (true) {
            long now = network.clock().nowNs();
            startDue(started, now);
            changeDue(started, now);
            turns(now);
            network.flush();
            checkInvariants();
            if (connections.stream().allMatch(Connection::isOver)) {
                return;
            }
            long next = nextNs(started);
            require(next <= limit, "the traffic is not over after an hour");
            require(++steps < MAX_STEPS, "too many events");
            if (next > now && next < network.nextEventNs()) {
                network.runUntil(next);
            } else {
                network.step();
            }
        }
    }

    /** When something happens next, a connection's start or its end for lack of patience included. */
    private long nextNs(long started) {
        long next = network.nextEventNs();
        for (Connection connection : connections) {
            if (!connection.started) {
                next = Math.min(next, started + connection.plan.startNs());
            }
        }
        if (next == Deadlines.NONE) {
            return giveUpWaiting();
        }
        return changes.isEmpty() ? next : Math.min(next, started + changes.getFirst().atNs());
    }

    /** Nothing will happen any more by itself: an end whose peer left unheard has to let go. */
    private long giveUpWaiting() {
        boolean any = false;
        long now = network.clock().nowNs();
        for (Connection connection : connections) {
            if (!connection.isOrderly() && (connection.client.done || connection.server.done) && !connection.isOver()) {
                connection.client.end(now);
                connection.server.end(now);
                any = true;
            }
        }
        require(any, "nothing is to come, and the traffic is not over");
        return now + 1;
    }

    /** The link and both devices get another MTU, of which both hosts are told: what is larger and on its way arrives. */
    private void changeDue(long started, long now) {
        while (!changes.isEmpty() && started + changes.getFirst().atNs() <= now) {
            int mtu = changes.removeFirst().mtu();
            for (StormHost host : List.of(client, server)) {
                SimLink out = host.node.port(0).out();
                out.reshape(out.config().mtu(mtu));
                host.core.onDevice(0, true, mtu, now);
            }
        }
    }

    private void startDue(long started, long now) {
        for (Connection connection : connections) {
            if (!connection.started && started + connection.plan.startNs() <= now) {
                start(connection, now);
            }
        }
    }

    private void start(Connection connection, long now) {
        connection.started = true;
        End end = connection.client;
        end.socket = client.core.sockets().stream((socket, ready) -> end.mark());
        end.socket.options().tcp.noDelay = random.chance(0.3);
        int port = connection.plan.ending() == Plan.Ending.REFUSED ? CLOSED_PORT : PORT;
        int answer = end.socket.connect(server.address.hi(), server.address.lo(), port, now);
        require(answer == -Errno.EINPROGRESS, "connect answered " + answer);
        connection.port = end.socket.localPort();
    }

    private void turns(long now) {
        accept();
        for (End end : ends) {
            if (end.marked) {
                end.turn(now);
            }
        }
        for (Connection connection : connections) {
            lookAfter(connection, now);
        }
    }

    private void accept() {
        while (listener.acceptable() > 0) {
            End[] found = new End[1];
            StreamSocket socket = listener.accept((ready, bits) -> {
                if (found[0] != null) {
                    found[0].mark();
                }
            });
            if (socket == null) {
                return;
            }
            for (Connection connection : connections) {
                if (connection.started && connection.port == socket.remotePort() && connection.server.socket == null) {
                    found[0] = connection.server;
                    found[0].socket = socket;
                    found[0].mark();
                }
            }
            require(found[0] != null, "a connection from port " + socket.remotePort() + " nobody made");
        }
    }

    /** An end whose peer is gone for good, unheard perhaps, lets go after a while. */
    private void lookAfter(Connection connection, long now) {
        if (connection.isOrderly() || connection.isOver() || !connection.started) {
            return;
        }
        boolean oneDone = connection.client.done || connection.server.done;
        if (oneDone && connection.leftNs == 0) {
            connection.leftNs = now;
        }
        if (connection.leftNs != 0 && now - connection.leftNs > PATIENCE_NS) {
            connection.client.end(now);
            connection.server.end(now);
        }
    }

    /** Everything that is left expires. */
    private void ebb() {
        long now = network.clock().nowNs();
        listener.close(now);
        for (End end : ends) {
            end.end(now);
        }
        require(network.runUntilIdle(now + IDLE_LIMIT_NS), "the network is not idle an hour after the traffic");
    }

    // Holding.

    private void checkInvariants() {
        require(forth.complaint.isEmpty(), forth.complaint);
        require(back.complaint.isEmpty(), back.complaint);
        for (End end : ends) {
            StreamSocket socket = end.socket;
            Tcb tcb = socket == null ? null : socket.tcb();
            if (tcb != null && tcb.state() != TcpState.CLOSED) {
                require(tcb.flightSize() >= 0, "SND.NXT is before SND.UNA: " + end);
                require(tcb.cwnd() > 0, "no congestion window: " + end);
            }
        }
        defects(client);
        defects(server);
    }

    private static void defects(StormHost host) {
        if (!host.defects.isEmpty()) {
            throw new AssertionError("a defect of the core", host.defects.getFirst());
        }
    }

    private void verify() {
        checkInvariants();
        for (Connection connection : connections) {
            verify(connection);
        }
        require(network.inFlight() == 0, network.inFlight() + " packets are on their way");
        require(wireFrames.inUse() == 0, wireFrames.inUse() + " frames of the wire leaked");
        require(client.leaks().isEmpty(), "leaks: " + client.leaks());
        require(server.leaks().isEmpty(), "leaks: " + server.leaks());
    }

    private void verify(Connection connection) {
        Plan plan = connection.plan;
        switch (plan.ending()) {
            case ORDERLY, HALF_CLOSED -> {
                String complaint = connection.client.complaint(plan.bytesDown())
                        + connection.server.complaint(plan.bytesUp());
                require(complaint.isEmpty(), complaint);
            }
            case REFUSED -> require(
                    connection.client.error == Errno.ECONNREFUSED,
                    "a refused connect ended with " + Errno.name(connection.client.error));
            default -> {
                require(connection.client.read <= connection.server.written, "the client read what was not written");
                require(connection.server.read <= connection.client.written, "the server read what was not written");
            }
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
