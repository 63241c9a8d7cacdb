package dev.braid.stack.socket;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ConnectionUser;
import dev.braid.stack.tcp.ReceiveQueue;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.timer.Timed;
import dev.braid.stack.timer.WheelEntry;
import org.jspecify.annotations.Nullable;

/**
 * A stream socket with POSIX's semantics that never blocks: what would block answers -EAGAIN, and {@link SocketEvents} tell
 * when to try again.
 *
 * <p>Core thread only; segments leave with the core's next flush. Negative answers are errnos of {@link Errno}. Addresses are
 * two halves with IPv4 mapped.
 */
public final class StreamSocket implements ConnectionUser, Timed {
    /** {@link #shutdown}: no more reading. */
    public static final int SHUT_RD = 0;
    /** {@link #shutdown}: no more writing; the peer sees the end of the stream. */
    public static final int SHUT_WR = 1;
    /** {@link #shutdown}: neither. */
    public static final int SHUT_RDWR = 2;

    private final Sockets sockets;
    private final SocketEvents events;
    private final SocketOptions options;
    private final Binding binding;
    private final SendTail tail;
    private final SocketFacts facts;
    private final WheelEntry deadline = new WheelEntry(this);
    private @Nullable Connection connection;
    private boolean connecting;
    private boolean connected;
    private boolean readShut;
    private boolean writeShut;
    /** The program knows that its connect was successful. */
    private boolean announced;
    private boolean closing;
    private boolean closed;
    private boolean gone;
    private boolean failed;
    private int pendingError;
    private long closedAtNs;

    StreamSocket(Sockets sockets, SocketEvents events, SocketOptions options) {
        this.sockets = sockets;
        this.events = events;
        this.options = options;
        this.binding = new Binding(sockets);
        this.tail = new SendTail(sockets.chunks());
        this.facts = new SocketFacts(this, sockets);
    }

    /** A socket for a connection that a listener took. */
    StreamSocket(Sockets sockets, SocketEvents events, SocketOptions options, Connection accepted) {
        this(sockets, events, options);
        connection = accepted;
        connected = true;
        announced = true;
        accepted.user(this);
        TcpFailure failure = accepted.failure();
        if (failure != null) {
            fail(failure);
        }
    }

    /** The options; after a change that concerns TCP call {@link #optionsChanged}. */
    public SocketOptions options() {
        return options;
    }

    /** What it tells of itself, in every state. */
    public SocketFacts facts() {
        return facts;
    }

    /** Lets changed options take effect on a live connection. */
    public void optionsChanged(long nowNs) {
        Connection live = connection;
        if (live != null) {
            live.settingsChanged(nowNs);
        }
    }

    /**
     * Takes a local address (0,0 or 0.0.0.0 = the route's) and port (0 = a free one).
     *
     * @return 0, or -EINVAL (bound or connected already), -EADDRNOTAVAIL, -EADDRINUSE, -EBADF
     */
    public int bind(long hi, long lo, int port) {
        if (closed) {
            return -Errno.EBADF;
        }
        return connection != null ? -Errno.EINVAL : binding.bind(hi, lo, port);
    }

    /**
     * Begins to connect.
     *
     * @return -EINPROGRESS: {@link Readiness#CONNECTED} or {@link Readiness#ERROR} will be reported; 0, once, when asked again
     *     after that; or -EISCONN, -EALREADY, -EADDRNOTAVAIL, -EADDRINUSE, -ENETUNREACH, -ENOBUFS, -EINVAL, -EBADF
     */
    public int connect(long hi, long lo, int port, long nowNs) {
        if (closed) {
            return -Errno.EBADF;
        }
        if (connected) {
            if (announced || failed) {
                return -Errno.EISCONN;
            }
            announced = true;
            return 0;
        }
        if (connecting) {
            return -Errno.EALREADY;
        }
        if (port < 1 || port > 65_535) {
            return -Errno.EINVAL;
        }
        StreamProtocol spoken = sockets.protocol(options);
        TcpFailure refused = spoken == StreamProtocol.MPTCP
                ? connectMultipath(hi, lo, port, nowNs)
                : connectPlain(hi, lo, port, nowNs);
        if (refused != null) {
            return -Failures.errno(refused);
        }
        options.protocol = spoken;
        failed = false;
        gone = false;
        connecting = true;
        return -Errno.EINPROGRESS;
    }

