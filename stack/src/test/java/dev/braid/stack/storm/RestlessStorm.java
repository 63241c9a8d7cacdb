package dev.braid.stack.storm;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.tcp.TcpConfig;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * A bulk flow over a network that only delays and reorders: nothing has to be sent again, and no timer may think otherwise. What RACK
 * may get wrong, before it has seen reordering, it may get wrong in the first part only.
 */
final class RestlessStorm {
    private static final int PORT = 9_000;
    private static final int BYTES = 6_000_000;
    /** By then the flow has met reordering often enough. */
    private static final int LEARNED_BYTES = 2_000_000;
    /** Where the flow still has more to send than its window takes. */
    private static final int WATCHED_BYTES = 5_000_000;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LIMIT_NS = 600 * SECOND_NS;

    private final long seed;
    private final Restlessness weather;
    private final String control;
    private final StringBuilder told = new StringBuilder();

    RestlessStorm(long seed) {
        this.seed = seed;
        var random = new SplitMix64(SplitMix64.at(seed, 3));
        weather = Restlessness.of(random);
        control = Choices.control(random);
    }

    /** Runs it; whatever does not hold is an {@link AssertionError} with the seed in it. */
    void run() {
        try (Arena arena = Arena.ofConfined()) {
            run(arena);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("restless storm of seed " + seed + " failed: " + e.getMessage()
                    + "\n  replay: -Dbraid.storm.restless.seed=" + seed + "\n  " + control + ", round trip at least "
                    + weather.minRttNs() / 1000 + " us, late by at most " + weather.latenessNs() / 1000
                    + " us\n  there: " + weather.forth() + "\n  back:  " + weather.back() + told, e);
        }
    }

    private void run(Arena arena) {
        var random = new SplitMix64(seed);
        FramePool frames = new FramePool(arena, 32_768, 64, false);
        var network = new SimNetwork(new VirtualClock(SECOND_NS), seed, frames, Counters.inMemory(arena, 128));
        SimNode here = network.node("client");
        SimNode far = network.node("server");
        boolean v4 = random.chance(0.5);
        StormHost client = host(here, arena, v4 ? "10.1.0.1" : "fd01::1", random);
        StormHost server = host(far, arena, v4 ? "10.1.0.2" : "fd01::2", random);
        network.join(here, 0, far, 0, weather.forth(), weather.back());
        ListenSocket listener = server.core.sockets().listener(ready -> {});
        Holding.require(listener.bind(0, 0, PORT) == 0 && listener.listen(1) == 0, "listen");
        End writer = new End(client, "client", random.split(), 11, 12, BYTES, false, Integer.MAX_VALUE, false);
        End reader = new End(server, "server", random.split(), 12, 11, 0, false, Integer.MAX_VALUE, false);
        writer.socket = client.core.sockets().stream((socket, ready) -> writer.mark());
        writer.socket.options().tcp.congestionControl = control;
        int answer = writer.socket.connect(server.address.hi(), server.address.lo(), PORT, network.clock().nowNs());
        Holding.require(answer == -Errno.EINPROGRESS, "connect answered " + answer);
        long limit = network.clock().nowNs() + LIMIT_NS;
        long learned = -1;
        long watched = -1;
        while (!writer.done || !reader.done) {
            if (reader.socket == null && listener.acceptable() > 0) {
                reader.socket = listener.accept((ready, bits) -> reader.mark());
                reader.mark();
            }
            turn(writer, network);
            turn(reader, network);
            network.flush();
            Holding.noDefects(client);
            Holding.noDefects(server);
            if (learned < 0 && reader.read >= LEARNED_BYTES) {
                learned = client.counters.value("TcpRetransSegs");
            }
            if (watched < 0 && reader.read >= WATCHED_BYTES) {
                watched = client.counters.value("TcpRetransSegs");
            }
            if (writer.done && reader.done) {
                break;
            }
            Holding.require(network.clock().nowNs() < limit && network.step(), "it does not end");
        }
        listener.close(network.clock().nowNs());
        Holding.require(network.runUntilIdle(limit), "the network is not idle");
        verify(client, server, writer, reader, learned, watched);
        network.close();
    }

    private static StormHost host(SimNode node, Arena arena, String address, SplitMix64 random) {
        TcpConfig tcp = TcpConfig.with(config -> {
            config.headerPrediction = random.chance(0.8);
            config.timestamps = random.chance(0.8);
            config.dsack = random.chance(0.8);
            config.pacing = random.chance(0.8);
        });
        return new StormHost(
                node, arena, IpAddress.parse(address), 1500, Weather.offloads(random),
                CoreConfig.DEFAULT.plainTcp().withTcp(tcp), random.split());
    }

    private static void turn(End end, SimNetwork network) {
        if (end.marked) {
            end.turn(network.clock().nowNs());
        }
    }

    private void verify(StormHost client, StormHost server, End writer, End reader, long learned, long watched) {
        long resent = client.counters.value("TcpRetransSegs");
        told.append("\n  sent again: ").append(learned).append(" at first, then ").append(watched - learned);
        told.append(", at the end ").append(resent - watched);
        String complaint = writer.complaint(0) + reader.complaint(BYTES);
        Holding.require(complaint.isEmpty(), complaint);
        for (StormHost host : List.of(client, server)) {
            long timeouts = host.counters.value("TcpExtTCPTimeouts");
            Holding.require(timeouts == 0,
                    timeouts + " retransmission timeouts on " + host.address + ", where nothing was lost");
            Holding.require(host.leaks().isEmpty(), "leaks: " + host.leaks());
        }
        if (weather.isWithinRack()) {
            Holding.require(watched == learned,
                    watched - learned + " segments sent again though RACK knew of the reordering");
        }
    }
}
