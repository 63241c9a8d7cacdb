package dev.braid.tools.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What a client says before its bytes are carried: bounded in bytes and, as a whole, in time. What it sent beyond its request stays for
 * {@link #rest()}. One thread.
 */
final class ClientInput {
    /** Bytes a request can have: the longest head of HTTP that is read. */
    static final int MAX_REQUEST = 8 << 10;

    private static final int DRAIN_MS = 1_000;
    private static final int MAX_DRAIN = 256 << 10;
    private static final long MILLISECOND_NS = 1_000_000L;

    private final SocketChannel channel;
    private final Socket socket;
    private final InputStream input;
    private final long deadlineNs;
    private final byte[] bytes = new byte[MAX_REQUEST];
    private int taken;
    private int filled;

    /** @param deadlineNs the moment of {@link System#nanoTime} by which the request must be there */
    ClientInput(SocketChannel channel, long deadlineNs) throws IOException {
        this.channel = channel;
        this.socket = channel.socket();
        this.input = socket.getInputStream();
        this.deadlineNs = deadlineNs;
    }

    /** The next byte, 0..255, which stays. */
    int peek() throws IOException {
        if (taken == filled) {
            fill();
        }
        return bytes[taken] & 0xff;
    }

    /** The next byte, 0..255. */
    int next() throws IOException {
        int value = peek();
        taken++;
        return value;
    }

    /** The next bytes. */
    byte[] next(int count) throws IOException {
        byte[] out = new byte[count];
        for (int i = 0; i < count; i++) {
            out[i] = (byte) next();
        }
        return out;
    }

    /** @throws EOFException when the client ended its stream */
    private void fill() throws IOException {
        if (filled == bytes.length) {
            throw new RefusedException(Refusal.TOO_LARGE, "a request of more than " + MAX_REQUEST + " bytes");
        }
        long leftMs = (deadlineNs - System.nanoTime()) / MILLISECOND_NS;
        int count;
        try {
            if (leftMs <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout((int) leftMs);
            count = input.read(bytes, filled, bytes.length - filled);
        } catch (SocketTimeoutException e) {
            throw new RefusedException(Refusal.SLOW, "the request did not come in time");
        }
        if (count < 0) {
            throw new EOFException("the client ended its stream within its request");
        }
        filled += count;
    }

    /** What the client sent behind its request. */
    ByteBuffer rest() {
        return ByteBuffer.wrap(bytes, taken, filled - taken).slice();
    }

    /** Says something to the client. */
    void say(byte[] answer) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(answer);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /**
     * Ends the stream after a refusal and waits a moment for the client's end: a socket closed with unread bytes is reset, and the reset
     * would take the refusal with it.
     */
    void finish() throws IOException {
        channel.shutdownOutput();
        long endNs = System.nanoTime() + DRAIN_MS * MILLISECOND_NS;
        for (int drained = 0; drained < MAX_DRAIN;) {
            long leftMs = (endNs - System.nanoTime()) / MILLISECOND_NS;
            if (leftMs <= 0) {
                return;
            }
            socket.setSoTimeout((int) leftMs);
            int count = input.read(bytes);
            if (count < 0) {
                return;
            }
            drained += count;
        }
    }
}