    private @Nullable TcpFailure connectPlain(long hi, long lo, int port, long nowNs) {
        Tcb made = sockets.tcp().open(this, options.tcp);
        TcpFailure refused = sockets.tcp()
                .connect(made, binding.hi(), binding.lo(), binding.port(), hi, lo, port, nowNs);
        if (refused == null) {
            connection = made;
        }
        return refused;
    }

    private @Nullable TcpFailure connectMultipath(long hi, long lo, int port, long nowNs) {
        MptcpConnection made = sockets.mptcp().open(this, options.tcp, options.mptcp);
        TcpFailure refused = sockets.mptcp()
                .connect(made, binding.hi(), binding.lo(), binding.port(), hi, lo, port, nowNs);
        if (refused == null) {
            connection = made;
        }
        return refused;
    }

    /**
     * Dissolves the association, as connect(2) to AF_UNSPEC does: a connection is reset, and the socket may connect again from the
     * port it has.
     *
     * @return 0, or -EBADF
     */
    public int disconnect(long nowNs) {
        if (closed) {
            return -Errno.EBADF;
        }
        tail.release();
        Connection live = connection;
        connection = null;
        if (live != null) {
            live.abort(nowNs);
        }
        connecting = false;
        connected = false;
        announced = false;
        readShut = false;
        writeShut = false;
        failed = false;
        gone = false;
        pendingError = 0;
        return 0;
    }

    // Sending.

    /** Bytes a send would take now, before chunks run out. */
    public int sendSpace() {
        Connection live = connection;
        return live == null || !connected || writeShut || failed ? 0 : live.sendSpace();
    }

    /**
     * Queues bytes, copied from {@code address}.
     *
     * @param address 0 = NULL
     * @param flags of {@link MessageFlags}: MSG_MORE counts
     * @return bytes taken, 1..length (0 for length 0), or -EAGAIN, -ENOTCONN, -EPIPE, the pending error, -EOPNOTSUPP, -EFAULT,
     *     -EBADF
     */
    public int send(long address, int length, int flags, long nowNs) {
        int refused = refuseSend(flags);
        if (refused != 0) {
            return refused;
        }
        if (length == 0) {
            return 0;
        }
        Connection live = live();
        int space = live.sendSpace();
        if (space > 0 && address == 0) {
            return -Errno.EFAULT;
        }
        boolean more = (flags & MessageFlags.MSG_MORE) != 0;
        int taken = tail.append(live, address, Math.min(length, space), more);
        return taken == 0 ? -Errno.EAGAIN : taken;
    }

    /**
     * Queues bytes that lie in a chunk already; retains the chunk for what it takes, the caller keeps its own reference.
     *
     * @return as {@link #send}
     */
    public int sendChunk(Chunk chunk, int offset, int length, long nowNs) {
        int refused = refuseSend(0);
        if (refused != 0) {
            return refused;
        }
        Connection live = live();
        int taken = Math.min(length, live.sendSpace());
        if (taken == 0) {
            return length == 0 ? 0 : -Errno.EAGAIN;
        }
        live.append(chunk, offset, taken);
        return taken;
    }

    private int refuseSend(int flags) {
        if (closed) {
            return -Errno.EBADF;
        }
        int error = error();
        if (error != 0) {
            return -error;
        }
        if (connecting) {
            return -Errno.EAGAIN;
        }
        if (writeShut || failed) {
            return -Errno.EPIPE;
        }
        if (!connected) {
            return -Errno.ENOTCONN;
        }
        return (flags & MessageFlags.MSG_OOB) != 0 ? -Errno.EOPNOTSUPP : 0;
    }

    // Receiving.

    /**
     * Bytes that can be read now. As in Linux these may be some after {@link #SHUT_RD} too: what the peer sends on is acknowledged,
     * and readable.
     */
    public int available() {
        Connection live = connection;
        return live == null ? 0 : live.received().available();
    }

    /**
     * Reads into {@code address}.
     *
     * @param address 0 = NULL
     * @param flags of {@link MessageFlags}: MSG_PEEK, MSG_TRUNC and MSG_WAITALL count
     * @return bytes read, 0 at the end of the stream, or -EAGAIN, -ENOTCONN, the pending error, -EOPNOTSUPP, -EFAULT, -EBADF
     */
    public int recv(long address, int length, int flags, long nowNs) {
        int refused = refuseReceive(flags);
        if (refused != 0) {
            return refused;
        }
        Connection live = connection;
        int available = available();
        boolean ended = live == null || readShut || live.finReceived() || failed;
        boolean wholeOnly = (flags & MessageFlags.MSG_WAITALL) != 0 && !ended && pendingError == 0;
        if (live != null && available > 0 && length > 0 && !(wholeOnly && available < length)) {
            if (address == 0 && (flags & MessageFlags.MSG_TRUNC) == 0) {
                return -Errno.EFAULT;
            }
            return take(live, address, length, flags, nowNs);
        }
        int error = error();
        if (error != 0) {
            return -error;
        }
        return ended || length == 0 ? 0 : -Errno.EAGAIN;
    }

