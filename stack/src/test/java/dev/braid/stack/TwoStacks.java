package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.FrameDeviceProvider;
import dev.braid.fastpath.device.MemoryWire;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.congestion.NewReno;
import dev.braid.stack.socket.StreamProtocol;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/** Two stacks in one process, joined by a wire in memory, for tests of what programs see. */
final class TwoStacks implements AutoCloseable {
    static final String CLIENT4 = "10.1.0.1";
    static final String SERVER4 = "10.1.0.2";
    static final String NOBODY4 = "10.1.0.99";
    static final String SERVER6 = "fd01::2";
    static final int ALL_OFFLOADS = Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6 | Offloads.TSO_ECN;

    final Stack client;
    final Stack server;
    final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    /** Two stacks whose sockets speak plain TCP. */
    TwoStacks(Threads threads, int offloads) {
        this(threads, offloads, StreamProtocol.TCP);
    }

    TwoStacks(Threads threads, int offloads, StreamProtocol protocol) {
        this(threads, protocol, new MemoryWire(1500, offloads), wire -> wire);
    }

    /**
     * Two stacks at the ends of this wire.
     *
     * @param box makes what stands between the client and the wire
     */
    TwoStacks(Threads threads, StreamProtocol protocol, MemoryWire wire, UnaryOperator<FrameDeviceProvider> box) {
        client = Stack.builder()
                .name("client")
                .threads(threads)
                .protocol(protocol)
                .trackLeaks()
                .congestionControl("careful", NewReno::new)
                .onError(errors::add)
                .link(Link.over(box.apply(wire.left()), "left").address(CLIENT4 + "/24").address("fd01::1/64"))
                .start();
        server = Stack.builder()
                .name("server")
                .threads(threads)
                .protocol(protocol)
                .trackLeaks()
                .onError(errors::add)
                .link(Link.over(wire.right(), "right").address(SERVER4 + "/24").address(SERVER6 + "/64"))
                .start();
    }

    static InetSocketAddress server(int port) {
        return new InetSocketAddress(SERVER4, port);
    }

    /** Closes both and finds nothing left behind and nothing gone wrong. */
    @Override
    public void close() {
        client.close();
        server.close();
        assertThat(errors).isEmpty();
        assertThat(client.leaks()).isEmpty();
        assertThat(server.leaks()).isEmpty();
    }
}
