package dev.braid.stack.nio;

import dev.braid.fastpath.pipeline.CoreTask;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.socket.SocketEvents;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.Sockets;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection between its channel and its socket. The channel's threads write wishes and read states, both volatile; the
 * core's thread moves bytes, turns wishes into calls of the socket, and publishes what came of them.
 */
final class StreamPump implements CoreTask, SocketEvents, Pumped {
    /** How far connecting has come. */
    enum Connect { NONE, PENDING, DONE, FAILED }

    /** How long a closed channel's last bytes may make no progress at all. */
    private static final long ORPHAN_NS = 60_000_000_000L;
    private static final VarHandle POSTED;

    static {
        try {
            POSTED = MethodHandles.lookup().findVarHandle(StreamPump.class, "posted", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final SendPipe out;
    final ReceivePipe in = new ReceivePipe();
    final Parking reader = new Parking();
    final Parking writer = new Parking();
    final Parking connector = new Parking();
    final Parking closer = new Parking();

    // The channel's wishes.
    private volatile boolean posted;
    private volatile boolean finishWanted;
    private volatile boolean deafWanted;
    private volatile boolean closeWanted;

    // What the core publishes.
    private volatile ReadyListener listener = ReadyListener.NONE;
    private volatile Connect connect = Connect.NONE;
    private volatile int error;
    private volatile boolean ended;
    private volatile @Nullable Throwable endCause;
    private volatile boolean released;
    private volatile @Nullable Endpoints endpoints;

    // The core's own.
    private final CoreHost host;
    private @Nullable StreamSocket socket;
    private boolean dead;
    private boolean closing;
    private boolean marked;
    private boolean watched;
    private boolean finished;
    private boolean deaf;
    private boolean lingering;
    private long progress;
    private long progressNs;

    StreamPump(CoreHost host) {
        this.host = host;
        this.out = new SendPipe(host.chunks());
    }

    // The channel's threads.

    /** Tells the core's thread that something here has changed; several changes make one message. */
    void signal() {
        if (!posted && POSTED.compareAndSet(this, false, true)) {
            host.mailbox().post(this);
        }
    }

    /** No byte will be written any more: the end of the stream follows what was. Idempotent. */
    void finishOutput() {
        finishWanted = true;
        out.turnstile.shut();
        writer.wake();
        signal();
    }

    /** No byte will be read any more; what comes is not wanted. Idempotent. */
    void deafenInput() {
        deafWanted = true;
        in.turnstile.shut();
        reader.wake();
        signal();
    }

    /** The channel is closed: whoever waits wakes up, what was written still leaves. Idempotent. */
    void close() {
        if (closeWanted) {
            return;
        }
        closeWanted = true;
        out.turnstile.shut();
        in.turnstile.shut();
        reader.wake();
        writer.wake();
        connector.wake();
        // A message of its own, behind whatever the channel posted before it: options count for the close.
        host.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                closing = true;
                pump(nowNs);
            }

            @Override
            public void abandon(@Nullable Throwable cause) {
                stackEnded(cause);
            }
        });
    }

    /** Runs something with the socket, which is made if there is none yet, and waits for its answer. */
    int call(SocketCall body) throws IOException {
        return CoreCall.on(host.mailbox(), nowNs -> closing ? -Errno.EBADF : body.call(socket(), nowNs));
    }

    /** A moment of the connection, or {@code null} when there is none any more. */
    @Nullable
    TcpInfo info() throws IOException {
        var found = new TcpInfo[1];
        call((open, nowNs) -> {
            found[0] = open.info(nowNs);
            return 0;
        });
        return found[0];
    }

    /** The sockets of the stack, for what never changes. Any thread. */
    Sockets sockets() {
        return host.sockets();
    }

    /** Asks the socket something, which is made if there is none yet, and waits for its answer. */
    <T> T ask(Function<StreamSocket, T> question) throws IOException {
        var answer = new AtomicReference<T>();
        call((open, nowNs) -> {
            answer.setPlain(question.apply(open));
            return 0;
        });
        return answer.getPlain();
    }

    /** Has the socket's options changed soon. */
    void apply(Consumer<SocketOptions> change) {
        host.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                if (!closing) {
                    StreamSocket s = socket();
                    change.accept(s.options());
                    s.optionsChanged(nowNs);
                }
            }

