package dev.braid.bench.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * What answers the client, the same code over the kernel's sockets and over Braid's. Threads are started beforehand and each
 * takes one connection after another, so that a connection costs no thread.
 */
final class Services {
    /** Reads to the end, then closes: RFC 863. */
    static final int DISCARD = 9;
    /** Reads a number of milliseconds, eight bytes, and sends the pattern for so long; RFC 864 with an end. */
    static final int CHARGEN = 19;
    /** Sends back what it gets: RFC 862. */
    static final int ECHO = 7;

    /** Threads for tests with many connections. */
    static final int MANY = 128;
    /** Threads for one connection after another. */
    static final int FEW = 4;

    private static final int BUFFER = 256 << 10;
    private static final int SMALL_BUFFER = 4 << 10;

    private final Tally tally;
    private final int threads;

    /**
     * What counts here.
     *
     * @param threads the most connections of one service at a time
     */
    Services(Tally tally, int threads) {
        this.tally = tally;
        this.threads = threads;
    }

    /** What is done with a connection. */
    private interface Session {
        void serve(SocketChannel connection, ByteBuffer buffer) throws IOException;
    }

    /** Makes a listener on a port. */
    interface Listen {
        ServerSocketChannel on(int port) throws IOException;
    }

    /** Starts all three. */
    void start(Listen listen) throws IOException {
        start(listen.on(DISCARD), BUFFER, this::discard);
        start(listen.on(CHARGEN), BUFFER, this::chargen);
        start(listen.on(ECHO), SMALL_BUFFER, this::echo);
    }

    private void start(ServerSocketChannel listener, int bufferBytes, Session session) {
        for (int i = 0; i < threads; i++) {
            Thread.ofPlatform().daemon().name("app").start(() -> serve(listener, bufferBytes, session));
        }
    }

    private void serve(ServerSocketChannel listener, int bufferBytes, Session session) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bufferBytes);
        while (true) {
            try (SocketChannel connection = listener.accept()) {
                session.serve(connection, buffer);
            } catch (IOException e) {
                if (!listener.isOpen()) {
                    return;
                }
                tally.wrong.incrementAndGet();
            }
        }
    }

    private void discard(SocketChannel connection, ByteBuffer buffer) throws IOException {
        boolean verify = tally.verify;
        boolean right = true;
        long position = 0;
        long lastByteNs = Long.MIN_VALUE;
        buffer.clear();
        for (int got = connection.read(buffer); got >= 0; got = connection.read(buffer)) {
            right &= !verify || Pattern.matches(buffer, position);
            position += got;
            lastByteNs = System.nanoTime();
            buffer.clear();
        }
        tally.lastByteNs.accumulateAndGet(lastByteNs, Math::max);
        tally.received.addAndGet(position);
        if (!right) {
            tally.wrong.incrementAndGet();
        }
    }

    private void chargen(SocketChannel connection, ByteBuffer request) throws IOException {
        request.clear().limit(Long.BYTES);
        while (request.hasRemaining()) {
            if (connection.read(request) < 0) {
                throw new IOException("the client left before it said how long to send");
            }
        }
        long deadlineNs = System.nanoTime() + request.getLong(0) * 1_000_000;
        ByteBuffer pattern = Pattern.buffer();
        long sent = 0;
        do {
            pattern.rewind();
            while (pattern.hasRemaining()) {
                sent += connection.write(pattern);
            }
        } while (System.nanoTime() - deadlineNs < 0);
        tally.sent.addAndGet(sent);
        connection.shutdownOutput();
        connection.read(request.clear());
    }

    private void echo(SocketChannel connection, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (connection.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                connection.write(buffer);
            }
            buffer.clear();
        }
    }
}
