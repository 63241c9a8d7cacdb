package dev.braid.bench.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends so many bytes of the pattern to a {@link Services#DISCARD}, the same over the kernel's sockets and over Braid's. */
@SuppressWarnings("try") // a trace only has to be there
final class Sending {
    private static final ScheduledExecutorService WATCHDOG = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("watchdog").factory());

    private Sending() {}

    /** Makes a channel that is not connected yet. */
    interface Open {
        SocketChannel channel() throws IOException;
    }

    /**
     * Connects, sends, and waits until the peer, having read everything, closes.
     *
     * @param sampler how the sender says how it stands
     * @param order {@code host}, {@code port}, {@code bytes} and {@code within_ms}, after which the connection is torn down; and
     *     perhaps {@code trace}, a file for what the sampler says meanwhile
     * @return {@code start_ns}, the moment before connecting on {@link System#nanoTime}
     * @throws IOException also when it took too long
     */
    static Message run(Open open, SenderTrace.Sampler sampler, Message order) throws IOException {
        String trace = order.values().get("trace");
        if (trace == null) {
            return run(open, order);
        }
        try (SenderTrace unused = SenderTrace.start(sampler, Path.of(trace))) {
            return run(open, order);
        }
    }

    private static Message run(Open open, Message order) throws IOException {
        var to = new InetSocketAddress(order.text("host"), (int) order.number("port"));
        long left = order.number("bytes");
        try (SocketChannel connection = open.channel()) {
            var late = WATCHDOG.schedule(() -> tearDown(connection), order.number("within_ms"), TimeUnit.MILLISECONDS);
            long startNs = System.nanoTime();
            connection.connect(to);
            ByteBuffer pattern = Pattern.buffer();
            while (left > 0) {
                pattern.rewind().limit((int) Math.min(left, pattern.capacity()));
                while (pattern.hasRemaining()) {
                    left -= connection.write(pattern);
                }
            }
            connection.shutdownOutput();
            if (connection.read(ByteBuffer.allocate(1)) >= 0) {
                throw new IOException("the peer sent bytes where it should only read");
            }
            late.cancel(false);
            return Message.of("done").with("start_ns", startNs);
        }
    }

    /** The thread that is blocked in it gets an exception. */
    private static void tearDown(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }
}
