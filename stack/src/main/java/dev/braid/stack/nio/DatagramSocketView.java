package dev.braid.stack.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.DatagramSocketImpl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A channel as the {@link DatagramSocket} that older programs expect of {@link DatagramChannel#socket}. Multicast and the options that
 * the channel has not are refused, by {@link SocketException}s that name them. Thread rules are the channel's.
 */
final class DatagramSocketView extends DatagramSocket {
    private final BraidDatagramChannel channel;
    private final ViewedChannel<BraidDatagramChannel> view;
    private final PacketRoom packets = new PacketRoom();

    DatagramSocketView(BraidDatagramChannel channel) {
        super(new NoSocketImpl());
        this.channel = channel;
        view = new ViewedChannel<>(channel);
    }

    @Override
    public DatagramChannel getChannel() {
        return channel;
    }

    @Override
    public void bind(@Nullable SocketAddress address) throws SocketException {
        try {
            channel.bind(address);
        } catch (IOException | AlreadyBoundException | UnresolvedAddressException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    @Override
    public void connect(InetAddress address, int port) {
        try {
            connect(new InetSocketAddress(address, port));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As its specification has it, a connected one is connected anew. */
    @Override
    public void connect(SocketAddress address) throws SocketException {
        try {
            channel.disconnect();
            channel.connect(address);
        } catch (IOException | AlreadyConnectedException | UnresolvedAddressException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    @Override
    public void disconnect() {
        try {
            channel.disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Addresses and state.

    @Override
    public boolean isBound() {
        return channel.local() != null;
    }

    @Override
    public boolean isConnected() {
        return channel.remote() != null;
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        InetSocketAddress remote = channel.remote();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = channel.remote();
        return remote == null ? -1 : remote.getPort();
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return channel.remote();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return isClosed() ? null : channel.local();
    }

    @Override
    public @Nullable InetAddress getLocalAddress() {
        InetSocketAddress local = localOrWildcard();
        return local == null ? null : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = localOrWildcard();
        return local == null ? -1 : local.getPort();
    }

    /** The wildcard and port 0 of one that is not bound; {@code null} of one that is closed. */
    private @Nullable InetSocketAddress localOrWildcard() {
        InetSocketAddress local = channel.local();
        return isClosed() ? null : local == null ? new InetSocketAddress(0) : local;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    // Packets.

    @Override
    public void send(DatagramPacket packet) throws IOException {
        view.requireBlocking();
        InetSocketAddress peer = channel.remote();
        InetSocketAddress to = packet.getAddress() == null ? peer : (InetSocketAddress) packet.getSocketAddress();
        if (to == null) {
            throw new IllegalArgumentException("the packet has no address, and the socket no peer");
        }
        if (peer != null && !peer.equals(to)) {
            throw new IllegalArgumentException("the packet is for another than the socket's peer");
        }
        try {
            channel.send(ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength()), to);
        } catch (ClosedChannelException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        view.requireBlocking();
        int room = packets.of(packet);
        ByteBuffer target = ByteBuffer.wrap(packet.getData(), packet.getOffset(), room);
        try {
            InetSocketAddress sender = channel.receive(target, view.timeoutNs());
            if (sender == null) {
                throw new IllegalBlockingModeException();
            }
            packets.received(packet, room - target.remaining(), room);
            packet.setSocketAddress(sender);
        } catch (ClosedChannelException e) {
            throw ViewedChannel.socketException(e);
        }
    }

    // Options.

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        view.timeoutMs(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return view.timeoutMs();
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
    public void setTrafficClass(int trafficClass) throws SocketException {
        view.assign(StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return view.value(StandardSocketOptions.IP_TOS);
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
    public void setReuseAddress(boolean on) throws SocketException {
        view.assign(StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return view.value(StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setBroadcast(boolean on) throws SocketException {
        view.assign(StandardSocketOptions.SO_BROADCAST, on);
    }

    @Override
    public boolean getBroadcast() throws SocketException {
        return view.value(StandardSocketOptions.SO_BROADCAST);
    }

    @Override
    public <T> DatagramSocket setOption(SocketOption<T> name, T value) throws IOException {
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

    /** @throws SocketException always: the stack receives no multicast */
    @Override
    public void joinGroup(SocketAddress group, @Nullable NetworkInterface by) throws SocketException {
        refuse(group);
    }

    /** @throws SocketException always: nobody is in a group */
    @Override
    public void leaveGroup(SocketAddress group, @Nullable NetworkInterface by) throws SocketException {
        refuse(group);
    }

    private void refuse(SocketAddress group) throws SocketException {
        if (!(group instanceof InetSocketAddress inet)) {
            throw new IllegalArgumentException("Unsupported address type");
        }
        view.requireOpen();
        throw inet.isUnresolved() || !inet.getAddress().isMulticastAddress()
                ? new SocketException("Not a multicast address")
                : SocketErrors.noMulticast();
    }

    /** What the superclass insists on, and never calls. */
    @SuppressWarnings("removal") // some of it will not be insisted on for ever
    private static final class NoSocketImpl extends DatagramSocketImpl {
        private static UnsupportedOperationException unused() {
            return new UnsupportedOperationException("the channel does this");
        }

        @Override
        protected void create() {
            throw unused();
        }

        @Override
        protected void bind(int port, InetAddress address) {
            throw unused();
        }

        @Override
        protected void send(DatagramPacket packet) {
            throw unused();
        }

        @Override
        protected int peek(InetAddress address) {
            throw unused();
        }

        @Override
        protected int peekData(DatagramPacket packet) {
            throw unused();
        }

        @Override
        protected void receive(DatagramPacket packet) {
            throw unused();
        }

        @Override
        protected void setTTL(byte ttl) {
            throw unused();
        }

        @Override
        protected byte getTTL() {
            throw unused();
        }

        @Override
        protected void setTimeToLive(int ttl) {
            throw unused();
        }

        @Override
        protected int getTimeToLive() {
            throw unused();
        }

        @Override
        protected void join(InetAddress group) {
            throw unused();
        }

        @Override
        protected void leave(InetAddress group) {
            throw unused();
        }

        @Override
        protected void joinGroup(SocketAddress group, NetworkInterface by) {
            throw unused();
        }

        @Override
        protected void leaveGroup(SocketAddress group, NetworkInterface by) {
            throw unused();
        }

        @Override
        protected void close() {
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
