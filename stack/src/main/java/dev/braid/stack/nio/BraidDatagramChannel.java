package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.udp.UdpPort;
import dev.braid.stack.udp.UdpSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * UDP of a stack, with the contract of {@link DatagramChannel} but for multicast, which it does not have. Safe for any number of
 * threads, one of which receives at a time.
 */
public final class BraidDatagramChannel extends DatagramChannel implements Selectable {
    /** What sits in front of gathering writes and behind scattering reads: the longest datagram. */
    private static final int MAX_DATAGRAM = 65_535;
    /** One byte more than a datagram can have is enough to have it refused as too long. */
    private static final int TOO_LONG = MAX_DATAGRAM + 1;
    /** A thread that is not the caller's. */
    private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> {});

    private final DatagramPump pump;
    private final DatagramOptions options;
    private final ReadyKeys keys = new ReadyKeys();
    private final ReentrantLock readLock = new ReentrantLock();
    private final Object stateLock = new Object();
    private volatile @Nullable InetSocketAddress local;
    private volatile @Nullable InetSocketAddress remote;
    private @Nullable DatagramSocketView socket;

    BraidDatagramChannel(BraidSelectorProvider provider, DatagramPump pump) {
        super(provider);
        this.pump = pump;
        this.options = new DatagramOptions(pump);
        pump.listener(keys);
    }

    @Override
    public DatagramChannel bind(@Nullable SocketAddress address) throws IOException {
        synchronized (stateLock) {
            requireOpen();
            if (local != null) {
                throw new AlreadyBoundException();
            }
            InetSocketAddress wanted = Endpoints.requireBindable(address);
            IpAddress ip = Endpoints.boundTo(wanted.getAddress());
            var end = new InetSocketAddress[1];
            require(pump.call(socket -> {
                int answer = socket.bind(ip.hi(), ip.lo(), wanted.getPort());
                end[0] = localOf(socket.port());
                return answer;
            }));
            local = end[0];
        }
        return this;
    }

    @Override
    public DatagramChannel connect(SocketAddress address) throws IOException {
        synchronized (stateLock) {
            requireOpen();
            if (remote != null) {
                throw new AlreadyConnectedException();
            }
            InetSocketAddress peer = Endpoints.requireInet(address);
            IpAddress ip = Endpoints.ipAddress(peer.getAddress());
            var end = new InetSocketAddress[1];
            require(pump.call(socket -> {
                int answer = socket.connect(ip.hi(), ip.lo(), peer.getPort());
                if (answer >= 0) {
                    socket.port().discard(); // what waits may be from others
                }
                end[0] = localOf(socket.port());
                return answer;
            }));
            local = end[0];
            remote = peer;
        }
        return this;
    }

    @Override
    public DatagramChannel disconnect() throws IOException {
        synchronized (stateLock) {
            if (remote != null && isOpen()) {
                var end = new InetSocketAddress[1];
                require(pump.call(socket -> {
                    int answer = socket.disconnect();
                    end[0] = localOf(socket.port());
                    return answer;
                }));
                local = end[0];
                remote = null;
            }
        }
        return this;
    }

    @Override
    public boolean isConnected() {
        return remote != null;
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return remote;
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local;
    }

    private static @Nullable InetSocketAddress localOf(UdpPort port) {
        return port.isBound() ? Endpoints.socketAddress(port.localHi(), port.localLo(), port.localPort()) : null;
    }

    // Receiving.

    @Override
    public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
        return receive(target, Deadlines.NONE);
    }

    /**
     * As {@link #receive(ByteBuffer)}, but in blocking mode for a limited time.
     *
     * @param timeoutNs nanoseconds, or {@link Deadlines#NONE}
     * @throws SocketTimeoutException when nothing came in time
     */
    @Nullable
    InetSocketAddress receive(ByteBuffer target, long timeoutNs) throws IOException {
        requireWritable(target);
        var from = new UdpSource();
        readLock.lock();
        try {
            requireOpen();
            bindIfUnbound();
            return receive(target, from, timeoutNs) < 0
                    ? null
                    : Endpoints.socketAddress(from.hi(), from.lo(), from.port());
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireWritable(target);
        readLock.lock();
        try {
            requireConnected();
            return Math.max(0, receive(target, new UdpSource(), Deadlines.NONE));
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        for (int i = offset; i < offset + length; i++) {
            requireWritable(targets[i]);
        }
        ByteBuffer whole = ByteBuffer.allocate(MAX_DATAGRAM);
        read(whole);
        whole.flip();
        long total = 0;
        for (int i = offset; i < offset + length && whole.hasRemaining(); i++) {
            int part = Math.min(whole.remaining(), targets[i].remaining());
            targets[i].put(whole.slice(whole.position(), part));
            whole.position(whole.position() + part);
            total += part;
        }
        return total;
    }

    /** Bytes of the next datagram, or a negative number when there is none and nobody waits. Holds the lock. */
    private int receive(ByteBuffer target, UdpSource from, long timeoutNs) throws IOException {
        int received = -Errno.EAGAIN;
        if (!isBlocking()) {
            return pump.isReadable() ? receiveNow(target, from) : received;
        }
        long deadlineNs = Parking.deadline(timeoutNs);
        begin();
        try {
            while (received == -Errno.EAGAIN && isOpen()) {
                if (!pump.reader.await(() -> pump.isReadable() || !isOpen(), deadlineNs)) {
                    Interrupts.awaitClosed(this);
                    if (isOpen()) {
                        throw new SocketTimeoutException("Receive timed out");
                    }
                }
                received = isOpen() ? receiveNow(target, from) : received;
            }
        } finally {
            end(received >= 0);
        }
        return received;
    }

    private int receiveNow(ByteBuffer target, UdpSource from) throws IOException {
        pump.end.requireNotTold();
        boolean confined = isConfined(target);
        ByteBuffer reached = confined ? ByteBuffer.allocate(Math.min(target.remaining(), MAX_DATAGRAM)) : target;
        int received = pump.call(socket -> socket.receiveFrom(reached, from));
        if (confined) {
            target.put(reached.flip());
        }
        return received == -Errno.EAGAIN ? received : require(received);
    }

    private static void requireWritable(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    // Sending.

    @Override
    public int send(ByteBuffer source, SocketAddress target) throws IOException {
        InetSocketAddress to = Endpoints.requireInet(target);
        requireOpen();
        InetSocketAddress peer = remote;
        if (peer != null && !peer.equals(to)) {
            throw new AlreadyConnectedException();
        }
        bindIfUnbound();
        IpAddress ip = Endpoints.ipAddress(to.getAddress());
        ByteBuffer reached = reached(source);
        int sent = require(pump.call(socket -> socket.sendTo(reached, ip.hi(), ip.lo(), to.getPort())));
        source.position(source.limit());
        return sent;
    }

    private void bindIfUnbound() throws IOException {
        if (local == null) {
            synchronized (stateLock) {
                if (local == null) {
                    bind(null);
                }
            }
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        requireConnected();
        ByteBuffer reached = reached(source);
        int sent = require(pump.call(socket -> socket.send(reached)));
        source.position(source.limit());
        return sent;
    }

    /** What remains, where the core's thread may read it. */
    private static ByteBuffer reached(ByteBuffer source) {
        if (!isConfined(source)) {
            return source;
        }
        int length = Math.min(source.remaining(), TOO_LONG);
        return ByteBuffer.allocate(length).put(source.slice(source.position(), length)).flip();
    }

    /** Whether no thread but the caller's may touch the buffer: it lies in a confined arena, where no buffer of the heap does. */
    private static boolean isConfined(ByteBuffer buffer) {
        return buffer.isDirect() && !MemorySegment.ofBuffer(buffer).isAccessibleBy(ANOTHER);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        long bytes = 0;
        for (int i = offset; i < offset + length; i++) {
            bytes += sources[i].remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate((int) Math.min(bytes, TOO_LONG));
        for (int i = offset; i < offset + length; i++) {
            ByteBuffer part = sources[i].duplicate();
            part.limit(part.position() + Math.min(part.remaining(), whole.remaining()));
            whole.put(part);
        }
        int written = write(whole.flip());
        for (int i = offset; i < offset + length; i++) {
            sources[i].position(sources[i].limit());
        }
        return written;
    }

    // What channels have besides.

    @Override
    public <T> DatagramChannel setOption(SocketOption<T> name, T value) throws IOException {
        requireOpen();
        options.assign(name, value);
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // each value was checked against its option's type when it was assigned
    public <T> T getOption(SocketOption<T> name) throws IOException {
        requireOpen();
        return (T) options.value(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return DatagramOptions.SUPPORTED;
    }

    @Override
    public DatagramSocket socket() {
        synchronized (stateLock) {
            DatagramSocketView view = socket;
            if (view == null) {
                view = new DatagramSocketView(this);
                socket = view;
            }
            return view;
        }
    }

    /** The local address, also of a closed channel; {@code null} when unbound. */
    @Nullable
    InetSocketAddress local() {
        return local;
    }

    /** The peer's address, also of a closed channel; {@code null} when unconnected. */
    @Nullable
    InetSocketAddress remote() {
        return remote;
    }

    /**
     * Refused: a stack is in no group, and drops what is for one. What is sent to a group finds no way.
     *
     * @throws SocketException always, of an open channel that is asked for a group
     */
    @Override
    public MembershipKey join(InetAddress group, NetworkInterface by) throws IOException {
        requireGroup(group, by);
        throw SocketErrors.noMulticast();
    }

    /**
     * Refused as by the other, and by source besides.
     *
     * @throws UnsupportedOperationException always, of an open channel that is asked for a group
     */
    @Override
    public MembershipKey join(InetAddress group, NetworkInterface by, InetAddress source) throws IOException {
        requireGroup(group, by);
        Objects.requireNonNull(source);
        throw new UnsupportedOperationException("The stack receives no multicast, of no source");
    }

    private void requireGroup(InetAddress group, NetworkInterface by) throws ClosedChannelException {
        requireOpen();
        Objects.requireNonNull(by);
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("Group not a multicast address");
        }
    }

    @Override
    protected void implCloseSelectableChannel() {
        pump.close();
        keys.onReadyChange();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Receives look at the mode when they begin.
    }

    @Override
    public int readyOperations() {
        if (!isOpen()) {
            return 0;
        }
        // A datagram never waits to be sent: the link takes it or it is lost.
        return SelectionKey.OP_WRITE | (pump.isReadable() ? SelectionKey.OP_READ : 0);
    }

    @Override
    public ReadyKeys readyKeys() {
        return keys;
    }

    /** The answer of the socket layer, or the exception that a program knows for it. */
    private int require(int answer) throws IOException {
        if (answer >= 0) {
            return answer;
        }
        throw switch (-answer) {
            case Errno.ECONNREFUSED -> new PortUnreachableException("Connection refused");
            case Errno.EBADF -> new AsynchronousCloseException();
            default -> SocketErrors.of(-answer);
        };
    }

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireConnected() throws ClosedChannelException {
        requireOpen();
        if (remote == null) {
            throw new NotYetConnectedException();
        }
    }

    @Override
    public String toString() {
        return "BraidDatagramChannel[" + (isOpen() ? "" : "closed ") + local + " > " + remote + ']';
    }
}
