package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/** A network namespace with Braid on a TUN at 10.77.0.2 and fd77::2, and the Linux kernel at 10.77.0.1 and fd77::1. */
final class KernelBed implements AutoCloseable {
    private static final String DEVICE = "braid0";

    private final NetworkNamespace namespace;
    private final Stack stack;

    private KernelBed(NetworkNamespace namespace, Stack stack) {
        this.namespace = namespace;
        this.stack = stack;
    }

    static KernelBed start(Threads threads) {
        NetworkNamespace namespace = NetworkNamespace.create("bed");
        try {
            Stack stack = namespace.call(() -> Stack.builder()
                    .link(Link.tun(DEVICE).address("10.77.0.2/24").address("fd77::2/64"))
                    .threads(threads)
                    .protocol(StreamProtocol.TCP)
                    .trackLeaks()
                    .start());
            return new KernelBed(namespace, stack);
        } catch (RuntimeException e) {
            namespace.close();
            throw e;
        }
    }

    static KernelBed start() {
        return start(Threads.INLINE);
    }

    Stack stack() {
        return stack;
    }

    NetworkNamespace namespace() {
        return namespace;
    }

    static InetAddress braid(boolean v6) throws IOException {
        return InetAddress.getByName(v6 ? "fd77::2" : "10.77.0.2");
    }

    static InetAddress kernel(boolean v6) throws IOException {
        return InetAddress.getByName(v6 ? "fd77::1" : "10.77.0.1");
    }

    /** The kernel listens. */
    ServerSocketChannel kernelListens(boolean v6) throws IOException {
        return namespace.<ServerSocketChannel, IOException>call(
                () -> ServerSocketChannel.open().bind(new InetSocketAddress(kernel(v6), 0), 1024));
    }

    /** A socket of the kernel's, not yet connected. */
    SocketChannel kernelSocket() throws IOException {
        return namespace.<SocketChannel, IOException>call(SocketChannel::open);
    }

    /** The kernel connects to Braid. */
    SocketChannel kernelConnects(boolean v6, int port) throws IOException {
        SocketChannel channel = kernelSocket();
        try {
            channel.connect(new InetSocketAddress(braid(v6), port));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Braid listens on all its addresses. */
    ServerSocketChannel braidListens() throws IOException {
        return stack.listen(new InetSocketAddress(0), 1024);
    }

    /** Braid connects to the kernel. */
    SocketChannel braidConnects(boolean v6, int port) throws IOException {
        return stack.connect(new InetSocketAddress(kernel(v6), port));
    }

    static int port(ServerSocketChannel listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    /** Waits, a bounded time, until every channel has ended; then nothing may be left of any of them. */
    void assertNothingLeft() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (stack.openChannels() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(stack.openChannels()).as("open channels").isZero();
        stack.close();
        assertThat(stack.leaks()).isEmpty();
    }

    @Override
    public void close() {
        try {
            stack.close();
            assertThat(stack.leaks()).isEmpty();
            assertThat(stack.counters().value("DropInternalError")).as("defects").isZero();
        } finally {
            namespace.close();
        }
    }
}