            @Override
            public void abandon(@Nullable Throwable cause) {
                stackEnded(cause);
            }
        });
    }

    /** Begins to connect; {@link #connect} tells how it goes. */
    void beginConnect(long hi, long lo, int port) {
        connect = Connect.PENDING;
        host.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                startConnect(hi, lo, port, nowNs);
            }

            @Override
            public void abandon(@Nullable Throwable cause) {
                stackEnded(cause);
            }
        });
    }

    /** Who hears of changes of readiness. */
    void listener(ReadyListener to) {
        listener = to;
    }

    Connect connect() {
        return connect;
    }

    /** What the connection failed with, a positive errno, or 0. */
    int error() {
        return error;
    }

    /** The exception for a connection or stack that has failed; {@code null} when neither has. */
    @Nullable
    IOException failure() {
        if (ended) {
            return SocketErrors.stackEnded(endCause);
        }
        int errno = error;
        return errno == 0 ? null : SocketErrors.of(errno);
    }

    /** Whether a write would fail at once. */
    boolean isBroken() {
        return ended || error != 0;
    }

    /** Whether the close is over: with SO_LINGER, everything is acknowledged or given up. */
    boolean isReleased() {
        return released || ended;
    }

    /** The connection's addresses, once bound or connected. */
    @Nullable
    Endpoints endpoints() {
        return endpoints;
    }

    // The core's thread from here on.

    /** Takes over a socket that a listener accepted. */
    void adopt(StreamSocket accepted, long nowNs) {
        socket = accepted;
        host.opened(this);
        endpoints = Endpoints.of(accepted);
        connect = Connect.DONE;
        pump(nowNs);
    }

    private StreamSocket socket() {
        StreamSocket made = socket;
        if (made == null) {
            made = host.sockets().stream(this);
            socket = made;
            host.opened(this);
        }
        return made;
    }

    /** Publishes the addresses after a successful bind. */
    void publishEndpoints() {
        endpoints = Endpoints.of(socket());
    }

    private void startConnect(long hi, long lo, int port, long nowNs) {
        if (closing || dead) {
            return;
        }
        StreamSocket s = socket();
        int answer = s.connect(hi, lo, port, nowNs);
        if (answer != 0 && answer != -Errno.EINPROGRESS) {
            fail(-answer);
            connect = Connect.FAILED;
            connector.wake();
            listener.onReadyChange();
            return;
        }
        endpoints = Endpoints.of(s);
        mark();
    }

    @Override
    public void run(long nowNs) {
        posted = false;
        // Whatever the channel changed before it saw that a message was under way must be seen by this turn.
        VarHandle.fullFence();
        mark();
    }

    @Override
    public void abandon(@Nullable Throwable cause) {
        stackEnded(cause);
    }

    @Override
    public void onReadiness(StreamSocket socket, int readiness) {
        mark();
    }

    private void mark() {
        if (!marked) {
            marked = true;
            host.mark(this);
        }
    }

    @Override
    public void pump(long nowNs) {
        marked = false;
        if (released || dead) {
            return;
        }
        StreamSocket s = socket;
        if (s != null) {
            if (!lingering) {
                progressConnect(s);
                if (connect == Connect.DONE || error != 0) {
                    receive(s, nowNs);
                    send(s, nowNs);
                }
            }
            if (out.isStarved()) {
                host.retryChunksSoon(nowNs);
            }
        }
        if (closing) {
            finishClose(s, nowNs);
        }
        if (!watched && !released && (out.holdsChunk() || out.isStarved() || closing)) {
            watched = true;
            progressNs = nowNs;
            host.watch(this, nowNs);
        }
    }

    private void progressConnect(StreamSocket s) {
        int ready = s.readiness();
        if ((ready & Readiness.ERROR) != 0) {
            fail(s.error());
        }
        if (connect == Connect.PENDING) {
            if ((ready & Readiness.CONNECTED) != 0) {
                endpoints = Endpoints.of(s);
                connect = Connect.DONE;
            } else if (error != 0) {
                connect = Connect.FAILED;
            } else {
                return;
            }
            connector.wake();
            listener.onReadyChange();
        }
    }

    private void fail(int errno) {
        if (error == 0) {
            error = errno;
        }
        writer.wake();
        listener.onReadyChange();
    }

    private void receive(StreamSocket s, long nowNs) {
        if (in.turnstile.isShut()) {
            if (deafWanted && !deaf && !closeWanted) {
                deaf = true;
                in.dispose();
                s.shutdown(StreamSocket.SHUT_RD, nowNs);
            }
            return;
        }
        boolean news = in.fill(s, nowNs);
        boolean over = (s.readiness() & Readiness.READ_CLOSED) != 0 || (error != 0 && s.available() == 0);
        if (over && !in.isEnded()) {
            Connection connection = s.connection();
            in.end(connection != null && connection.finReceived());
            news = true;
        }
        if (news) {
            VarHandle.fullFence();
            reader.wake();
            listener.onReadyChange();
        }
    }

    private void send(StreamSocket s, long nowNs) {
        long before = out.taken();
        if (error == 0 && !out.isDrained()) {
            int answer = out.drain(s, nowNs);
            if (answer < 0 && answer != -Errno.EAGAIN) {
                fail(-answer);
            }
        }
        boolean over = out.isDrained() || error != 0;
        if (finishWanted && !finished && over && out.turnstile.isShut()) {
            finished = true;
            out.dispose();
            if (error == 0 && !closing) {
                s.shutdown(StreamSocket.SHUT_WR, nowNs);
            }
        }
        if (out.taken() != before && out.hasRoom()) {
            writer.wake();
            listener.onReadyChange();
        }
    }

    /** Closes the socket as soon as everything written is in it, or at once where nobody wants it any more. */
    private void finishClose(@Nullable StreamSocket s, long nowNs) {
        if (!out.turnstile.isShut() || !in.turnstile.isShut()) {
            return;
        }
        if (s == null) {
            release();
            return;
        }
        if (lingering) {
            if ((s.readiness() & Readiness.HANGUP) != 0) {
                release();
            }
            return;
        }
        // RFC 1122 section 4.2.2.13 and RFC 2525 section 2.17: data that nobody will read is answered with a reset.
        boolean unread = in.dispose() || (!deaf && s.available() > 0);
        if (unread || error != 0 || connect != Connect.DONE || s.options().lingerNs == 0) {
            s.abort(nowNs);
            release();
        } else if (out.isDrained()) {
            lingering = s.close(nowNs) == -Errno.EAGAIN;
            if (!lingering) {
                release();
            }
        }
    }

    /** Resets a connection that nobody accepted. */
    void reset(long nowNs) {
        closeWanted = true;
        out.turnstile.shut();
        in.turnstile.shut();
        StreamSocket s = socket;
        if (s != null && !released) {
            s.abort(nowNs);
            release();
        }
    }

    private void release() {
        out.dispose();
        in.dispose();
        released = true;
        host.closed(this);
        closer.wake();
    }

    @Override
    public boolean sweep(long nowNs) {
        if (released || dead) {
            return watched = false;
        }
        if (out.isStarved()) {
            out.retryChunks();
            VarHandle.fullFence();
            writer.wake();
            listener.onReadyChange();
        }
        if (progress != out.taken()) {
            progress = out.taken();
            progressNs = nowNs;
        } else if (out.isDrained() && out.giveChunkBack()) {
            mark();
        } else if (closing && !lingering && nowNs - progressNs > ORPHAN_NS) {
            StreamSocket s = socket;
            if (s != null) {
                s.abort(nowNs);
            }
            release();
        }
        watched = !released && (out.holdsChunk() || closing);
        return watched;
    }

    @Override
    public void stackEnding() {
        tellEnd(null);
        close();
    }

    @Override
    public void stackEnded(@Nullable Throwable cause) {
        dead = true;
        tellEnd(cause);
    }

    private void tellEnd(@Nullable Throwable cause) {
        endCause = cause;
        ended = true;
        if (connect == Connect.PENDING) {
            connect = Connect.FAILED;
        }
        in.end(false);
        reader.wake();
        writer.wake();
        connector.wake();
        closer.wake();
        listener.onReadyChange();
    }

    @Override
    public boolean dispose() {
        out.turnstile.shut();
        in.turnstile.shut();
        if (!out.turnstile.isShut() || !in.turnstile.isShut()) {
            return false;
        }
        out.dispose();
        in.dispose();
        return true;
    }

    /** Something done with a socket on the core's thread. */
    @FunctionalInterface
    interface SocketCall {
        /** Does it; a negative answer is an errno. */
        int call(StreamSocket socket, long nowNs);
    }
}
