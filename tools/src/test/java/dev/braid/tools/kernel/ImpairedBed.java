package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.emu.LinkEmulator;
import dev.braid.tools.emu.LinkEnd;
import dev.braid.tools.emu.LinkPlan;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.UnaryOperator;

/**
 * Braid in one namespace, the kernel's TCP in another, and between them a simulated link that joins a TUN of each.
 *
 * <pre>
 *   near: Braid 10.77.0.2 - braid0 - 10.77.0.1 (forwards) 10.78.0.1 - wire0 ~~ simulated link ~~ wire0 - 10.79.0.1 :far
 * </pre>
 */
public final class ImpairedBed implements AutoCloseable {
    private final NetworkNamespace near;
    private final NetworkNamespace far;
    private final LinkEmulator emulator;
    private final Stack stack;

    private ImpairedBed(
            NetworkNamespace near, NetworkNamespace far, LinkPlan plan, UnaryOperator<StackBuilder> options) {
        this.near = near;
        this.far = far;
        emulator = LinkEmulator.startTracked(
                LinkEnd.parse("tun=wire0,address=10.78.0.1/24+fd78::1/64,netns=" + near.path()),
                LinkEnd.parse("tun=wire0,address=10.79.0.1/24+fd79::1/64,netns=" + far.path()),
                plan);
        route(near, "10.79.0.0/24", "fd79::/64", "10.78.0.2", "fd78::2");
        route(far, "10.77.0.0/24", "fd77::/64", "10.79.0.2", "fd79::2");
        route(far, "10.78.0.0/24", "fd78::/64", "10.79.0.2", "fd79::2");
        near.sysctl("net.ipv4.ip_forward", "1");
        near.sysctl("net.ipv6.conf.all.forwarding", "1");
        stack = near.call(() -> options.apply(Stack.builder()
                .link(Link.tun("braid0").address("10.77.0.2/24").address("fd77::2/64"))
                .protocol(StreamProtocol.TCP)
                .trackLeaks())
                .start());
    }

    static ImpairedBed start(LinkConfig link) {
        return start(link, UnaryOperator.identity());
    }

    /** As {@link #start(LinkConfig)}, with a stack that is configured besides. */
    static ImpairedBed start(LinkConfig link, UnaryOperator<StackBuilder> options) {
        return start(LinkPlan.symmetric(link, 42), options);
    }

    /** As {@link #start(LinkConfig, UnaryOperator)}, with boxes or not; a is near, b is far. */
    public static ImpairedBed start(LinkPlan plan, UnaryOperator<StackBuilder> options) {
        NetworkNamespace near = NetworkNamespace.create("near");
        NetworkNamespace far = NetworkNamespace.create("far");
        try {
            return new ImpairedBed(near, far, plan, options);
        } catch (RuntimeException e) {
            near.close();
            far.close();
            throw e;
        }
    }

    private static void route(NetworkNamespace in, String v4, String v6, String via4, String via6) {
        try (Rtnetlink netlink = in.netlink()) {
            int device = netlink.link("wire0").index();
            for (String[] one : new String[][] {{v4, via4}, {v6, via6}}) {
                netlink.addRoute(Route.to(Prefix.parse(one[0]))
                        .via(IpAddress.parse(one[1]))
                        .device(device)
                        .congestionControl("cubic")
                        .build());
            }
        }
    }

    ServerSocketChannel kernelListens(boolean v6) throws IOException {
        InetAddress address = InetAddress.getByName(v6 ? "fd79::1" : "10.79.0.1");
        return far.<ServerSocketChannel, IOException>call(
                () -> ServerSocketChannel.open().bind(new InetSocketAddress(address, 0)));
    }

    SocketChannel braidConnects(ServerSocketChannel listener) throws IOException {
        return stack.connect((InetSocketAddress) listener.getLocalAddress());
    }

    ServerSocketChannel braidListens() throws IOException {
        return stack.listen(new InetSocketAddress(0), 16);
    }

    SocketChannel kernelConnects(boolean v6, int port) throws IOException {
        InetAddress braid = InetAddress.getByName(v6 ? "fd77::2" : "10.77.0.2");
        return far.<SocketChannel, IOException>call(() -> SocketChannel.open(new InetSocketAddress(braid, port)));
    }

    public Stack stack() {
        return stack;
    }

    /** Where Braid lives, and the kernel that forwards for it. */
    public NetworkNamespace near() {
        return near;
    }

    /** Where the kernel's end lives. */
    public NetworkNamespace far() {
        return far;
    }

    /** What the link counts: {@code Link.forth.MARKED}, {@code Link.back.QUEUE_FULL} and the like, forth being from near to far. */
    long link(String counter) {
        return emulator.counters().value("Link." + counter);
    }

    @Override
    public void close() {
        try {
            stack.close();
            emulator.close();
            assertThat(stack.leaks()).isEmpty();
            assertThat(emulator.leaks()).isEmpty();
        } finally {
            near.close();
            far.close();
        }
    }
}
