package dev.braid.stack.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A channel as the {@link Socket} that older programs expect of {@link SocketChannel#socket}. Thread rules are the channel's. */
final class SocketView extends Socket {
    private final BraidSocketChannel channel;
    private final ViewedChannel<BraidSocketChannel> view;

    SocketView(BraidSocketChannel channel) throws SocketException {
        super((SocketImpl) null);
        this.channel = channel;
        view = new ViewedChannel<>(channel);
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public void connect(SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(SocketAddress remote, int timeout) throws IOException {
        if (timeout < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        view.requireBlocking();
        try {
            channel.connect(remote, ViewedChannel.nanoseconds(timeout));
        } catch (ClosedChannelException | AlreadyConnectedException e) {
            throw ViewedChannel.socketException(e);
        } catch (UnresolvedAddressException e) {
            throw new java.net.UnknownHostException(remote.toString());
        }
    }

    @Override
    public void bind(@Nullable SocketAddress local) throws IOException {
        try {
            channel.bind(local);
        } catch (ClosedChannelException | AlreadyBoundException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    // Addresses and state.

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remote();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        InetSocketAddress local = channel.isOpen() ? channel.local() : null;
        return local == null ? new InetSocketAddress(0).getAddress() : local.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remote();
        return remote == null ? 0 : remote.getPort();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = channel.local();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return channel.remote();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return channel.local();
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
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
    public boolean isInputShutdown() {
        return channel.input.isShut();
    }

    @Override
    public boolean isOutputShutdown() {
        return channel.output.isShut();
    }

    // Streams.

    @Override
    public InputStream getInputStream() throws IOException {
        requireUsable();
        if (channel.input.isShut()) {
            throw new SocketException("Socket input is shutdown");
        }
        return new Input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        requireUsable();
        if (channel.output.isShut()) {
            throw new SocketException("Socket output is shutdown");
        }
        return new Output();
    }

    private void requireUsable() throws SocketException {
        view.requireOpen();
        if (!channel.isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    @Override
    public void shutdownInput() throws IOException {
        requireUsable();
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        requireUsable();
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        throw new SocketException("Urgent data not supported");
    }

    // Options.

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
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
    public void setTcpNoDelay(boolean on) throws SocketException {
        view.assign(StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return view.value(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        if (on && seconds < 0) {
            throw new IllegalArgumentException("invalid value for SO_LINGER");
        }
        view.assign(StandardSocketOptions.SO_LINGER, on ? seconds : -1);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return view.value(StandardSocketOptions.SO_LINGER);
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        view.timeoutMs(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return view.timeoutMs();
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        view.assign(StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return view.value(StandardSocketOptions.SO_SNDBUF);
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
    public void setKeepAlive(boolean on) throws SocketException {
        view.assign(StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return view.value(StandardSocketOptions.SO_KEEPALIVE);
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
    public void setTrafficClass(int trafficClass) throws SocketException {
        view.assign(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return view.value(StandardSocketOptions.IP_TOS);
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        if (on) {
            throw new SocketException("Urgent data not supported");
        }
    }

    @Override
    public boolean getOOBInline() {
        return false;
    }

    @Override
    public String toString() {
        return "Socket[" + channel + ']';
    }

    /** Reads with the socket's timeout. */
    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            view.requireBlocking();
            try {
                return channel.input.read(ByteBuffer.wrap(bytes, offset, length), view.timeoutNs());
            } catch (ClosedChannelException e) {
                throw ViewedChannel.socketException(e);
            }
        }

        @Override
        public int available() throws IOException {
            try {
                return channel.input.available();
            } catch (ClosedChannelException e) {
                throw ViewedChannel.socketException(e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** Writes everything it is given. */
    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            view.requireBlocking();
            ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
            try {
                while (source.hasRemaining()) {
                    channel.write(source);
                }
            } catch (ClosedChannelException e) {
                throw ViewedChannel.socketException(e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
