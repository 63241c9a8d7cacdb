package dev.braid.stack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** RFC 862 on one listener, a virtual thread for each connection; ends with its listener. */
final class EchoServer implements AutoCloseable {
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ServerSocketChannel listener;

    EchoServer(ServerSocketChannel listener) {
        this.listener = listener;
        Thread.startVirtualThread(this::accept);
    }

    int port() throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel channel = listener.accept();
                Thread.startVirtualThread(() -> echo(channel));
            } catch (IOException e) {
                if (listener.isOpen()) {
                    failures.add(e);
                }
                return;
            }
        }
    }

    private void echo(SocketChannel channel) {
        var buffer = ByteBuffer.allocateDirect(64 << 10);
        try (channel) {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                channel.write(buffer);
                buffer.clear();
            }
        } catch (IOException | RuntimeException e) {
            failures.add(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
