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
    private static final int MAX_STEPS = 3_000_000;

    private final long seed;
    private final SplitMix64 random;
    private final List<String> journal = new ArrayList<>();
    private final boolean journals;
    private final Kind kind;
    private final List<Choices.Change> changes = new ArrayList<>();
    private Arena arena;
    private SimNetwork network;
    private FramePool wireFrames;
    private StormHost client;
    private StormHost server;
    private WireWatch forth;
    private WireWatch back;
    private Traffic traffic;
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
        traffic = new Traffic(seed, random, client, server, false);
        traffic.plan();
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

    // Running.

    private void traffic() {
        long started = network.clock().nowNs();
        long limit = started + TRAFFIC_LIMIT_NS;
        int steps = 0;
        while (true) {
            long now = network.clock().nowNs();
            traffic.startDue(started, now);
            changeDue(started, now);
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

    /** When something happens next, a connection's start or its end for lack of patience included. */
    private long nextNs(long started) {
        long next = Math.min(network.nextEventNs(), traffic.nextStartNs(started));
        if (next == Deadlines.NONE) {
            return giveUpWaiting();
        }
        return changes.isEmpty() ? next : Math.min(next, started + changes.getFirst().atNs());
    }

    /** Nothing will happen any more by itself: an end whose peer left unheard has to let go. */
    private long giveUpWaiting() {
        long now = network.clock().nowNs();
        Holding.require(traffic.giveUpWaiting(now), "nothing is to come, and the traffic is not over");
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

    /** Everything that is left expires. */
    private void ebb() {
        long now = network.clock().nowNs();
        traffic.end(now);
        Holding.require(network.runUntilIdle(now + IDLE_LIMIT_NS), "the network is not idle an hour after the traffic");
    }

    // Holding.

    private void checkInvariants() {
        Holding.require(forth.complaint.isEmpty(), forth.complaint);
        Holding.require(back.complaint.isEmpty(), back.complaint);
        for (End end : traffic.ends()) {
            StreamSocket socket = end.socket;
            Tcb tcb = socket == null ? null : socket.tcb();
            if (tcb != null && tcb.state() != TcpState.CLOSED) {
                Holding.require(tcb.flightSize() >= 0, "SND.NXT is before SND.UNA: " + end);
                Holding.require(tcb.cwnd() > 0, "no congestion window: " + end);
            }
        }
        Holding.noDefects(client);
        Holding.noDefects(server);
    }

    private void verify() {
        checkInvariants();
        traffic.verify();
        Holding.require(network.inFlight() == 0, network.inFlight() + " packets are on their way");
        Holding.require(wireFrames.inUse() == 0, wireFrames.inUse() + " frames of the wire leaked");
        Holding.require(client.leaks().isEmpty(), "leaks: " + client.leaks());
        Holding.require(server.leaks().isEmpty(), "leaks: " + server.leaks());
    }
}
