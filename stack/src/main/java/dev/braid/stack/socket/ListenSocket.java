package dev.braid.stack.socket;

import dev.braid.stack.mptcp.MptcpSettings;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.ListenerUser;
import dev.braid.stack.tcp.TcpListener;
import org.jspecify.annotations.Nullable;

/** A socket that takes connections. Core thread only; negative answers are errnos. */
public final class ListenSocket implements ListenerUser {
    private final Sockets sockets;
    private final ListenEvents events;
    private final SocketOptions options;
    private final Binding binding;
    private @Nullable TcpListener listener;
    private boolean closed;

    ListenSocket(Sockets sockets, ListenEvents events) {
        this(sockets, events, new SocketOptions(), new Binding(sockets));
    }

    /** A socket that goes on with the options and the port of another. */
    ListenSocket(Sockets sockets, ListenEvents events, SocketOptions options, Binding binding) {
        this.sockets = sockets;
        this.events = events;
        this.options = options;
        this.binding = binding;
    }

    /** What the socket takes, or will take when it listens: Multipath TCP means plain TCP too, with peers that speak no other. */
    public StreamProtocol protocol() {
        return sockets.protocol(options);
    }

    /** Options that accepted sockets inherit. */
    public SocketOptions options() {
        return options;
    }

    /**
     * Takes a local address (0,0 or 0.0.0.0 = all) and port (0 = a free one).
     *
     * @return 0, or -EINVAL (bound already), -EADDRNOTAVAIL (not ours), -EADDRINUSE, -EBADF
     */
    public int bind(long hi, long lo, int port) {
        return closed ? -Errno.EBADF : binding.bind(hi, lo, port);
    }

    /**
     * Starts to listen, or changes the backlog.
     *
     * @param backlog established connections that may wait; less than 1 counts as 1
     * @return 0, or -EADDRINUSE, -EBADF; an unbound socket is bound to a free port of all addresses
     */
    public int listen(int backlog) {
        if (closed) {
            return -Errno.EBADF;
        }
        int bounded = Math.max(1, backlog);
        TcpListener present = listener;
        if (present != null) {
            present.backlog(bounded);
            return 0;
        }
        if (!binding.isBound()) {
            int refused = binding.bind(0, 0, 0);
            if (refused != 0) {
                return refused;
            }
        }
        StreamProtocol spoken = sockets.protocol(options);
        MptcpSettings multipath = spoken == StreamProtocol.MPTCP ? options.mptcp : null;
        TcpListener made = sockets.tcp()
                .listen(this, options.tcp, multipath, binding.hi(), binding.lo(), binding.port(), bounded);
        if (made == null) {
            return -Errno.EADDRINUSE;
        }
        listener = made;
        options.protocol = spoken;
        return 0;
    }

    /**
     * The next established connection as a socket of its own.
     *
     * @return {@code null} when none waits, or the socket does not listen
     */
    public @Nullable StreamSocket accept(SocketEvents events) {
        TcpListener from = listener;
        if (from == null) {
            return null;
        }
        Connection connection = from.accept();
        if (connection == null) {
            return null;
        }
        sockets.opened();
        return new StreamSocket(sockets, events, new SocketOptions(options, connection), connection);
    }

    /** Connections that wait. */
    public int acceptable() {
        TcpListener from = listener;
        return from == null ? 0 : from.acceptable();
    }

    /** Whether it listens. */
    public boolean isListening() {
        return listener != null;
    }

    /** The local port, 0 when unbound. */
    public int localPort() {
        return binding.port();
    }

    /** The local address, high half. */
    public long localHi() {
        return binding.hi();
    }

    /** The local address, low half. */
    public long localLo() {
        return binding.lo();
    }

    /** Stops listening; connections that were not accepted are reset. Idempotent. */
    public void close(long nowNs) {
        if (closed) {
            return;
        }
        closed = true;
        TcpListener present = listener;
        if (present != null) {
            present.close(nowNs);
            listener = null;
        }
        binding.release();
        sockets.closed();
    }

    @Override
    public void onAcceptable(TcpListener listener) {
        events.onAcceptable(this);
    }
}
