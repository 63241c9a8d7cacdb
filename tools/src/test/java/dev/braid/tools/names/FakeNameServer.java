package dev.braid.tools.names;

import dev.braid.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A name server that answers each question with the messages that a test makes of it; by TCP, with those of another function. */
public final class FakeNameServer implements AutoCloseable {
    private static final int MAX_TRIES = 100;

    private final DatagramChannel datagrams;
    private final ServerSocketChannel listener;
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger askedByStream = new AtomicInteger();
    private final Set<String> askers = ConcurrentHashMap.newKeySet();
    private volatile Function<byte[], byte[]> byStream = query -> MessageBytes.answerTo(query).code(2).build();

    /** A server of the kernel's on loopback. */
    FakeNameServer(Function<byte[], List<byte[]>> reaction) throws IOException {
        this(Sockets.free(), reaction);
    }

    /** A server on sockets that are bound to the same port. */
    public FakeNameServer(
            DatagramChannel datagrams, ServerSocketChannel listener, Function<byte[], List<byte[]>> reaction) {
        this(new Sockets(datagrams, listener), reaction);
    }

    private FakeNameServer(Sockets sockets, Function<byte[], List<byte[]>> reaction) {
        this.datagrams = sockets.datagrams;
        this.listener = sockets.listener;
        // Not virtual: their carriers would stay in the namespace of whoever starts the first of them.
        Thread.ofPlatform().daemon().name("names").start(() -> serve(reaction));
        Thread.ofPlatform().daemon().name("names-tcp").start(this::serveStreams);
    }

    private record Sockets(DatagramChannel datagrams, ServerSocketChannel listener) {
        /** At a port that nobody has, in UDP or TCP. */
        static Sockets free() throws IOException {
            for (int tries = 1;; tries++) {
                DatagramChannel datagrams = DatagramChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                ServerSocketChannel listener = ServerSocketChannel.open();
                try {
                    return new Sockets(datagrams, listener.bind(datagrams.getLocalAddress()));
                } catch (BindException e) {
                    datagrams.close();
                    listener.close();
                    if (tries == MAX_TRIES) {
                        throw e;
                    }
                }
            }
        }
    }

    /** Answers by TCP so from now on. */
    FakeNameServer byStream(Function<byte[], byte[]> reaction) {
        byStream = reaction;
        return this;
    }

    DnsServer server() {
        try {
            var address = (InetSocketAddress) datagrams.getLocalAddress();
            return new DnsServer(IpAddress.ofBytes(address.getAddress().getAddress()), address.getPort());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int asked() {
        return asked.get();
    }

    /** The addresses that datagrams came from. */
    Set<String> askers() {
        return askers;
    }

    int askedByStream() {
        return askedByStream.get();
    }

    private void serve(Function<byte[], List<byte[]>> reaction) {
        try {
            while (true) {
                var buffer = ByteBuffer.allocate(4096);
                SocketAddress from = datagrams.receive(buffer);
                asked.incrementAndGet();
                askers.add(((InetSocketAddress) from).getAddress().getHostAddress());
                byte[] query = new byte[buffer.flip().remaining()];
                buffer.get(query);
                for (byte[] answer : reaction.apply(query)) {
                    datagrams.send(ByteBuffer.wrap(answer), from);
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serveStreams() {
        try {
            while (true) {
                try (SocketChannel client = listener.accept()) {
                    askedByStream.incrementAndGet();
                    ByteBuffer size = fill(client, ByteBuffer.allocate(2));
                    byte[] query = fill(client, ByteBuffer.allocate(size.getShort(0))).array();
                    byte[] answer = byStream.apply(query);
                    var framed = ByteBuffer.allocate(2 + answer.length).putShort((short) answer.length).put(answer);
                    framed.flip();
                    while (framed.hasRemaining()) {
                        client.write(framed);
                    }
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuffer fill(SocketChannel from, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining() && from.read(buffer) >= 0) {
            // On.
        }
        return buffer;
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        listener.close();
    }
}
