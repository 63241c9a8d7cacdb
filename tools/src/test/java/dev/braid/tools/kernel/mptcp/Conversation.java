package dev.braid.tools.kernel.mptcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.tools.kernel.Streams;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A connection between a client and a server, both of whose directions carry bytes that are compared by digest. */
final class Conversation implements AutoCloseable {
    private static final int BLOCK = 1 << 20;
    private static final long PATIENCE_S = 30;

    private final ServerSocketChannel listener;
    final SocketChannel client;
    final SocketChannel server;

    private Conversation(ServerSocketChannel listener, SocketChannel client, SocketChannel server) {
        this.listener = listener;
        this.client = client;
        this.server = server;
    }

    static Conversation begin(Host client, Host server, Families families) throws IOException {
        return begin(client, server, families, true, true);
    }

    /** One of whose ends may be plain TCP. */
    static Conversation begin(Host client, Host server, Families families, boolean clientMptcp, boolean serverMptcp)
            throws IOException {
        ServerSocketChannel listener = serverMptcp ? server.listen() : server.listenPlain();
        try {
            int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
            var to = new InetSocketAddress(server.address(0, families.first), port);
            SocketChannel from = clientMptcp ? client.connect(to) : client.connectPlain(to);
            return new Conversation(listener, from, listener.accept());
        } catch (IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /** What is done while bytes are on their way. */
    @FunctionalInterface
    interface Middle {
        void happens() throws Exception;
    }

    /** Sends so many bytes both ways at once, and goes on. */
    void exchange(long bytes) throws Exception {
        exchange(bytes, 0, () -> {});
    }

    /** As {@link #exchange}; in pieces with pauses, and something happens after a third. */
    void exchange(long bytes, long pauseMs, Middle middle) throws Exception {
        var third = new CompletableFuture<Void>();
        CompletableFuture<String> there = Streams.async(() -> send(client, 1, bytes, pauseMs, third));
        CompletableFuture<String> back = Streams.async(() -> send(server, 2, bytes, pauseMs, third));
        CompletableFuture<String> atServer = Streams.async(() -> Streams.receive(server, bytes));
        CompletableFuture<String> atClient = Streams.async(() -> Streams.receive(client, bytes));
        third.get(PATIENCE_S, TimeUnit.SECONDS);
        middle.happens();
        assertThat(atServer.get(PATIENCE_S, TimeUnit.SECONDS)).as("to the server")
                .isEqualTo(there.get(PATIENCE_S, TimeUnit.SECONDS));
        assertThat(atClient.get(PATIENCE_S, TimeUnit.SECONDS)).as("to the client")
                .isEqualTo(back.get(PATIENCE_S, TimeUnit.SECONDS));
    }

    private static String send(SocketChannel channel, long seed, long bytes, long pauseMs,
            CompletableFuture<Void> third)
            throws Exception {
        var random = new SplitMix64(seed);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (long left = bytes; left > 0; left -= block.limit()) {
            block.clear();
            while (block.hasRemaining()) {
                block.putLong(random.nextLong());
            }
            block.flip().limit((int) Math.min(BLOCK, left));
            digest.update(block.duplicate());
            while (block.hasRemaining()) {
                channel.write(block);
            }
            if (left <= bytes * 2 / 3) {
                third.complete(null);
            }
            Thread.sleep(pauseMs);
        }
        third.complete(null);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Both ends finish, and each reads the other's end. */
    void finish() throws Exception {
        client.shutdownOutput();
        CompletableFuture<Integer> atServer = Streams.async(() -> server.read(ByteBuffer.allocate(1)));
        assertThat(atServer.get(PATIENCE_S, TimeUnit.SECONDS)).as("the server's end of stream").isEqualTo(-1);
        server.shutdownOutput();
        CompletableFuture<Integer> atClient = Streams.async(() -> client.read(ByteBuffer.allocate(1)));
        assertThat(atClient.get(PATIENCE_S, TimeUnit.SECONDS)).as("the client's end of stream").isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }
}
