package dev.braid.stack.tcp;

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
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** Two cores joined by a simulated link under a virtual clock: the smallest world in which two TCBs meet. */
final class TwoHosts implements AutoCloseable {
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;

    final Arena arena = Arena.ofConfined();
    final FramePool frames;
    final ChunkPool chunks;
    final VirtualClock clock = new VirtualClock(5 * SECOND);
    final SimNetwork network;
    final Host client;
    final Host server;
    final SimLink forth;
    final SimLink back;

    /** One of the two hosts. */
    final class Host {
        final Counters counters = Counters.inMemory(arena, 512);
        final IpAddress address;
        final StackCore core;
        final TcpLayer tcp;
        final List<Throwable> defects = new ArrayList<>();

        Host(SimNode node, String network, int mtu, TcpConfig config, long seed) {
            Prefix prefix = Prefix.parse(network);
            address = prefix.address();
            Link link = new Link(0, node.name(), List.of(prefix), mtu, 0);
            SplitMix64 random = new SplitMix64(seed);
            CoreConfig coreConfig = CoreConfig.DEFAULT.withTcp(config);
            core = new StackCore(coreConfig, List.of(link), frames, chunks, counters, random::nextLong, node);
            core.reportDefectsTo((during, defect) -> defects.add(defect));
            tcp = core.tcp();
            node.attach(core);
        }

        long count(String counter) {
            return counters.value(counter);
        }

        Endpoint connect(IpAddress to, int port, TcpSettings settings) {
            Endpoint endpoint = new Endpoint(TwoHosts.this);
            Tcb tcb = tcp.open(endpoint, settings);
            endpoint.tcb = tcb;
            endpoint.refused = tcp.connect(tcb, 0, 0, 0, to.hi(), to.lo(), port, clock.nowNs());
            return endpoint;
        }

        TcpListener listen(int port, int backlog) {
            assertThat(tcp.reservePort(0, 0, port)).isEqualTo(port);
            return tcp.listen(listener -> {}, new TcpSettings(), 0, 0, port, backlog);
        }
    }

    TwoHosts() {
        this(LinkConfig.PERFECT.delay(5 * MS), LinkConfig.PERFECT.delay(5 * MS), TcpConfig.DEFAULT, false, 1500);
    }

    TwoHosts(LinkConfig there, LinkConfig andBack, TcpConfig config, boolean ipv6, int mtu) {
        this(there, andBack, config, ipv6, mtu, 32 << 20);
    }

    /**
     * @param bytes room for the frames of either class, and half of what there is for chunks
     */
    TwoHosts(LinkConfig there, LinkConfig andBack, TcpConfig config, boolean ipv6, int mtu, int bytes) {
        frames = new FramePool(
                arena, bytes / FramePool.MTU_SLOT_BYTES, bytes / FramePool.SUPER_SLOT_BYTES + 1, false);
        chunks = new ChunkPool(arena, 2L * bytes, false);
        network = new SimNetwork(clock, 42, frames, Counters.inMemory(arena, 64));
        SimNode one = network.node("client");
        SimNode other = network.node("server");
        forth = network.join(one, 0, other, 0, there.mtu(mtu), andBack.mtu(mtu)).out();
        back = other.port(0).out();
        client = new Host(one, ipv6 ? "fd00::1/64" : "10.0.0.1/24", mtu, config, 1);
        server = new Host(other, ipv6 ? "fd00::2/64" : "10.0.0.2/24", mtu, config, 2);
    }

    void run(long ns) {
        network.runUntil(clock.nowNs() + ns);
        checkDefects();
    }

    void checkDefects() {
        for (Host host : List.of(client, server)) {
            for (Throwable defect : host.defects) {
                throw new AssertionError("a defect on " + host.address, defect);
            }
        }
    }

    Endpoint accept(TcpListener listener) {
        Tcb tcb = (Tcb) listener.accept();
        assertThat(tcb).as("an established connection").isNotNull();
        Endpoint endpoint = new Endpoint(this);
        endpoint.tcb = tcb;
        tcb.user(endpoint);
        return endpoint;
    }

    /** An established connection, client's end first. */
    Endpoint[] establish() {
        return establish(100 * MS);
    }

    /** The same where a handshake takes longer. */
    Endpoint[] establish(long ns) {
        TcpListener listener = server.listen(7, 8);
        Endpoint one = client.connect(server.address, 7, new TcpSettings());
        run(ns);
        return new Endpoint[] {one, accept(listener)};
    }

    /** Nothing is left: no connection, no deadline, no frame, no chunk. */
    void assertNothingLeft() {
        checkDefects();
        for (Host host : List.of(client, server)) {
            assertThat(host.tcp.connections()).isZero();
            assertThat(host.tcp.timeWaiting()).isZero();
            assertThat(host.core.deadlines()).isZero();
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
