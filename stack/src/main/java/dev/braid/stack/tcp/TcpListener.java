package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** A port in LISTEN: takes SYNs, holds what is half open and what waits to be accepted. Core thread only. */
public final class TcpListener {
    TcpListener() {}

    /** The next established connection, which the caller owns and gives a {@link TcpUser}; {@code null} when none waits. */
    public @Nullable Tcb accept() {
        throw new UnsupportedOperationException();
    }

    /** Connections that wait to be accepted. */
    public int acceptable() {
        throw new UnsupportedOperationException();
    }

    /** The local port, 1..65535. */
    public int port() {
        throw new UnsupportedOperationException();
    }

    /** The local address, high half; 0,0 = any. */
    public long localHi() {
        throw new UnsupportedOperationException();
    }

    /** The local address, low half. */
    public long localLo() {
        throw new UnsupportedOperationException();
    }

    /** What new connections inherit; changes count for SYNs that arrive later. */
    public TcpSettings settings() {
        throw new UnsupportedOperationException();
    }

    /** Bounds the established connections that may wait: 1..configured maximum. */
    public void backlog(int backlog) {
        throw new UnsupportedOperationException();
    }

    /** Stops listening; what was not accepted is reset. Idempotent. */
    public void close(long nowNs) {
        throw new UnsupportedOperationException();
    }
}
