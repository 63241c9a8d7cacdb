package dev.braid.stack.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.SimNetwork;
import dev.braid.fastpath.sim.SimNode;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.sim.VirtualClock;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.PatternProgram;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpListener;
import dev.braid.stack.tcp.TcpSettings;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two cores joined by two simulated links under a virtual clock: the smallest world in which paths can be chosen. */
final class TwoHosts implements AutoCloseable {
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;
    static final int PORT = 7;

    final Arena arena = Arena.ofConfined();
    final FramePool frames = new FramePool(
            arena, (32 << 20) / FramePool.MTU_SLOT_BYTES, (32 << 20) / FramePool.SUPER_SLOT_BYTES, false);
    final ChunkPool chunks = new ChunkPool(arena, 64L << 20, false);
    final VirtualClock clock = new VirtualClock(5 * SECOND);
    final SimNetwork network = new SimNetwork(clock, 42, frames, Counters.inMemory(arena, 64));
    final Host client;
    final Host server;
    /** From client to server, by link. */
    final SimLink[] forth = new SimLink[2];
    /** From server to client, by link. */
    final SimLink[] back = new SimLink[2];

    TwoHosts() {
        this(CoreConfig.DEFAULT.copy(), CoreConfig.DEFAULT.copy());
    }

    TwoHosts(CoreConfig clients, CoreConfig servers) {
        this(clients, servers, LinkConfig.PERFECT.delay(5 * MS), LinkConfig.PERFECT.delay(10 * MS));
    }

    TwoHosts(CoreConfig clients, CoreConfig servers, LinkConfig... links) {
        SimNode one = network.node("client");
        SimNode other = network.node("server");
        for (int i = 0; i < 2; i++) {
            LinkConfig link = links[i].mtu(1500);
            forth[i] = network.join(one, i, other, i, link, link).out();
            back[i] = other.port(i).out();
        }
        client = new Host(one, 1, clients);
        server = new Host(other, 2, servers);
    }

    static CoreConfig config(Consumer<MptcpConfig> change) {
        CoreConfig config = CoreConfig.DEFAULT.copy();
        change.accept(config.mptcp);
        return config;
    }

    static CoreConfig cookies() {
        return CoreConfig.DEFAULT.withTcp(TcpConfig.with(c -> c.maxSynBacklog = 0)).copy();
    }

    /** Hosts on which nobody but the test opens subflows. */
    static TwoHosts unmanaged() {
        return new TwoHosts(config(c -> c.pathManagers = "none"), config(c -> c.pathManagers = "none"));
    }

    /** One of the two hosts: 10.0.LINK.HOST. */
    final class Host {
        final Counters counters = Counters.inMemory(arena, 1024);
        final StackCore core;
        final List<IpAddress> addresses = new ArrayList<>();
        final List<Throwable> defects = new ArrayList<>();
        /** Sees each frame that the core sends, before the link has it. */
        Consumer<Frame> tap = frame -> {};

        Host(SimNode node, int number, CoreConfig config) {
            List<Link> links = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Prefix prefix = Prefix.parse("10.0." + i + "." + number + "/24");
                addresses.add(prefix.address());
                links.add(new Link(i, node.name() + i, List.of(prefix), 1500, 0));
            }
            SplitMix64 random = new SplitMix64(number);
            core = new StackCore(config, links, frames, chunks, counters, random::nextLong, frame -> {
                tap.accept(frame);
                node.transmit(frame);
            });
            core.reportDefectsTo((during, defect) -> defects.add(defect));
            node.attach(core);
        }

        long count(String counter) {
            return counters.value(counter);
        }

        TcpListener listen() {
            return listen(new MptcpSettings());
        }

        TcpListener listen(@Nullable MptcpSettings upper) {
            assertThat(core.tcp().reservePort(0, 0, PORT)).isEqualTo(PORT);
            return core.tcp().listen(listener -> {}, new TcpSettings(), upper, 0, 0, PORT, 8);
        }

        Program open() {
            return open(server.addresses.getFirst());
        }

        Program open(IpAddress to) {
            return open(to, 0, PORT);
        }

        Program open(IpAddress to, int from, int port) {
            var program = new Program();
            MptcpConnection connection = core.mptcp().open(program, new TcpSettings(), new MptcpSettings());
            program.connection = connection;
            program.refused = core.mptcp().connect(connection, 0, 0, from, to.hi(), to.lo(), port, clock.nowNs());
            return program;
        }
    }

    /** What uses one connection, of which it may not know the kind. */
    final class Program extends PatternProgram {
        Connection connection;
        @Nullable TcpFailure refused;

        Program() {
            super(chunks, clock);
        }

        @Override
        protected Connection used() {
            return connection;
        }

        MptcpConnection mptcp() {
            return (MptcpConnection) connection;
        }

        @Override
        public void onDrained(Connection drained) {} // tests of handshakes and ends list what was heard; data is not their matter
    }

    Program accept(TcpListener listener) {
        Connection connection = listener.accept();
        assertThat(connection).as("an established connection").isNotNull();
        var program = new Program();
        program.connection = connection;
        connection.user(program);
        if (connection.received().available() > 0) {
            program.onReadable(connection);
        }
        return program;
    }

    /** An established connection over link 0, client's end first. */
    Program[] establish() {
        TcpListener listener = server.listen();
        Program here = client.open();
        run(100 * MS);
        return new Program[] {here, accept(listener)};
    }

    /** The same, with something sent by the client, so that both ends are sure of each other. */
    Program[] establishFully() {
        Program[] pair = establish();
        pair[0].send(100);
        run(100 * MS);
        return pair;
    }

    /** A plan for a subflow of the client over link 1. */
    SubflowPlan plan(boolean backup) {
        return new SubflowPlan(
                new LocalAddress(client.addresses.get(1), 1), 0, 1, server.addresses.get(1), PORT, 2, backup);
    }

    void run(long ns) {
        network.runUntil(clock.nowNs() + ns);
        for (Host host : List.of(client, server)) {
            for (Throwable defect : host.defects) {
                throw new AssertionError("a defect", defect);
            }
        }
    }

    /** Nothing is left: no connection, no deadline, no frame, no chunk. */
    void assertNothingLeft() {
        for (Host host : List.of(client, server)) {
            assertThat(host.core.mptcp().connections()).isEmpty();
            assertThat(host.core.tcp().connections()).isZero();
            assertThat(host.core.tcp().timeWaiting()).isZero();
            assertThat(host.core.deadlines()).isZero();
            assertThat(host.count("MPTcpExtMPCurrEstab")).isZero();
            assertThat(host.count("TcpCurrEstab")).isZero();
        }
        assertThat(frames.inUse()).isZero();
        assertThat(chunks.inUse()).isZero();
    }

    @Override
    public void close() {
        client.core.close(clock.nowNs());
        server.core.close(clock.nowNs());
        network.close();
        arena.close();
    }
}
