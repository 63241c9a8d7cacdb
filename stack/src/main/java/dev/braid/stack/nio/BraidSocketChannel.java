package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of a stack, with the contract of {@link SocketChannel}.
 *
 * <p>Safe for any number of threads, platform or virtual: one reads and one writes at a time. A blocked thread parks; no
 * call on its way is a system call but the doorbell, which rings only while the stack sleeps.
 */
public final class BraidSocketChannel extends SocketChannel implements Selectable {
    private final StreamPump pump;
    private final ChannelOptions options;
    private final ReadyKeys keys = new ReadyKeys();
    /** The reading half. */
    final ChannelInput input;
    /** The writing half. */
    final ChannelOutput output;
    private final Object stateLock = new Object();
    private volatile boolean connected;
    private volatile boolean connecting;
    private volatile boolean bound;
    private @Nullable SocketView socket;

    /** A channel that is not connected. */
    BraidSocketChannel(BraidSelectorProvider provider, StreamPump pump) {
        super(provider);
        this.pump = pump;
        this.input = new ChannelInput(this, pump);
        this.output = new ChannelOutput(this, pump);
        this.options = new ChannelOptions(ChannelOptions.STREAM, pump.sockets());
        this.connected = pump.status.connect() == StreamStatus.Connect.DONE;
        this.bound = connected;
        pump.status.listener(keys);
    }

    // Connecting.

    @Override
    public SocketChannel bind(@Nullable SocketAddress local) throws IOException {
        synchronized (stateLock) {
            requireOpen();
            if (connecting) {
                throw new ConnectionPendingException();
            }
            if (bound) {
                throw new AlreadyBoundException();
            }
            InetSocketAddress address = Endpoints.requireBindable(local);
            IpAddress ip = Endpoints.boundTo(address.getAddress());
            int answer = pump.call((s, nowNs) -> {
                int refused = s.bind(ip.hi(), ip.lo(), address.getPort());
                pump.publishEndpoints();
                return refused;
            });
            if (answer < 0) {
                throw SocketErrors.of(-answer);
            }
            bound = true;
        }
        return this;
    }

    @Override
    public boolean connect(SocketAddress remote) throws IOException {
        return connect(remote, Deadlines.NONE);
    }

    /**
     * As {@link #connect(SocketAddress)}, but in blocking mode for a limited time.
     *
     * @param timeoutNs nanoseconds, or {@link Deadlines#NONE}
     * @throws SocketTimeoutException when the time is over; the channel is closed then
     */
    boolean connect(SocketAddress remote, long timeoutNs) throws IOException {
        InetSocketAddress address = Endpoints.requireInet(remote);
        input.lock.lock();
        output.lock.lock();
        try {
            beginConnect(address);
            if (!isBlocking() && pump.status.connect() == StreamStatus.Connect.PENDING) {
                return false;
            }
            return completeConnect(timeoutNs);
        } finally {
            output.lock.unlock();
            input.lock.unlock();
        }
    }

    private void beginConnect(InetSocketAddress address) throws IOException {
        synchronized (stateLock) {
            requireOpen();
            if (connected) {
                throw new AlreadyConnectedException();
            }
            if (connecting) {
                throw new ConnectionPendingException();
            }
            connecting = true;
            IpAddress ip = Endpoints.ipAddress(address.getAddress());
            pump.beginConnect(ip.hi(), ip.lo(), address.getPort());
        }
    }

    @Override
    public boolean finishConnect() throws IOException {
        input.lock.lock();
        output.lock.lock();
        try {
            requireOpen();
            if (connected) {
                return true;
            }
            if (!connecting) {
                throw new NoConnectionPendingException();
            }
            if (!isBlocking() && pump.status.connect() == StreamStatus.Connect.PENDING) {
                return false;
            }
            return completeConnect(Deadlines.NONE);
        } finally {
            output.lock.unlock();
            input.lock.unlock();
        }
    }

