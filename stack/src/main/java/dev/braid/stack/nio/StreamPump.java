package dev.braid.stack.nio;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.socket.SocketEvents;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.Sockets;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.TcpInfo;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection between its channel and its socket. The channel's threads write wishes and read states, both volatile; the
 * core's thread moves bytes, turns wishes into calls of the socket, and publishes what came of them.
 */
final class StreamPump implements SocketEvents, Pumped {
    /** How long a closed channel's last bytes may make no progress at all. */
    private static final long ORPHAN_NS = 60_000_000_000L;

    final PumpMail mail;
    final StreamStatus status = new StreamStatus();
    final SendPipe out;
    final ReceivePipe in = new ReceivePipe();
    final Parking reader = new Parking();
    final Parking writer = new Parking();
    final Parking connector = new Parking();
    final Parking closer = new Parking();

    // The channel's wishes.
    private volatile boolean finishWanted;
    private volatile boolean deafWanted;
    private volatile boolean closeWanted;

    // The core's own.
    private final CoreHost host;
    private @Nullable StreamSocket socket;
    private boolean dead;
    private boolean closing;
    private boolean watched;
    private boolean finished;
    private boolean deaf;
    private boolean lingering;
    private long progress;
    private long progressNs;

    StreamPump(CoreHost host) {
        this.host = host;
        this.mail = new PumpMail(host, this);
        this.out = new SendPipe(host.chunks());
    }

    // The channel's threads.

    /** No byte will be written any more: the end of the stream follows what was. Idempotent. */
    void finishOutput() {
        finishWanted = true;
        out.turnstile.shut();
        writer.wake();
        mail.signal();
    }

    /** No byte will be read any more; what comes is not wanted. Idempotent. */
    void deafenInput() {
        deafWanted = true;
        in.turnstile.shut();
        reader.wake();
        mail.signal();
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
        mail.post(nowNs -> {
            closing = true;
            pump(nowNs);
        });
    }

    /** Runs something with the socket, which is made if there is none yet, and waits for its answer. */
    int call(SocketCall body) throws IOException {
        return mail.call(nowNs -> closing ? -Errno.EBADF : body.call(socket(), nowNs));
    }

    /** A moment of the connection, or {@code null} when there is none any more. */
    @Nullable
    TcpInfo info() throws IOException {
        var found = new TcpInfo[1];
        call((open, nowNs) -> {
            found[0] = open.facts().info(nowNs);
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
        mail.post(nowNs -> {
            if (!closing) {
                StreamSocket s = socket();
                change.accept(s.options());
                s.optionsChanged(nowNs);
            }
        });
    }

    /** Begins to connect; {@link StreamStatus#connect} tells how it goes. */
    void beginConnect(long hi, long lo, int port) {
        status.connect(StreamStatus.Connect.PENDING);
        mail.post(nowNs -> startConnect(hi, lo, port, nowNs));
    }

    // The core's thread from here on.

    /** Takes over a socket that a listener accepted. */
    void adopt(StreamSocket accepted, long nowNs) {
        socket = accepted;
        host.opened(this);
        status.endpoints(Endpoints.of(accepted));
        status.connect(StreamStatus.Connect.DONE);
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
        status.endpoints(Endpoints.of(socket()));
    }

    private void startConnect(long hi, long lo, int port, long nowNs) {
        if (closing || dead) {
            return;
        }
        StreamSocket s = socket();
        int answer = s.connect(hi, lo, port, nowNs);
        if (answer != 0 && answer != -Errno.EINPROGRESS) {
            fail(-answer);
            status.connect(StreamStatus.Connect.FAILED);
            connector.wake();
            status.changed();
            return;
        }
        status.endpoints(Endpoints.of(s));
        mail.mark();
    }

    @Override
    public void onReadiness(StreamSocket socket, int readiness) {
        mail.mark();
    }

    @Override
    public void pump(long nowNs) {
        mail.looking();
        if (status.isReleased() || dead) {
            return;
        }
        StreamSocket s = socket;
        if (s != null) {
            if (!lingering) {
                progressConnect(s);
                if (status.connect() == StreamStatus.Connect.DONE || status.isFailed()) {
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
        if (!watched && !status.isReleased() && (out.holdsChunk() || out.isStarved() || closing)) {
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
        if (status.connect() == StreamStatus.Connect.PENDING) {
            if ((ready & Readiness.CONNECTED) != 0) {
                status.endpoints(Endpoints.of(s));
                status.connect(StreamStatus.Connect.DONE);
            } else if (status.isFailed()) {
                status.connect(StreamStatus.Connect.FAILED);
            } else {
                return;
            }
            connector.wake();
            status.changed();
        }
    }

    private void fail(int errno) {
        status.fail(errno);
        writer.wake();
        status.changed();
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
        boolean over = (s.readiness() & Readiness.READ_CLOSED) != 0 || (status.isFailed() && s.available() == 0);
        if (over && !in.isEnded()) {
            Connection connection = s.connection();
            in.end(connection != null && connection.finReceived());
            news = true;
        }
        if (news) {
            VarHandle.fullFence();
            reader.wake();
            status.changed();
        }
    }

    private void send(StreamSocket s, long nowNs) {
        long before = out.taken();
        if (!status.isFailed() && !out.isDrained()) {
            int answer = out.drain(s, nowNs);
            if (answer < 0 && answer != -Errno.EAGAIN) {
                fail(-answer);
            }
        }
        boolean over = out.isDrained() || status.isFailed();
        if (finishWanted && !finished && over && out.turnstile.isShut()) {
            finished = true;
            out.dispose();
            if (!status.isFailed() && !closing) {
                s.shutdown(StreamSocket.SHUT_WR, nowNs);
            }
        }
        if (out.taken() != before && out.hasRoom()) {
            writer.wake();
            status.changed();
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
        if (unread || status.isFailed() || status.connect() != StreamStatus.Connect.DONE || s.options().lingerNs == 0) {
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
        if (s != null && !status.isReleased()) {
            s.abort(nowNs);
            release();
        }
    }

    private void release() {
        out.dispose();
        in.dispose();
        status.release();
        host.closed(this);
        closer.wake();
    }

    @Override
    public boolean sweep(long nowNs) {
        if (status.isReleased() || dead) {
            return watched = false;
        }
        if (out.isStarved()) {
            out.retryChunks();
            VarHandle.fullFence();
            writer.wake();
            status.changed();
        }
        if (progress != out.taken()) {
            progress = out.taken();
            progressNs = nowNs;
        } else if (out.isDrained() && out.giveChunkBack()) {
            mail.mark();
        } else if (closing && !lingering && nowNs - progressNs > ORPHAN_NS) {
            StreamSocket s = socket;
            if (s != null) {
                s.abort(nowNs);
            }
            release();
        }
        watched = !status.isReleased() && (out.holdsChunk() || closing);
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
        status.end(cause);
        in.end(false);
        reader.wake();
        writer.wake();
        connector.wake();
        closer.wake();
        status.changed();
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
