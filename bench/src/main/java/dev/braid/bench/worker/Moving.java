package dev.braid.bench.worker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Moves the pattern for some time, to a {@link Services#DISCARD} or from a {@link Services#CHARGEN}. */
final class Moving {
    /** How much longer than it should a transfer may take. */
    private static final long LATE_MS = 15_000;
    private static final ScheduledExecutorService WATCHDOG = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("watchdog").factory());

    private Moving() {}

    /**
     * Connects and moves.
     *
     * @param order {@code host}, {@code ms}, {@code down} (else up), and perhaps {@code local}, the address to leave from
     * @return {@code start_ns}, the moment before connecting on {@link System#nanoTime}; for what came down also
     *     {@code received} and {@code last_byte_ns}
     */
    static Message run(Sending.Open open, Message order) throws IOException {
        boolean down = order.flag("down");
        long ms = order.number("ms");
        var to = new InetSocketAddress(order.text("host"), down ? Services.CHARGEN : Services.DISCARD);
        try (SocketChannel connection = open.channel()) {
            String local = order.values().get("local");
            if (local != null) {
                connection.bind(new InetSocketAddress(local, 0));
            }
            var late = WATCHDOG.schedule(() -> tearDown(connection), ms + LATE_MS, TimeUnit.MILLISECONDS);
            long startNs = System.nanoTime();
            connection.connect(to);
            Message done = Message.of("done").with("start_ns", startNs);
            Message moved = down ? receive(connection, ms, done) : send(connection, startNs + ms * 1_000_000, done);
            late.cancel(false);
            return moved;
        }
    }

    private static Message send(SocketChannel connection, long untilNs, Message done) throws IOException {
        ByteBuffer pattern = Pattern.buffer();
        do {
            pattern.rewind();
            while (pattern.hasRemaining()) {
                connection.write(pattern);
            }
        } while (System.nanoTime() - untilNs < 0);
        connection.shutdownOutput();
        if (connection.read(ByteBuffer.allocate(1)) >= 0) {
            throw new IOException("the peer sent bytes where it should only read");
        }
        return done;
    }

    private static Message receive(SocketChannel connection, long ms, Message done) throws IOException {
        connection.write(ByteBuffer.allocate(Long.BYTES).putLong(ms).flip());
        ByteBuffer buffer = ByteBuffer.allocateDirect(Pattern.PERIOD);
        long received = 0;
        long lastNs = 0;
        for (int got = connection.read(buffer); got >= 0; got = connection.read(buffer)) {
            lastNs = System.nanoTime();
            if (!Pattern.matches(buffer, received)) {
                throw new IOException("what arrived is not the pattern, near byte " + received);
            }
            received += got;
            buffer.clear();
        }
        return done.with("received", received).with("last_byte_ns", lastNs);
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
