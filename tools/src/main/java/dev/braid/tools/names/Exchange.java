package dev.braid.tools.names;

import dev.braid.tools.names.DnsReply.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * One question put to one server one way, by a socket, port and number of its own (RFC 5452 section 9). One thread {@linkplain #ask
 * asks} and waits, for as long as nobody {@linkplain #close closes} it; others may have it {@linkplain #repeat repeat} the question.
 */
final class Exchange implements AutoCloseable {
    private static final int MAX_DATAGRAM = 4_096;
    private static final int IDS = 1 << 16;

    private final DnsSockets sockets;
    private final Way way;
    private final DnsQuestion question;
    private final int id;
    private byte[] message;
    private @Nullable DatagramChannel datagrams;
    private @Nullable Channel open;
    private boolean closed;

    Exchange(DnsSockets sockets, Way way, DnsQuestion question, SecureRandom random) {
        this.sockets = sockets;
        this.way = way;
        this.question = question;
        this.id = random.nextInt(IDS);
        this.message = question.message(id, true);
    }

    Way way() {
        return way;
    }

    /**
     * Asks, and waits for the answer; asks again by TCP when it does not fit a datagram (RFC 7766 section 5).
     *
     * @throws IOException when there is no way to the server, it says that nobody listens, or this was closed
     */
    DnsReply ask() throws IOException {
        boolean ipv4 = way.server().address().isIpv4();
        DatagramChannel channel = opened(sockets.datagrams(way.link(), ipv4));
        channel.connect(way.server().socketAddress());
        synchronized (this) {
            datagrams = channel;
        }
        repeat();
        var buffer = ByteBuffer.allocate(MAX_DATAGRAM);
        while (true) {
            buffer.clear();
            channel.read(buffer);
            DnsReply reply = DnsMessage.read(buffer.array(), buffer.position(), id, question);
            // What does not answer the question is somebody's attempt to: the answer may still come.
            if (reply == null) {
                continue;
            }
            if (reply.kind() == Kind.TRUNCATED) {
                return askByStream(ipv4);
            }
            if (reply.kind() != Kind.NOT_UNDERSTOOD) {
                return reply;
            }
            if (!askPlainly()) {
                return DnsReply.failed("the server does not understand the question (FORMERR)");
            }
        }
    }

    /** Asks without extensions; answers false when it had been asked so already. */
    private boolean askPlainly() throws IOException {
        byte[] plain = question.message(id, false);
        synchronized (this) {
            if (message.length == plain.length) {
                return false;
            }
            message = plain;
        }
        repeat();
        return true;
    }

    /** Sends the question again: it, or its answer, may be lost. Does nothing before the first time, or behind the last. */
    void repeat() throws IOException {
        DatagramChannel channel;
        byte[] again;
        synchronized (this) {
            channel = datagrams;
            again = message;
        }
        if (channel != null) {
            channel.write(ByteBuffer.wrap(again));
        }
    }

    private DnsReply askByStream(boolean ipv4) throws IOException {
        synchronized (this) {
            datagrams = null;
        }
        try (SocketChannel channel = opened(sockets.stream(way.link(), ipv4))) {
            channel.connect(way.server().socketAddress());
            byte[] asked = question.message(id, false);
            var framed = ByteBuffer.allocate(Short.BYTES + asked.length).putShort((short) asked.length).put(asked)
                    .flip();
            while (framed.hasRemaining()) {
                channel.write(framed);
            }
            ByteBuffer size = fill(channel, ByteBuffer.allocate(Short.BYTES));
            ByteBuffer answer = fill(channel, ByteBuffer.allocate(size.getShort(0) & 0xffff));
            DnsReply reply = DnsMessage.read(answer.array(), answer.capacity(), id, question);
            return reply == null || reply.kind() == Kind.TRUNCATED || reply.kind() == Kind.NOT_UNDERSTOOD
                    ? DnsReply.failed("the server's answer by TCP is no answer")
                    : reply;
        }
    }

    private static ByteBuffer fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the server ended the connection in mid-answer");
            }
        }
        return buffer;
    }

    /** Takes a fresh channel over, so that a close ends whoever waits in it, and closes the one before. */
    private <C extends Channel> C opened(C channel) throws IOException {
        Channel before;
        boolean late;
        synchronized (this) {
            before = open;
            late = closed;
            open = channel;
        }
        if (before != null) {
            before.close();
        }
        if (late) {
            channel.close();
            throw new AsynchronousCloseException();
        }
        return channel;
    }

    /** Gives up. Any thread; idempotent. */
    @Override
    public void close() {
        Channel last;
        synchronized (this) {
            closed = true;
            last = open;
        }
        if (last != null) {
            try {
                last.close();
            } catch (IOException e) {
                // Nobody waits for anything of it any more.
            }
        }
    }
}
