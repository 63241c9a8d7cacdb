package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.StreamSocket;
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
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
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
    private final ReentrantLock readLock = new ReentrantLock();
    private final ReentrantLock writeLock = new ReentrantLock();
    private final Object stateLock = new Object();
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile boolean connected;
    private volatile boolean connecting;
    private volatile boolean bound;
    private @Nullable SocketView socket;

    /** A channel that is not connected. */
    BraidSocketChannel(BraidSelectorProvider provider, StreamPump pump) {
        super(provider);
        this.pump = pump;
        this.options = new ChannelOptions(ChannelOptions.STREAM, pump.sockets());
        this.connected = pump.connect() == StreamPump.Connect.DONE;
        this.bound = connected;
        pump.listener(keys);
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
            InetSocketAddress address = local == null ? new InetSocketAddress(0) : requireInet(local);
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
        InetSocketAddress address = requireInet(remote);
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        readLock.lock();
        writeLock.lock();
        try {
            beginConnect(address);
            if (!isBlocking() && pump.connect() == StreamPump.Connect.PENDING) {
                return false;
            }
            return completeConnect(timeoutNs);
        } finally {
            writeLock.unlock();
            readLock.unlock();
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
        readLock.lock();
        writeLock.lock();
        try {
            requireOpen();
            if (connected) {
                return true;
            }
            if (!connecting) {
                throw new NoConnectionPendingException();
            }
            if (!isBlocking() && pump.connect() == StreamPump.Connect.PENDING) {
                return false;
            }
            return completeConnect(Deadlines.NONE);
        } finally {
            writeLock.unlock();
            readLock.unlock();
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
                    () -> pump.connect() != StreamPump.Connect.PENDING || !isOpen(), deadline(timeoutNs));
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
        if (pump.connect() != StreamPump.Connect.DONE) {
            IOException failure = pump.failure();
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

    private static long deadline(long timeoutNs) {
        return timeoutNs == Deadlines.NONE ? Deadlines.NONE : System.nanoTime() + timeoutNs;
    }

    private static InetSocketAddress requireInet(SocketAddress address) {
        Objects.requireNonNull(address);
        if (address instanceof InetSocketAddress inet) {
            return inet;
        }
        throw new UnsupportedAddressTypeException();
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean isConnectionPending() {
        return connecting;
    }

    // Reading.

    @Override
    public int read(ByteBuffer target) throws IOException {
        return read(target, Deadlines.NONE);
    }

    /**
     * As {@link #read(ByteBuffer)}, but in blocking mode for a limited time.
     *
     * @throws SocketTimeoutException when nothing came in time
     */
    int read(ByteBuffer target, long timeoutNs) throws IOException {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
        readLock.lock();
        try {
            requireConnected();
            if (!target.hasRemaining()) {
                return inputShut ? -1 : 0;
            }
            return isBlocking() ? readBlocking(target, timeoutNs) : readNow(target);
        } finally {
            readLock.unlock();
        }
    }

    private int readBlocking(ByteBuffer target, long timeoutNs) throws IOException {
        int read = 0;
        long deadlineNs = deadline(timeoutNs);
        begin();
        try {
            read = readNow(target);
            while (read == 0 && isOpen()) {
                if (!pump.reader.await(() -> pump.in.isReadable() || inputShut || !isOpen(), deadlineNs)) {
                    Interrupts.awaitClosed(this);
                    if (isOpen()) {
                        throw new SocketTimeoutException("Read timed out");
                    }
                }
                read = isOpen() ? readNow(target) : 0;
            }
        } finally {
            end(read != 0);
        }
        return read;
    }

    /** Reads what is there: bytes, else -1 at the end, else 0. */
    private int readNow(ByteBuffer target) throws IOException {
        if (inputShut) {
            return -1;
        }
        boolean ended = pump.in.isEnded();
        if (!pump.in.turnstile.enter()) {
            requireUnbroken();
            return inputShut ? -1 : 0;
        }
        int read;
        boolean tell;
        try {
            read = pump.in.read(target);
            tell = read > 0 && pump.in.isDoorbellDue();
        } finally {
            if (pump.in.turnstile.leave()) {
                pump.signal();
            }
        }
        if (tell) {
            pump.signal();
        }
        if (read > 0 || !ended) {
            return read;
        }
        if (!pump.in.isCleanlyEnded()) {
            requireUnbroken();
        }
        return -1;
    }

    private void requireUnbroken() throws IOException {
        IOException failure = pump.failure();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        long total = 0;
        readLock.lock();
        try {
            for (int i = offset; i < offset + length; i++) {
                ByteBuffer target = targets[i];
                if (!target.hasRemaining()) {
                    continue;
                }
                // Only the first bytes are worth waiting for.
                int read = total == 0 ? read(target) : readAvailable(target);
                if (read < 0) {
                    return total == 0 ? -1 : total;
                }
                total += read;
                if (target.hasRemaining()) {
                    break;
                }
            }
        } finally {
            readLock.unlock();
        }
        return total;
    }

    private int readAvailable(ByteBuffer target) throws IOException {
        return pump.in.hasBytes() ? readNow(target) : 0;
    }

    /** Bytes that can be read without waiting: a lower bound. */
    int available() throws IOException {
        readLock.lock();
        try {
            requireConnected();
            if (inputShut || !pump.in.turnstile.enter()) {
                return 0;
            }
            int available = pump.in.available();
            if (pump.in.turnstile.leave()) {
                pump.signal();
            }
            return available;
        } finally {
            readLock.unlock();
        }
    }

    // Writing.

    @Override
    public int write(ByteBuffer source) throws IOException {
        writeLock.lock();
        try {
            requireWritable();
            return isBlocking() ? writeBlocking(source) : writeNow(source);
        } finally {
            writeLock.unlock();
        }
    }

    private int writeBlocking(ByteBuffer source) throws IOException {
        int written = 0;
        begin();
        try {
            written = writeNow(source);
            while (source.hasRemaining() && isOpen() && !outputShut) {
                if (!pump.writer.await(this::isWriteWorthwhile, Deadlines.NONE)) {
                    Interrupts.awaitClosed(this);
                }
                if (isOpen() && !outputShut) {
                    written += writeNow(source);
                }
            }
        } finally {
            end(!source.hasRemaining() || written > 0);
        }
        if (source.hasRemaining() && written == 0) {
            throw new AsynchronousCloseException();
        }
        return written;
    }

    private boolean isWriteWorthwhile() {
        return pump.out.hasRoom() || pump.isBroken() || outputShut || !isOpen();
    }

    /** Writes what fits. */
    private int writeNow(ByteBuffer source) throws IOException {
        requireUnbroken();
        if (!source.hasRemaining() || !pump.out.turnstile.enter()) {
            return 0;
        }
        int written;
        boolean starved;
        try {
            written = pump.out.write(source);
            starved = pump.out.isStarved();
        } finally {
            if (pump.out.turnstile.leave()) {
                pump.signal();
            }
        }
        if (written > 0 || starved) {
            pump.signal();
        }
        return written;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        long total = 0;
        writeLock.lock();
        try {
            if (length == 0) {
                requireWritable();
            }
            for (int i = offset; i < offset + length; i++) {
                total += write(sources[i]);
                if (sources[i].hasRemaining()) {
                    break;
                }
            }
        } finally {
            writeLock.unlock();
        }
        return total;
    }

    // Ending.

    @Override
    public SocketChannel shutdownInput() throws IOException {
        synchronized (stateLock) {
            requireConnected();
            if (!inputShut) {
                inputShut = true;
                pump.deafenInput();
                keys.onReadyChange();
            }
        }
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() throws IOException {
        synchronized (stateLock) {
            requireConnected();
            if (!outputShut) {
                outputShut = true;
                pump.finishOutput();
                keys.onReadyChange();
            }
        }
        return this;
    }

    /** Whether {@link #shutdownInput} was called. */
    boolean isInputShut() {
        return inputShut;
    }

    /** Whether {@link #shutdownOutput} was called. */
    boolean isOutputShut() {
        return outputShut;
    }

    @Override
    protected void implCloseSelectableChannel() {
        pump.close();
        keys.onReadyChange();
        int lingerS = (Integer) options.value(StandardSocketOptions.SO_LINGER);
        if (connected && lingerS > 0 && isBlocking()) {
            // The core times the linger; the second on top is for a core that has other things to do.
            pump.closer.await(pump::isReleased, deadline((lingerS + 1) * 1_000_000_000L));
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
        if (name.equals(TcpSocketOptions.PROTOCOL) && pump.connect() != StreamPump.Connect.NONE) {
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
            return (T) pump.ask(StreamSocket::congestionControl);
        } else if (name.equals(TcpSocketOptions.PROTOCOL)) {
            return (T) pump.ask(StreamSocket::protocol);
        } else if (name.equals(TcpSocketOptions.MPTCP_SCHEDULER)) {
            return (T) pump.ask(StreamSocket::packetScheduler);
        } else if (name.equals(TcpSocketOptions.MPTCP_PATH_MANAGER)) {
            return (T) pump.ask(StreamSocket::pathManagers);
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
        Endpoints ends = pump.endpoints();
        return ends == null || !connected ? null : ends.remote();
    }

    /** The local address, also of a closed channel. */
    @Nullable
    InetSocketAddress local() {
        Endpoints ends = pump.endpoints();
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
            return connecting && pump.connect() != StreamPump.Connect.PENDING ? SelectionKey.OP_CONNECT : 0;
        }
        int ready = inputShut || pump.in.isReadable() ? SelectionKey.OP_READ : 0;
        return pump.out.hasRoom() || outputShut || pump.isBroken() ? ready | SelectionKey.OP_WRITE : ready;
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

    private void requireConnected() throws ClosedChannelException {
        requireOpen();
        if (!connected) {
            throw new NotYetConnectedException();
        }
    }

    private void requireWritable() throws ClosedChannelException {
        requireConnected();
        if (outputShut) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public String toString() {
        String state = !isOpen() ? "closed " : connected ? "connected " : "";
        return "BraidSocketChannel[" + state + local() + " -> " + remote() + ']';
    }
}
