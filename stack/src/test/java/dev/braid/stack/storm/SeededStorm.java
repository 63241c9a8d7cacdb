package dev.braid.stack.storm;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Two real cores on a network that a seed makes bad, with several connections between them, and what must hold whatever happens: after
 * every event, and when all is over. Which network, and what becomes of it meanwhile, is the kind of storm's affair.
 */
public abstract class SeededStorm {
    private static final long SECOND_NS = 1_000_000_000L;
    /** All traffic is over by then: the slowest seed moves a few hundred kilobytes at a megabit, through flaps. */
    private static final long TRAFFIC_LIMIT_NS = 3_600 * SECOND_NS;
    /** Retransmissions, FIN-WAIT-2 and TIME-WAIT are over by then. */
    private static final long IDLE_LIMIT_NS = 3_600 * SECOND_NS;
    private static final int MAX_STEPS = 5_000_000;

    protected final long seed;
    protected final SplitMix64 random;
    /** Whether every event is told when it fails. */
    protected final boolean journals;
    protected final List<String> journal = new ArrayList<>();
    protected Arena arena;
    protected SimNetwork network;
    protected FramePool wireFrames;
    protected StormHost client;
    protected StormHost server;
    protected Traffic traffic;

    protected SeededStorm(long seed, boolean journals) {
        this.seed = seed;
        this.journals = journals;
        random = new SplitMix64(seed);
    }

    /** Runs it; whatever does not hold is an {@link AssertionError} with the seed in it. */
    public final void run() {
        try (Arena memory = Arena.ofConfined()) {
            arena = memory;
            build();
            traffic();
            ebb();
            verify();
            ended();
        } catch (AssertionError | RuntimeException e) {
            throw failure(e);
        }
    }

    /** The fingerprint of the run. */
    public final long digest() {
        return network.digest();
    }

    private AssertionError failure(Throwable cause) {
        var text = new StringBuilder(this + " of seed " + seed + " failed: " + cause.getMessage());
        text.append("\n  replay with a journal: ").append(replay());
        if (network != null) {
            text.append("\n  at ").append(network.clock().nowNs() / 1e9).append(" s");
        }
        describe(text);
        if (traffic != null) {
            text.append(traffic);
        }
        for (String line : journal) {
            text.append("\n  ").append(line);
        }
        return new AssertionError(text.toString(), cause);
    }

    /** Which properties run this one again. */
    protected abstract String replay();

    /** Adds lines about the network, each behind a line feed and two spaces; called even when it was not built whole. */
    protected abstract void describe(StringBuilder text);

    // Building.

    /** Makes {@link #client}, {@link #server} and {@link #traffic}, with what joins the two. */
    protected abstract void build();

    /** An empty network; the clock begins anywhere. */
    protected final void makeNetwork(int superFrames, Counters counters) {
        wireFrames = new FramePool(arena, 16_384, superFrames, false);
        network = new SimNetwork(
                new VirtualClock(random.nextInt(1_000_000) * 1_000_000L), random.nextLong(), wireFrames, counters);
    }

    /** What comes by a device is coalesced, or not. */
    protected final void receive(SimNode node, int device) {
        if (random.chance(0.5)) {
            node.port(device).coalescing(true).moderation(random.chance(0.5) ? 50_000L : 500_000L);
        }
    }

    // Running.

    /** When the next change of the network is due, in nanoseconds since the traffic began; {@link Deadlines#NONE} = none is to come. */
    protected abstract long nextChangeNs();

    /** Makes that change. */
    protected abstract void change(long nowNs);

    private void traffic() {
        long started = network.clock().nowNs();
        long limit = started + TRAFFIC_LIMIT_NS;
        int steps = 0;
        while (true) {
            long now = network.clock().nowNs();
            traffic.startDue(started, now);
            while (nextChangeNs() <= now - started) {
                change(now);
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

    /** When something happens next, a connection's start or its end for lack of patience included. */
    private long nextNs(long started) {
        long next = Math.min(network.nextEventNs(), traffic.nextStartNs(started));
        if (nextChangeNs() != Deadlines.NONE) {
            next = Math.min(next, started + nextChangeNs());
        }
        if (next != Deadlines.NONE) {
            return next;
        }
        // Nothing will happen any more by itself: an end whose peer left unheard has to let go.
        long now = network.clock().nowNs();
        Holding.require(traffic.giveUpWaiting(now), "nothing is to come, and the traffic is not over");
        return now + 1;
    }

    /** The network lets through what it can from now on. */
    protected void calm() {}

    /** Everything that is left expires. */
    private void ebb() {
        long now = network.clock().nowNs();
        traffic.end(now);
        calm();
        Holding.require(network.runUntilIdle(now + IDLE_LIMIT_NS), "the network is not idle an hour after the traffic");
    }

    /** All held: the last moment at which the hosts can be asked. */
    protected void ended() {}

    // Holding.

    /** Fails if something does not hold that must after each event. */
    protected abstract void check();

    /** Whether each connection must have carried its bytes. */
    protected boolean mustArrive() {
        return true;
    }

    private void checkInvariants() {
        check();
        Holding.noDefects(client);
        Holding.noDefects(server);
    }

    private void verify() {
        checkInvariants();
        if (mustArrive()) {
            traffic.verify();
        }
        Holding.require(network.inFlight() == 0, network.inFlight() + " packets are on their way");
        Holding.require(wireFrames.inUse() == 0, wireFrames.inUse() + " frames of the wire leaked");
        Holding.require(client.leaks().isEmpty(), "leaks: " + client.leaks());
        Holding.require(server.leaks().isEmpty(), "leaks: " + server.leaks());
    }
}
