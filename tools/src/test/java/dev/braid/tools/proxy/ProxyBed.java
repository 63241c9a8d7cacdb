package dev.braid.tools.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Connected;
import dev.braid.tools.host.Dialer;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A proxy on a free port and a server of one's own, whatever name a client asks for. */
final class ProxyBed implements AutoCloseable {
    final ServerSocket server;
    final ProxyServer proxy;
    final Queue<Target> asked = new ConcurrentLinkedQueue<>();
    final Queue<String> lines = new ConcurrentLinkedQueue<>();
    /** What dials; replaced by tests of failures. */
    volatile Dialer dialer;

    ProxyBed() throws IOException {
        this(config(Map.of(), 512, 256, 0));
    }

    ProxyBed(HostConfig.Proxy config) throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        dialer = _ -> new Connected(
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort())), -1,
                "by the test");
        proxy = ProxyServer.start(config, this::dial, (level, line) -> lines.add(level + " " + line));
    }

    /** Waits for what another thread does. */
    static void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for 20 s").isLessThan(endNs);
            Thread.onSpinWait();
        }
    }

    static HostConfig.Proxy config(Map<String, String> users, int clients, int clientsEach, int idleSeconds) {
        return new HostConfig.Proxy(
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), users, clients, clientsEach,
                idleSeconds);
    }

    private Connected dial(Target target) throws IOException {
        asked.add(target);
        return dialer.dial(target);
    }

    /** The proxy's port. */
    int port() {
        return proxy.addresses().getFirst().getPort();
    }

    /** A client's bare connection to the proxy. */
    Socket client() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** A client that has said these bytes, each written as a number of 0..255. */
    Socket client(int... bytes) throws IOException {
        Socket socket = client();
        socket.getOutputStream().write(bytes(bytes));
        return socket;
    }

    /** A client whose CONNECT by name was accepted. */
    Socket connected() throws IOException {
        Socket socket = client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80);
        byte[] answer = socket.getInputStream().readNBytes(12);
        if (answer[3] != 0) {
            throw new IOException("refused: " + answer[3]);
        }
        return socket;
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        proxy.close(Duration.ZERO);
        server.close();
    }
}
