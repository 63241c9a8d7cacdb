package dev.braid.stack.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A listening channel as the {@link ServerSocket} that older programs expect of {@link ServerSocketChannel#socket}. */
final class ServerSocketView extends ServerSocket {
    private static final int DEFAULT_BACKLOG = 50;

    private final BraidServerSocketChannel channel;
    private final ViewedChannel<BraidServerSocketChannel> view;

    ServerSocketView(BraidServerSocketChannel channel) throws SocketException {
        super(new NoSocketImpl());
        this.channel = channel;
        view = new ViewedChannel<>(channel);
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public void bind(@Nullable SocketAddress local) throws IOException {
        bind(local, DEFAULT_BACKLOG);
    }

    @Override
    public void bind(@Nullable SocketAddress local, int backlog) throws IOException {
        try {
            channel.bind(local, backlog);
        } catch (ClosedChannelException | AlreadyBoundException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    @Override
    public Socket accept() throws IOException {
        view.requireBlocking();
        try {
            SocketChannel accepted = channel.accept(view.timeoutNs());
            if (accepted == null) {
                throw new IllegalBlockingModeException();
            }
            return accepted.socket();
        } catch (ClosedChannelException | NotYetBoundException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress local = channel.local();
        return local == null ? null : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = channel.local();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return channel.local();
    }

    @Override
    public boolean isBound() {
        return channel.local() != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        view.timeoutMs(timeout);
    }

    @Override
    public int getSoTimeout() throws IOException {
        return view.timeoutMs();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        view.assign(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return view.value(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        view.assign(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return view.value(StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> name, T value) throws IOException {
        channel.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return channel.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }

    @Override
    public String toString() {
        return "ServerSocket[" + channel + ']';
    }

    /** What the constructor of {@link ServerSocket} insists on and nothing ever calls. */
    private static final class NoSocketImpl extends SocketImpl {
        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("the channel does this");
        }

        @Override
        protected void create(boolean stream) {
            throw unused();
        }

        @Override
        protected void connect(String host, int port) {
            throw unused();
        }

        @Override
        protected void connect(InetAddress address, int port) {
            throw unused();
        }

        @Override
        protected void connect(SocketAddress address, int timeout) {
            throw unused();
        }

        @Override
        protected void bind(InetAddress host, int port) {
            throw unused();
        }

        @Override
        protected void listen(int backlog) {
            throw unused();
        }

        @Override
        protected void accept(SocketImpl s) {
            throw unused();
        }

        @Override
        protected InputStream getInputStream() {
            throw unused();
        }

        @Override
        protected OutputStream getOutputStream() {
            throw unused();
        }

        @Override
        protected int available() {
            throw unused();
        }

        @Override
        protected void close() {
            throw unused();
        }

        @Override
        protected void sendUrgentData(int data) {
            throw unused();
        }

        @Override
        public void setOption(int option, Object value) {
            throw unused();
        }

        @Override
        public Object getOption(int option) {
            throw unused();
        }
    }
}
