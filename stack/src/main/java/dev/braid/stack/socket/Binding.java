package dev.braid.stack.socket;

import dev.braid.fastpath.wire.IpAddress;

/** The local address and port that a socket keeps for itself. */
final class Binding {
    private final Sockets sockets;
    private long hi;
    private long lo;
    private int port;

    Binding(Sockets sockets) {
        this.sockets = sockets;
    }

    /** Whether the address means any: {@code ::} or {@code 0.0.0.0}. */
    static boolean isAny(long hi, long lo) {
        return IpAddress.isUnspecified(hi, lo);
    }

    boolean isBound() {
        return port != 0;
    }

    /**
     * Reserves the address and port, 0 = one that is free.
     *
     * @return 0 or a negative errno
     */
    int bind(long hi, long lo, int port) {
        if (isBound()) {
            return -Errno.EINVAL;
        }
        int refused = sockets.checkBindable(hi, lo, port);
        if (refused != 0) {
            return refused;
        }
        int reserved = sockets.tcp().reservePort(hi, lo, port);
        if (reserved == 0) {
            return -Errno.EADDRINUSE;
        }
        this.hi = hi;
        this.lo = lo;
        this.port = reserved;
        return 0;
    }

    void release() {
        if (isBound()) {
            sockets.tcp().releasePort(hi, lo, port);
            port = 0;
        }
    }

    long hi() {
        return hi;
    }

    long lo() {
        return lo;
    }

    int port() {
        return port;
    }
}
