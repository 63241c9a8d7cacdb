package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
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
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpSettings;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Two cores joined by several simulated paths under a virtual clock, and one connection between them. */
final class PathsWorld implements AutoCloseable {
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;
    private static final int PORT = 7;

    final Arena arena = Arena.ofConfined();
    final FramePool frames = new FramePool(arena, 8192, 512, false);
    final ChunkPool chunks = new ChunkPool(arena, 64L << 20, false);
    final VirtualClock clock = new VirtualClock(5 * SECOND);
    final SimNetwork network = new SimNetwork(clock, 42, frames, Counters.inMemory(arena, 64));
    final List<SimLink> forth = new ArrayList<>();
    final List<SimLink> back = new ArrayList<>();
    final Host client;
    final Host server;

    /** One of the two hosts: on path {@code n} it has the address 10.0.n.1 or 10.0.n.2. */
    final class Host {
        final Counters counters = Counters.inMemory(arena, 512);
        final StackCore core;
        final List<Throwable> defects = new ArrayList<>();

        Host(SimNode node, int paths, int number, CoreConfig config) {
            List<Link> links = new ArrayList<>();
            for (int i = 0; i < paths; i++) {
                links.add(new Link(i, "path" + i, List.of(Prefix.parse("10.0." + i + "." + number + "/24")), 1500, 0));
            }
            SplitMix64 random = new SplitMix64(number);
            core = new StackCore(config, links, frames, chunks, counters, random::nextLong, node);
            core.reportDefectsTo((during, defect) -> defects.add(defect));
            node.attach(core);
        }

        long count(String counter) {
            return counters.value(counter);
        }
    }

    PathsWorld(LinkConfig... paths) {
        this(config -> {}, paths);
    }

    /** Paths that are the same in both directions. */
    PathsWorld(Consumer<MptcpConfig> change, LinkConfig... paths) {
        CoreConfig config = CoreConfig.DEFAULT.copy();
        change.accept(config.mptcp);
        SimNode one = network.node("client");
        SimNode other = network.node("server");
        for (int i = 0; i < paths.length; i++) {
            forth.add(network.join(one, i, other, i, paths[i], paths[i]).out());
            back.add(other.port(i).out());
        }
        client = new Host(one, paths.length, 1, config);
        server = new Host(other, paths.length, 2, config);
    }

    void run(long ns) {
        network.runUntil(clock.nowNs() + ns);
        checkDefects();
    }

    /** Runs until the condition holds, or the time is over: then it fails. */
    void runUntil(String what, java.util.function.BooleanSupplier condition, long ns) {
        long end = clock.nowNs() + ns;
        while (!condition.getAsBoolean()) {
            assertThat(clock.nowNs()).as(what).isLessThan(end);
            run(MS);
        }
    }

    void checkDefects() {
        for (Host host : List.of(client, server)) {
            for (Throwable defect : host.defects) {
                throw new AssertionError("a defect", defect);
            }
        }
    }

    static IpAddress address(int path, int number) {
        return Prefix.parse("10.0." + path + "." + number + "/24").address();
    }

    /** An established connection over the first path, client's end first. */
    Program[] establish() {
        assertThat(server.core.tcp().reservePort(0, 0, PORT)).isEqualTo(PORT);
        TcpListener listener = server.core.tcp().listen(any -> {}, new TcpSettings(), new MptcpSettings(), 0, 0, PORT,
                8);
        assertThat(listener).isNotNull();
        Program one = new Program(this);
        MptcpConnection connection = client.core.mptcp().open(one, new TcpSettings(), new MptcpSettings());
        one.connection = connection;
        IpAddress to = address(0, 2);
        assertThat(client.core.mptcp().connect(connection, 0, 0, 0, to.hi(), to.lo(), PORT, clock.nowNs()))
                .isNull();
        run(SECOND);
        Program other = new Program(this);
        other.connection = (MptcpConnection) listener.accept();
        assertThat(other.connection).as("an accepted connection").isNotNull();
        other.connection.user(other);
        listener.close(clock.nowNs());
        return new Program[] {one, other};
    }

    /** The client adds a subflow over another path, once something was said on the first. */
    Subflow join(Program client, int path) {
        return join(client, path, false);
    }

    /** The same as a backup, or not. */
    Subflow join(Program client, int path, boolean backup) {
        var plan = new SubflowPlan(
                new LocalAddress(address(path, 1), path), 0, path, address(path, 2), PORT, path, backup);
        Subflow subflow = client.connection.roster.join(plan, clock.nowNs());
        assertThat(subflow).as("a subflow on path " + path).isNotNull();
        run(SECOND);
        assertThat(subflow.usable()).isTrue();
        return subflow;
    }

    /** Nothing is left: no connection, no deadline, no frame, no chunk. */
    void assertNothingLeft() {
        checkDefects();
        for (Host host : List.of(client, server)) {
            assertThat(host.core.tcp().connections()).as("TCBs").isZero();
            assertThat(host.core.mptcp().connections()).isEmpty();
            assertThat(host.core.tcp().timeWaiting()).isZero();
            assertThat(host.core.deadlines()).as("deadlines").isZero();
        }
        assertThat(frames.inUse()).as("frames").isZero();
        assertThat(chunks.inUse()).as("chunks").isZero();
    }

    @Override
    public void close() {
        client.core.close(clock.nowNs());
        server.core.close(clock.nowNs());
        network.close();
        arena.close();
    }
}