    /** Waits until the connection is made; a channel that could not connect is closed, as the contract says. */
    private boolean completeConnect(long timeoutNs) throws IOException {
        boolean settled = false;
        boolean blocking = isBlocking();
        try {
            if (blocking) {
                begin();
            }
            settled = pump.connector.await(
                    () -> pump.status.connect() != StreamStatus.Connect.PENDING || !isOpen(),
                    Parking.deadline(timeoutNs));
            if (!settled) {
                Interrupts.awaitClosed(this);
            }
        } finally {
            if (blocking) {
                end(settled && isOpen());
            }
        }
        if (!isOpen()) {
            throw new AsynchronousCloseException();
        }
        if (!settled) {
            close();
            throw new SocketTimeoutException("Connect timed out");
        }
        if (pump.status.connect() != StreamStatus.Connect.DONE) {
            IOException failure = pump.status.failure();
            close();
            throw failure == null ? new SocketException("Connect failed") : failure;
        }
        synchronized (stateLock) {
            connecting = false;
            connected = true;
            bound = true;
        }
        return true;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isConnectionPending() {
        return connecting;
    }

    // Reading and writing.

    @Override
    public int read(ByteBuffer target) throws IOException {
        return input.read(target, Deadlines.NONE);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return input.read(targets, offset, length);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return output.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return output.write(sources, offset, length);
    }

    /** {@link #begin()}, for the two directions. */
    void beginBlocking() {
        begin();
    }

    /** {@link #end(boolean)}, for the two directions. */
    void endBlocking(boolean completed) throws AsynchronousCloseException {
        end(completed);
    }

    // Ending.

    @Override
    public SocketChannel shutdownInput() throws IOException {
        synchronized (stateLock) {
            requireConnected();
            if (input.shut()) {
                keys.onReadyChange();
            }
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        synchronized (stateLock) {
            requireConnected();
            if (output.shut()) {
                keys.onReadyChange();
            }
        }
        return this;
    }

    @Override
    protected void implCloseSelectableChannel() {
        pump.close();
        keys.onReadyChange();
        int lingerS = (Integer) options.value(StandardSocketOptions.SO_LINGER);
        if (connected && lingerS > 0 && isBlocking()) {
            // The core times the linger; the second on top is for a core that has other things to do.
            pump.closer.await(pump.status::isCloseOver, Parking.deadline((lingerS + 1) * 1_000_000_000L));
        }
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Reads and writes look at the mode when they begin.
    }

    // Options, addresses, the old interface.

    @Override
    public <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        requireOpen();
        if (name.equals(TcpSocketOptions.PROTOCOL) && pump.status.connect() != StreamStatus.Connect.NONE) {
            throw new IllegalStateException("a channel's protocol is chosen before it connects");
        }
        Consumer<SocketOptions> change = options.assign(name, value);
        pump.apply(change);
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // each value was checked against its option's type when it was assigned
    public <T> T getOption(SocketOption<T> name) throws IOException {
        requireOpen();
        if (name.equals(TcpSocketOptions.TCP_CONGESTION)) {
            return (T) pump.ask(open -> open.facts().congestionControl());
        } else if (name.equals(TcpSocketOptions.PROTOCOL)) {
            return (T) pump.ask(open -> open.facts().protocol());
        } else if (name.equals(TcpSocketOptions.MPTCP_SCHEDULER)) {
            return (T) pump.ask(open -> open.facts().packetScheduler());
        } else if (name.equals(TcpSocketOptions.MPTCP_PATH_MANAGER)) {
            return (T) pump.ask(open -> open.facts().pathManagers());
        } else if (name.equals(TcpSocketOptions.MPTCP_FALLBACK)) {
            return (T) pump.ask(open -> open.facts().fallbackReason());
        }
        return (T) options.value(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return ChannelOptions.STREAM;
    }

    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return remote();
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local();
    }

    /**
     * TCP_INFO: what TCP knows of the connection now; asks the core's thread, so not for every byte.
     *
     * @return {@code null} when there is no connection, or none any more
     * @throws IOException when the channel is closed or the stack has ended
     */
    public @Nullable TcpInfo info() throws IOException {
        requireOpen();
        return pump.info();
    }

    /** The peer's address, also of a closed channel. */
    @Nullable
    InetSocketAddress remote() {
        Endpoints ends = pump.status.endpoints();
        return ends == null || !connected ? null : ends.remote();
    }

    /** The local address, also of a closed channel. */
    @Nullable
    InetSocketAddress local() {
        Endpoints ends = pump.status.endpoints();
        return ends == null ? null : ends.local();
    }

    @Override
    public Socket socket() {
        synchronized (stateLock) {
            SocketView view = socket;
            if (view == null) {
                try {
                    view = new SocketView(this);
                } catch (SocketException e) {
                    throw new IllegalStateException(e);
                }
                socket = view;
            }
            return view;
        }
    }

    @Override
    public int readyOperations() {
        if (!isOpen()) {
            return 0;
        }
        if (!connected) {
            return connecting && pump.status.connect() != StreamStatus.Connect.PENDING ? SelectionKey.OP_CONNECT : 0;
        }
        return (input.isReady() ? SelectionKey.OP_READ : 0) | (output.isReady() ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public ReadyKeys readyKeys() {
        return keys;
    }

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    /** Refuses to go on with a channel that is closed, or not connected. */
    void requireConnected() throws ClosedChannelException {
        requireOpen();
        if (!connected) {
            throw new NotYetConnectedException();
        }
    }

    @Override
    public String toString() {
        String state = !isOpen() ? "closed " : connected ? "connected " : "";
        return "BraidSocketChannel[" + state + local() + " -> " + remote() + ']';
    }
}
