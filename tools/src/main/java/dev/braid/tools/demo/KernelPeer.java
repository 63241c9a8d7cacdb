package dev.braid.tools.demo;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;

/** The other end of a demo: sockets of the Linux kernel, inside the server's namespace. */
final class KernelPeer implements AutoCloseable {
    private final ServerSocketChannel listener;

    private KernelPeer(ServerSocketChannel listener) {
        this.listener = listener;
    }

    /** Listens on a port of its choice. */
    static KernelPeer listen(NetworkNamespace host, String address, StreamProtocol protocol) throws IOException {
        var any = new InetSocketAddress(address, 0);
        return host.<KernelPeer, IOException>call(() -> new KernelPeer(protocol == StreamProtocol.MPTCP
                ? MptcpServerChannel.listen(any)
                : ServerSocketChannel.open().bind(any)));
    }

    /** Where to connect to. */
    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    /** Takes one connection, sends the payload over it and answers its digest. */
    CompletableFuture<String> send(Payload payload) {
        return serveOne(connection -> {
            for (ByteBuffer next = payload.next(); next.hasRemaining(); next = payload.next()) {
                connection.write(next);
            }
            connection.shutdownOutput();
            connection.read(ByteBuffer.allocate(1));
            return payload.digest();
        });
    }

    /** Takes one connection, reads it to the end and answers the digest of what came. */
    CompletableFuture<String> receive(ArrivalLog log) {
        return serveOne(connection -> digest(connection, log));
    }

    /** Reads to the end, noting when what came; answers the digest. */
    static String digest(SocketChannel connection, ArrivalLog log) throws IOException {
        MessageDigest digest = Payload.sha256();
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        for (int got = connection.read(buffer); got >= 0; got = connection.read(buffer)) {
            log.add(System.nanoTime(), got);
            digest.update(buffer.flip());
            buffer.clear();
        }
        return Payload.hex(digest);
    }

    private interface Session {
        String run(SocketChannel connection) throws IOException;
    }

    private CompletableFuture<String> serveOne(Session session) {
        var result = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().name("kernel-peer").start(() -> {
            try (SocketChannel connection = listener.accept()) {
                result.complete(session.run(connection));
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