    private static int take(Connection live, long address, int length, int flags, long nowNs) {
        ReceiveQueue received = live.received();
        if ((flags & MessageFlags.MSG_PEEK) != 0) {
            return received.peekOut(0, address, length);
        }
        long before = received.trueSize();
        int taken = (flags & MessageFlags.MSG_TRUNC) != 0 ? received.skip(length) : received.copyOut(address, length);
        live.consumed(taken, (int) (before - received.trueSize()), nowNs);
        return taken;
    }

    /**
     * Takes the next frame of received bytes without copying: the caller owns it, reads its span [{@code payloadOffset()},
     * {@code linearLength()}) and, once done, says so with {@link #consumed}; the bytes stay charged until then.
     *
     * @return {@code null} when {@link #recv} would not answer bytes
     */
    public @Nullable Frame takeReceived() {
        Connection live = connection;
        return live == null || closed ? null : live.received().take();
    }

    /** What {@link #takeReceived} handed out is read: opens the window. Harmless after a close. */
    public void consumed(int bytes, int trueSize, long nowNs) {
        Connection live = connection;
        if (live != null && !closed) {
            live.consumed(bytes, trueSize, nowNs);
        }
    }

    private int refuseReceive(int flags) {
        if (closed) {
            return -Errno.EBADF;
        }
        if ((flags & MessageFlags.MSG_OOB) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (connecting) {
            return -Errno.EAGAIN;
        }
        return !connected && !failed && pendingError == 0 ? -Errno.ENOTCONN : 0;
    }

    // Ending.

    /**
     * Ends one or both directions.
     *
     * @param how {@link #SHUT_RD}, {@link #SHUT_WR} or {@link #SHUT_RDWR}
     * @return 0, or -ENOTCONN, -EINVAL, -EBADF
     */
    public int shutdown(int how, long nowNs) {
        if (closed) {
            return -Errno.EBADF;
        }
        if (how < SHUT_RD || how > SHUT_RDWR) {
            return -Errno.EINVAL;
        }
        Connection live = connection;
        if (live == null || !connected || failed) {
            return -Errno.ENOTCONN;
        }
        if (how != SHUT_RD && !writeShut) {
            writeShut = true;
            tail.release();
            live.finish();
        }
        if (how != SHUT_WR) {
            readShut = true;
        }
        changed();
        return 0;
    }

    /**
     * Closes the socket. With SO_LINGER 0 the connection is reset; otherwise it ends by itself.
     *
     * @return 0, or -EAGAIN when SO_LINGER asks to wait for the peer: {@link Readiness#HANGUP} is reported when all that was
     *     sent is acknowledged, the connection is gone or the time is over
     */
    public int close(long nowNs) {
        if (closed) {
            return 0;
        }
        closed = true;
        closing = false;
        tail.release();
        Connection live = connection;
        boolean lingers = options.lingerNs > 0 && live != null && connected && !gone && live.received().available() == 0
                && (live.sendQueued() > 0 || !writeShut);
        if (lingers && live != null) {
            closing = true;
            closedAtNs = nowNs;
            live.finish();
            sockets.timers().schedule(deadline, nowNs + options.lingerNs);
            return -Errno.EAGAIN;
        }
        if (live != null && options.lingerNs == 0) {
            live.abort(nowNs);
        }
        letGo(nowNs);
        return 0;
    }

    /** Ends the connection with a reset and closes the socket. */
    public void abort(long nowNs) {
        Connection live = connection;
        if (live != null && (!closed || closing)) {
            live.abort(nowNs);
        }
        if (closing) {
            closing = false;
            letGo(nowNs);
        } else {
            close(nowNs);
        }
    }

    private void letGo(long nowNs) {
        sockets.timers().cancel(deadline);
        Connection live = connection;
        if (live != null) {
            live.close(nowNs);
            connection = null;
        }
        binding.release();
        gone = true;
        sockets.closed();
    }

    // State.

    /** The pending error as a positive errno, 0 = none; it is cleared (SO_ERROR). */
    public int error() {
        int error = pendingError;
        pendingError = 0;
        return error;
    }

    /** What the socket is ready for now: bits of {@link Readiness}. */
    public int readiness() {
        if (closed) {
            return closing ? 0 : Readiness.HANGUP;
        }
        int ready = pendingError != 0 ? Readiness.ERROR | Readiness.READABLE | Readiness.WRITABLE : 0;
        Connection live = connection;
        if (live == null || !connected) {
            return failed ? ready | Readiness.HANGUP | Readiness.READABLE | Readiness.WRITABLE : ready;
        }
        ready |= Readiness.CONNECTED;
        boolean readOver = readShut || live.finReceived() || failed;
        int available = available();
        if (readOver || available >= options.receiveLowWater) {
            ready |= Readiness.READABLE;
        }
        if (readOver && available == 0) {
            ready |= Readiness.READ_CLOSED;
        }
        if (writeShut || failed || live.sendSpace() > 0) {
            ready |= Readiness.WRITABLE;
        }
        return failed || gone || (readOver && writeShut) ? ready | Readiness.HANGUP : ready;
    }

    /** Whether no byte can come any more but those that are there: the peer's FIN, a shutdown or a failure. */
    boolean isReadOver() {
        Connection live = connection;
        return readShut || failed || (live != null && live.finReceived());
    }

    /** Whether nothing can be sent any more. */
    boolean isWriteOver() {
        return writeShut || failed;
    }

    /** Whether at least a third of the send buffer is free, from where on Linux wakes writers. */
    boolean hasRoomToWrite() {
        Connection live = connection;
        return live != null && connected && live.hasRoomToWrite();
    }

    Binding binding() {
        return binding;
    }

    /** Ends a socket that never was connected in favour of a listener; false when it was. */
    boolean giveUpForListening() {
        if (closed || connection != null || connecting || connected) {
            return false;
        }
        closed = true;
        gone = true;
        sockets.timers().cancel(deadline);
        return true;
    }

    /** Whether a connection is, or was, established. */
    public boolean isConnected() {
        return connected;
    }

    /** Whether a connect is under way. */
    public boolean isConnecting() {
        return connecting;
    }

    /** The connection, for diagnostics; {@code null} before connect and after close. */
    public @Nullable Connection connection() {
        return connection;
    }

    /** The connection where it is a TCB alone, for diagnostics; else {@code null}. */
    public @Nullable Tcb tcb() {
        return connection instanceof Tcb alone ? alone : null;
    }

    /** Asks for {@link Readiness#DEADLINE} at that moment; a later call replaces it. For blocking calls with a timeout. */
    public void wakeAt(long deadlineNs) {
        if (!closed) {
            sockets.timers().schedule(deadline, deadlineNs);
        }
    }

    private Connection live() {
        Connection live = connection;
        if (live == null) {
            throw new IllegalStateException("the socket has no connection");
        }
        return live;
    }

    private void changed() {
        events.onReadiness(this, readiness());
    }

    private void fail(TcpFailure failure) {
        failed = true;
        connecting = false;
        pendingError = Failures.errno(failure);
        tail.release();
    }

    // What TCP and the clock report.

    @Override
    public void onEstablished(Connection connection) {
        connecting = false;
        connected = true;
        changed();
    }

    @Override
    public void onReadable(Connection connection) {
        if (!closed) {
            changed();
        }
    }

    @Override
    public void onWritable(Connection connection) {
        if (!closed) {
            if (connection.sendQueued() == 0) {
                tail.release();
            }
            changed();
        }
    }

    @Override
    public void onFailed(Connection connection, TcpFailure failure) {
        fail(failure);
        if (!closed) {
            changed();
        }
    }

    @Override
    public void onDrained(Connection connection) {
        lingerIsOver();
    }

    @Override
    public void onClosed(Connection connection) {
        gone = true;
        tail.release();
        lingerIsOver();
        if (!closed) {
            changed();
        }
    }

    /** TCP is in the middle of an input: the rest happens when the deadline, moved to now, is looked at. */
    private void lingerIsOver() {
        if (closing) {
            sockets.timers().schedule(deadline, closedAtNs);
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        if (closing) {
            endLinger(nowNs);
        } else if (!closed) {
            events.onReadiness(this, readiness() | Readiness.DEADLINE);
        }
    }

    private void endLinger(long nowNs) {
        if (closing) {
            closing = false;
            letGo(nowNs);
            changed();
        }
    }
}
