package dev.braid.stack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** RFC 862 on one thread with one selector, as servers are written. */
final class SelectingEcho implements AutoCloseable {
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Thread loop;
    private final AtomicInteger served = new AtomicInteger();

    SelectingEcho(Stack stack, ServerSocketChannel listener) throws IOException {
        this.listener = listener;
        this.selector = stack.selectorProvider().openSelector();
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        this.loop = Thread.startVirtualThread(this::run);
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    /** Connections that ended well. */
    int served() {
        return served.get();
    }

    private void run() {
        try {
            while (true) {
                selector.select();
                Iterator<SelectionKey> each = selector.selectedKeys().iterator();
                while (each.hasNext()) {
                    SelectionKey key = each.next();
                    each.remove();
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        echo(key);
                    }
                }
            }
        } catch (ClosedSelectorException e) {
            // close() did it.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = listener.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(16 << 10));
        }
    }

    private void echo(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        boolean over = key.isReadable() && channel.read(buffer) < 0;
        buffer.flip();
        channel.write(buffer);
        boolean left = buffer.hasRemaining();
        buffer.compact();
        if (over && !left) {
            channel.close();
            served.incrementAndGet();
        } else {
            boolean room = buffer.hasRemaining() && !over;
            key.interestOps((room ? SelectionKey.OP_READ : 0) | (left ? SelectionKey.OP_WRITE : 0));
        }
    }

    @Override
    public void close() throws IOException {
        List<SelectionKey> open = List.copyOf(selector.keys());
        selector.close();
        for (SelectionKey key : open) {
            key.channel().close();
        }
        try {
            loop.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
