package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener of a stack, with the contract of {@link ServerSocketChannel}. Safe for any number of threads. */
public final class BraidServerSocketChannel extends ServerSocketChannel implements Selectable {
    private static final int DEFAULT_BACKLOG = 50;

    private final BraidSelectorProvider provider;
    private final ListenPump pump;
    private final ChannelOptions options;
    private final ReadyKeys keys = new ReadyKeys();
    private final ReentrantLock acceptLock = new ReentrantLock();
    private final Object stateLock = new Object();
    private volatile @Nullable InetSocketAddress local;
    private @Nullable ServerSocketView socket;

    /** A channel that does not listen yet. */
    BraidServerSocketChannel(BraidSelectorProvider provider, ListenPump pump) {
        super(provider);
        this.provider = provider;
        this.pump = pump;
        this.options = new ChannelOptions(ChannelOptions.LISTENER, pump.sockets());
        pump.listener(keys);
    }

    @Override
    public ServerSocketChannel bind(@Nullable SocketAddress address, int backlog) throws IOException {
        synchronized (stateLock) {
            requireOpen();
            if (local != null) {
                throw new AlreadyBoundException();
            }
            InetSocketAddress wanted = Endpoints.requireBindable(address);
            IpAddress ip = Endpoints.boundTo(wanted.getAddress());
            var bound = new InetSocketAddress[1];
            int answer = pump.call(s -> {
                int refused = s.bind(ip.hi(), ip.lo(), wanted.getPort());
                if (refused == 0) {
                    refused = s.listen(backlog < 1 ? DEFAULT_BACKLOG : backlog);
                    bound[0] = pump.local();
                }
                return refused;
            });
            if (answer < 0) {
                throw SocketErrors.of(-answer);
            }
            local = bound[0];
        }
        return this;
    }

    @Override
    public @Nullable SocketChannel accept() throws IOException {
        return accept(Deadlines.NONE);
    }

    /**
     * As {@link #accept()}, but in blocking mode for a limited time.
     *
     * @throws SocketTimeoutException when nobody connected in time
     */
    @Nullable
    SocketChannel accept(long timeoutNs) throws IOException {
        acceptLock.lock();
        try {
            requireOpen();
            if (local == null) {
                throw new NotYetBoundException();
            }
            StreamPump connection = isBlocking() ? acceptBlocking(timeoutNs) : acceptNow();
            return connection == null ? null : new BraidSocketChannel(provider, connection);
        } finally {
            acceptLock.unlock();
        }
    }

    private @Nullable StreamPump acceptBlocking(long timeoutNs) throws IOException {
        StreamPump connection = null;
        long deadlineNs = Parking.deadline(timeoutNs);
        begin();
        try {
            connection = acceptNow();
            while (connection == null && isOpen()) {
                if (!pump.acceptor.await(() -> pump.isAcceptable() || !isOpen(), deadlineNs)) {
                    Interrupts.awaitClosed(this);
                    if (isOpen()) {
                        throw new SocketTimeoutException("Accept timed out");
                    }
                }
                connection = acceptNow();
            }
        } finally {
            end(connection != null);
        }
        return connection;
    }

    private @Nullable StreamPump acceptNow() throws IOException {
        pump.end.requireNotTold();
        if (!pump.turnstile.enter()) {
            return null;
        }
        StreamPump connection = pump.poll();
        if (pump.turnstile.leave()) {
            pump.mail.signal();
        }
        return connection;
    }

    @Override
    protected void implCloseSelectableChannel() {
        pump.close();
        keys.onReadyChange();
    }

    @Override
    protected void implConfigureBlocking(boolean block) {
        // Accepts look at the mode when they begin.
    }

    @Override
    public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        requireOpen();
        if (name.equals(TcpSocketOptions.PROTOCOL) && pump.isListening()) {
            throw new IllegalStateException("a channel's protocol is chosen before it listens");
        }
        Consumer<SocketOptions> change = options.assign(name, value);
        pump.call(s -> {
            change.accept(s.options());
            return 0;
        });
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // each value was checked against its option's type when it was assigned
    public <T> T getOption(SocketOption<T> name) throws IOException {
        requireOpen();
        if (name.equals(TcpSocketOptions.TCP_CONGESTION)) {
            return (T) pump.ask(Sockets::congestionControl);
        } else if (name.equals(TcpSocketOptions.PROTOCOL)) {
            return (T) pump.ask(Sockets::protocol);
        } else if (name.equals(TcpSocketOptions.MPTCP_SCHEDULER)) {
            return (T) pump.ask(Sockets::packetScheduler);
        } else if (name.equals(TcpSocketOptions.MPTCP_PATH_MANAGER)) {
            return (T) pump.ask(Sockets::pathManagers);
        }
        return (T) options.value(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return ChannelOptions.LISTENER;
    }

    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        requireOpen();
        return local;
    }

    /** The local address, also of a closed channel; {@code null} when unbound. */
    @Nullable
    InetSocketAddress local() {
        return local;
    }

    @Override
    public ServerSocket socket() {
        synchronized (stateLock) {
            ServerSocketView view = socket;
            if (view == null) {
                try {
                    view = new ServerSocketView(this);
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
        return isOpen() && pump.isAcceptable() ? SelectionKey.OP_ACCEPT : 0;
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

    @Override
    public String toString() {
        return "BraidServerSocketChannel[" + (isOpen() ? "" : "closed ") + local + ']';
    }
}
