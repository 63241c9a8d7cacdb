package dev.braid.bench.worker;

import dev.braid.tundriver.socket.MptcpChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.HdrHistogram.Histogram;

/**
 * The kernel-side end of every test, the same program for every peer: plain blocking channels, of its TCP or its Multipath TCP. Answers rates in bytes or
 * exchanges and the nanoseconds they took, times in nanoseconds.
 */
final class ClientRole implements Worker.Role {
    private static final int MESSAGE = 64;
    private static final long SLOWEST_NS = 10_000_000_000L;

    /** Connects to the peer. */
    private interface Open {
        SocketChannel connected() throws IOException;
    }

    /** One connection's share of a test. */
    private interface Session {
        long run() throws IOException;
    }

    @Override
    public Message order(Message order) throws IOException {
        var to = new InetSocketAddress(order.text("host"), (int) order.number("port"));
        long forNs = order.number("ms") * 1_000_000;
        int connections = (int) order.number("connections");
        boolean verify = order.flag("verify");
        Open open = order.flag("mptcp") ? () -> MptcpChannel.connectTo(to) : () -> SocketChannel.open(to);
        return switch (order.verb()) {
            case "stream" -> bytes(connections, () -> stream(open, forNs));
            case "maerts" -> bytes(connections, () -> maerts(open, forNs, verify));
            case "crr" -> bytes(connections, () -> connectRequestResponse(open, forNs));
            case "rr" -> requestResponse(open, forNs, 0);
            case "load" -> requestResponse(open, forNs, 1_000_000_000L / order.number("rate"));
            default -> throw new IllegalArgumentException("no test is called " + order.verb());
        };
    }

    /** Runs so many sessions at once and answers what they moved together. */
    private static Message bytes(int connections, Session session) throws IOException {
        long startNs = System.nanoTime();
        List<FutureTask<Long>> running = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            var task = new FutureTask<>(session::run);
            running.add(task);
            Thread.ofPlatform().daemon().name("client").start(task);
        }
        long total = 0;
        for (FutureTask<Long> task : running) {
            total += get(task);
        }
        return Message.of("done").with("moved", total).with("ns", System.nanoTime() - startNs);
    }

    private static long get(FutureTask<Long> task) throws IOException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Sends for so long, and is done when the peer, having read everything, closes. */
    private static long stream(Open open, long forNs) throws IOException {
        try (SocketChannel connection = open.connected()) {
            ByteBuffer pattern = Pattern.buffer();
            long deadlineNs = System.nanoTime() + forNs;
            long sent = 0;
            do {
                pattern.rewind();
                while (pattern.hasRemaining()) {
                    sent += connection.write(pattern);
                }
            } while (System.nanoTime() - deadlineNs < 0);
            connection.shutdownOutput();
            if (connection.read(ByteBuffer.allocate(1)) >= 0) {
                throw new IOException("the peer sent bytes where it should only read");
            }
            return sent;
        }
    }

    /** Reads what the peer sends for so long. */
    private static long maerts(Open open, long forNs, boolean verify) throws IOException {
        try (SocketChannel connection = open.connected()) {
            connection.write(ByteBuffer.allocate(Long.BYTES).putLong(forNs / 1_000_000).flip());
            ByteBuffer buffer = ByteBuffer.allocateDirect(Pattern.PERIOD);
            long received = 0;
            for (int got = connection.read(buffer); got >= 0; got = connection.read(buffer)) {
                if (verify && !Pattern.matches(buffer, received)) {
                    throw new IOException("what arrived is not the pattern, near byte " + received);
                }
                received += got;
                buffer.clear();
            }
            return received;
        }
    }

    /** Connects, asks, is answered and closes, over and over; answers how often. */
    private static long connectRequestResponse(Open open, long forNs) throws IOException {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE);
        long deadlineNs = System.nanoTime() + forNs;
        long exchanges = 0;
        do {
            try (SocketChannel connection = open.connected()) {
                exchange(connection, message, exchanges);
                exchanges++;
            }
        } while (System.nanoTime() - deadlineNs < 0);
        return exchanges;
    }

    /**
     * Asks and is answered, over and over.
     *
     * @param everyNs 0 to ask again at once; else the time between two questions, and each answer's time is counted from when
     *     its question was due, not from when a slow answer before it let it leave
     */
    private static Message requestResponse(Open open, long forNs, long everyNs) throws IOException {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE);
        var times = new Histogram(SLOWEST_NS, 3);
        long startNs;
        long endNs;
        try (SocketChannel connection = open.connected()) {
            connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
            startNs = System.nanoTime();
            long dueNs = startNs;
            do {
                exchange(connection, message, dueNs);
                endNs = System.nanoTime();
                times.recordValue(Math.min(endNs - dueNs, SLOWEST_NS));
                dueNs = everyNs == 0 ? endNs : dueNs + everyNs;
                for (long left = dueNs - endNs; left > 0; left = dueNs - System.nanoTime()) {
                    Thread.onSpinWait();
                }
            } while (endNs - startNs < forNs);
        }
        return Message.of("done")
                .with("moved", times.getTotalCount())
                .with("ns", endNs - startNs)
                .with("p50", times.getValueAtPercentile(50))
                .with("p90", times.getValueAtPercentile(90))
                .with("p99", times.getValueAtPercentile(99))
                .with("p999", times.getValueAtPercentile(99.9))
                .with("max", times.getMaxValue());
    }

    private static void exchange(SocketChannel connection, ByteBuffer message, long stamp) throws IOException {
        message.clear().putLong(0, stamp);
        while (message.hasRemaining()) {
            connection.write(message);
        }
        message.clear().putLong(0, ~stamp);
        while (message.hasRemaining()) {
            if (connection.read(message) < 0) {
                throw new IOException("the peer closed in the middle of an answer");
            }
        }
        if (message.getLong(0) != stamp) {
            throw new IOException("the answer is not the question");
        }
    }

    @Override
    public void close() {
        // Nothing outlives an order.
    }
}
