package dev.braid.tools.kernel;

import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two hosts of the kernel's, 10.78.0.1 and 10.78.0.2, with nothing between them yet. */
@SuppressWarnings("try") // closed early to end the sender
final class TwoHosts implements AutoCloseable {
    static final String LEFT = "10.78.0.1";
    static final String RIGHT = "10.78.0.2";

    private static final int BLOCK = 256 << 10;

    final NetworkNamespace left = NetworkNamespace.create("left");
    final NetworkNamespace right = NetworkNamespace.create("right");

    /** Without IPv6, whose solicitations would be packets that no test asked for. */
    TwoHosts() {
        left.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
        right.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
    }

    /** The ends of an emulated link between the two, as they are typed. */
    String[] tuns() {
        return new String[] {
            "--a", "tun=wire0,address=" + LEFT + "/24,netns=" + left.path(),
            "--b", "tun=wire0,address=" + RIGHT + "/24,netns=" + right.path()};
    }

    /** Pins both hosts' congestion control, which the host's default would decide. */
    void pinCubic() {
        left.exec("ip", "route", "change", "10.78.0.0/24", "dev", "wire0", "src", LEFT, "congctl", "cubic");
        right.exec("ip", "route", "change", "10.78.0.0/24", "dev", "wire0", "src", RIGHT, "congctl", "cubic");
    }

    ServerSocketChannel listen() throws IOException {
        InetAddress address = InetAddress.getByName(RIGHT);
        return right.<ServerSocketChannel, IOException>call(
                () -> ServerSocketChannel.open().bind(new InetSocketAddress(address, 0)));
    }

    SocketChannel connect(ServerSocketChannel listener) throws IOException {
        InetSocketAddress to = (InetSocketAddress) listener.getLocalAddress();
        return left.<SocketChannel, IOException>call(() -> SocketChannel.open(to));
    }

    /** Application bits a second from left to right, measured for so long after so long a start. */
    double bitsPerSecond(double warmUpSeconds, double seconds) throws Exception {
        try (ServerSocketChannel listener = listen();
                SocketChannel from = connect(listener);
                SocketChannel to = listener.accept()) {
            to.setOption(StandardSocketOptions.SO_RCVBUF, 8 << 20);
            CompletableFuture<Object> sender = Streams.async(() -> {
                ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
                while (from.isOpen()) {
                    from.write(block.clear());
                }
                return "";
            });
            try {
                return measure(to, warmUpSeconds, seconds);
            } finally {
                from.close();
                sender.exceptionally(cause -> "").get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static double measure(SocketChannel to, double warmUpSeconds, double seconds) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
        long begin = System.nanoTime();
        long start = 0;
        long bytes = 0;
        while (true) {
            int got = to.read(buffer.clear());
            long now = System.nanoTime();
            if (got < 0) {
                throw new IOException("the stream has ended");
            }
            if (start != 0) {
                bytes += got;
                if (now - start >= seconds * 1e9) {
                    return bytes * 8e9 / (now - start);
                }
            } else if (now - begin >= warmUpSeconds * 1e9) {
                start = now;
            }
        }
    }

    @Override
    public void close() {
        left.close();
        right.close();
    }
}
