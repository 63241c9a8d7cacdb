package dev.braid.tools.perf;

import dev.braid.stack.Stack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** netperf's tests, by netperf's names. */
enum PerfTest {
    /** Sends bulk data to a discard port. */
    STREAM {
        @Override
        void run(Stack stack, InetSocketAddress to, long durationNs, PerfResult result) throws IOException {
            try (SocketChannel channel = stack.connect(to)) {
                ByteBuffer data = ByteBuffer.allocateDirect(BULK_BYTES);
                long start = System.nanoTime();
                while (System.nanoTime() - start < durationNs) {
                    data.clear();
                    result.bytes += channel.write(data);
                }
                channel.shutdownOutput();
                awaitEnd(channel);
                result.elapsedNs = System.nanoTime() - start;
            }
        }
    },
    /** Receives bulk data from a chargen port. */
    MAERTS {
        @Override
        void run(Stack stack, InetSocketAddress to, long durationNs, PerfResult result) throws IOException {
            try (SocketChannel channel = stack.connect(to)) {
                ByteBuffer data = ByteBuffer.allocateDirect(BULK_BYTES);
                long start = System.nanoTime();
                while (System.nanoTime() - start < durationNs) {
                    data.clear();
                    int got = channel.read(data);
                    if (got < 0) {
                        break;
                    }
                    result.bytes += got;
                }
                result.elapsedNs = System.nanoTime() - start;
            }
        }
    },
    /** One-byte requests and responses on one connection to an echo port. */
    RR {
        @Override
        void run(Stack stack, InetSocketAddress to, long durationNs, PerfResult result) throws IOException {
            try (SocketChannel channel = stack.connect(to)) {
                channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
                ByteBuffer one = ByteBuffer.allocateDirect(1);
                long start = System.nanoTime();
                for (long before = start; before - start < durationNs;) {
                    transact(channel, one);
                    before = result.transaction(before);
                }
                result.elapsedNs = System.nanoTime() - start;
            }
        }
    },
    /** The same with a connection of its own for each request. */
    CRR {
        @Override
        void run(Stack stack, InetSocketAddress to, long durationNs, PerfResult result) throws IOException {
            ByteBuffer one = ByteBuffer.allocateDirect(1);
            long start = System.nanoTime();
            for (long before = start; before - start < durationNs;) {
                try (SocketChannel channel = stack.connect(to)) {
                    transact(channel, one);
                }
                before = result.transaction(before);
            }
            result.elapsedNs = System.nanoTime() - start;
        }
    };

    private static final int BULK_BYTES = 256 << 10;
    private static final int END_WITHIN_MS = 10_000;

    /** Runs the test for about this long and fills in bytes, transactions and the time it really took. */
    abstract void run(Stack stack, InetSocketAddress to, long durationNs, PerfResult result) throws IOException;

    /** Its name on the command line and in reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it counts transactions, not bytes. */
    boolean isTransactional() {
        return this == RR || this == CRR;
    }

    private static void transact(SocketChannel channel, ByteBuffer one) throws IOException {
        one.clear();
        channel.write(one);
        one.clear();
        if (channel.read(one) < 0) {
            throw new IOException("the peer closed the connection; is an echo service on that port?");
        }
    }

    /** Waits until the peer has read everything and closed too, so that only delivered bytes count. */
    private static void awaitEnd(SocketChannel channel) throws IOException {
        channel.socket().setSoTimeout(END_WITHIN_MS);
        try {
            var in = channel.socket().getInputStream();
            byte[] sink = new byte[4096];
            while (in.read(sink) >= 0) {
                // An echo port works too: what comes back does not matter.
            }
        } catch (SocketTimeoutException e) {
            throw new IOException("the peer did not finish reading within "
                    + TimeUnit.MILLISECONDS.toSeconds(END_WITHIN_MS) + " s; is a discard service on that port?", e);
        }
    }

    /** What a run counted. */
    static final class PerfResult {
        /** Payload bytes sent and read by the peer, or received. */
        long bytes;
        /** From the first byte to the last. */
        long elapsedNs;
        /** Requests answered. */
        long transactions;
        /** Round-trip times in nanoseconds, up to a minute. */
        final Histogram rtt = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);

        /** Counts a transaction that began at {@code beforeNs}; answers the present. */
        long transaction(long beforeNs) {
            long now = System.nanoTime();
            rtt.recordValue(Math.min(now - beforeNs, rtt.getHighestTrackableValue()));
            transactions++;
            return now;
        }
    }
}
