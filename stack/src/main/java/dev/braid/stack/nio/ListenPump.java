package dev.braid.stack.nio;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.ListenEvents;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.Sockets;
import dev.braid.stack.socket.StreamSocket;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/** One listener between its channel and its socket: hands accepted connections over through a ring. */
final class ListenPump implements ListenEvents, Pumped {
    /** Connections that wait here; the backlog waits in the socket. */
    private static final int RING = 16;

    final PumpMail mail;
    final Parking acceptor = new Parking();
    final Turnstile turnstile = new Turnstile();
    final StackEnd end = new StackEnd();
    private final SpscAtomicArrayQueue<StreamPump> accepted = new SpscAtomicArrayQueue<>(RING);

    private volatile boolean closeWanted;
    private volatile ReadyListener listener = ReadyListener.NONE;
    private volatile boolean held;

    private final CoreHost host;
    private @Nullable ListenSocket socket;
    private boolean dead;
    private boolean closing;
    private boolean released;

    ListenPump(CoreHost host) {
        this.host = host;
        this.mail = new PumpMail(host, this);
    }

    // The channel's threads.

    /** The next connection, or {@code null}. Inside the turnstile. */
    @Nullable
    StreamPump poll() {
        StreamPump next = accepted.poll();
        // The taking must be visible before asking whether more is held back for want of room.
        VarHandle.fullFence();
        if (held) {
            mail.signal();
        }
        return next;
    }

    /** Whether an accept would answer at once. Any thread. */
    boolean isAcceptable() {
        return end.isTold() || !accepted.isEmpty();
    }

    /** Who hears of changes of readiness. */
    void listener(ReadyListener to) {
        listener = to;
    }

    /** Stops listening; what was not accepted is reset. Idempotent. */
    void close() {
        if (closeWanted) {
            return;
        }
        closeWanted = true;
        turnstile.shut();
        acceptor.wake();
        // A message of its own, and done at once: who binds the port next must find it free.
        mail.post(nowNs -> {
            closing = true;
            pump(nowNs);
        });
    }

    /** The sockets of the stack, for what never changes. Any thread. */
    Sockets sockets() {
        return host.sockets();
    }

    /** Asks something about a socket of these options and waits for the answer. */
    <T> T ask(BiFunction<Sockets, SocketOptions, T> question) throws IOException {
        var answer = new AtomicReference<T>();
        call(open -> {
            answer.setPlain(question.apply(host.sockets(), open.options()));
            return 0;
        });
        return answer.getPlain();
    }

    /** Whether the socket listens already. */
    boolean isListening() throws IOException {
        return call(open -> open.isListening() ? 1 : 0) > 0;
    }

    /** Runs something with the socket and waits for its answer. */
    int call(SocketCall body) throws IOException {
        return mail.call(nowNs -> closing ? -Errno.EBADF : body.call(socket()));
    }

    // The core's thread from here on.

    private ListenSocket socket() {
        ListenSocket made = socket;
        if (made == null) {
            made = host.sockets().listener(this);
            socket = made;
            host.opened(this);
        }
        return made;
    }

    /** The local end. */
    InetSocketAddress local() {
        ListenSocket s = socket();
        return Endpoints.socketAddress(s.localHi(), s.localLo(), s.localPort());
    }

    @Override
    public void onAcceptable(ListenSocket socket) {
        mail.mark();
    }

    @Override
    public void pump(long nowNs) {
        mail.looking();
        ListenSocket s = socket;
        if (released || dead) {
            return;
        }
        if (closing) {
            finishClose(s, nowNs);
        } else if (s != null && handOver(s, nowNs)) {
            VarHandle.fullFence();
            acceptor.wake();
            listener.onReadyChange();
        }
    }

    private boolean handOver(ListenSocket s, long nowNs) {
        boolean added = false;
        boolean full;
        do {
            while (accepted.size() < RING) {
                var pump = new StreamPump(host);
                StreamSocket next = s.accept(pump);
                if (next == null) {
                    break;
                }
                pump.adopt(next, nowNs);
                accepted.offer(pump);
                added = true;
            }
            full = s.acceptable() > 0;
            held = full;
        } while (full && accepted.size() < RING);
        return added;
    }

    private void finishClose(@Nullable ListenSocket s, long nowNs) {
        if (!turnstile.isShut()) {
            return;
        }
        for (StreamPump pump = accepted.poll(); pump != null; pump = accepted.poll()) {
            pump.reset(nowNs);
        }
        if (s != null) {
            s.close(nowNs);
        }
        released = true;
        host.closed(this);
    }

    @Override
    public boolean sweep(long nowNs) {
        return false;
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
        end.tell(cause);
        acceptor.wake();
        listener.onReadyChange();
    }

    @Override
    public boolean dispose() {
        return true;
    }

    /** Something done with a listening socket on the core's thread. */
    @FunctionalInterface
    interface SocketCall {
        /** Does it; a negative answer is an errno. */
        int call(ListenSocket socket);
    }
}
