package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
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
    private volatile int timeoutMs;

    ServerSocketView(BraidServerSocketChannel channel) throws SocketException {
        super(new NoSocketImpl());
        this.channel = channel;
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
        } catch (ClosedChannelException e) {
            throw new SocketException("Socket is closed", e);
        } catch (AlreadyBoundException e) {
            throw new SocketException("Already bound", e);
        }
    }

    @Override
    public Socket accept() throws IOException {
        if (!channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
        int timeout = timeoutMs;
        try {
            SocketChannel accepted = channel.accept(timeout == 0 ? Deadlines.NONE : timeout * 1_000_000L);
            if (accepted == null) {
                throw new IllegalBlockingModeException();
            }
            return accepted.socket();
        } catch (ClosedChannelException e) {
            throw new SocketException("Socket closed", e);
        } catch (NotYetBoundException e) {
            throw new SocketException("Socket is not bound yet", e);
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
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
        if (timeout < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        timeoutMs = timeout;
    }

    @Override
    public int getSoTimeout() throws IOException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
        return timeoutMs;
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        assign(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return value(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        assign(StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return value(StandardSocketOptions.SO_RCVBUF);
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

    private <T> void assign(SocketOption<T> name, T value) throws SocketException {
        try {
            channel.setOption(name, value);
        } catch (IOException e) {
            throw new SocketException("Socket is closed", e);
        }
    }

    private <T> T value(SocketOption<T> name) throws SocketException {
        try {
            return channel.getOption(name);
        } catch (IOException e) {
            throw new SocketException("Socket is closed", e);
        }
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
