package dev.braid.stack.nio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a stream is getting on: the core's thread publishes, the channel's threads read. Every field is volatile. */
final class StreamStatus {
    /** How far connecting has come. */
    enum Connect { NONE, PENDING, DONE, FAILED }

    private final StackEnd end = new StackEnd();
    private volatile ReadyListener listener = ReadyListener.NONE;
    private volatile Connect connect = Connect.NONE;
    private volatile int error;
    private volatile boolean released;
    private volatile @Nullable Endpoints endpoints;

    // The channel's threads.

    Connect connect() {
        return connect;
    }

    /** The exception for a connection or stack that has failed; {@code null} when neither has. */
    @Nullable
    IOException failure() {
        int errno = error;
        return end.isTold() || errno == 0 ? end.failure() : SocketErrors.of(errno);
    }

    /** Refuses to go on with a connection or stack that has failed. */
    void requireUnbroken() throws IOException {
        IOException failure = failure();
        if (failure != null) {
            throw failure;
        }
    }

    /** Whether a write would fail at once. */
    boolean isBroken() {
        return end.isTold() || error != 0;
    }

    /** Whether the close is over: with SO_LINGER, everything is acknowledged or given up. */
    boolean isCloseOver() {
        return released || end.isTold();
    }

    /** The connection's addresses, once bound or connected. */
    @Nullable
    Endpoints endpoints() {
        return endpoints;
    }

    /** Who hears of changes of readiness. */
    void listener(ReadyListener to) {
        listener = to;
    }

    // The core's thread; the first of them the channel's too.

    /** Connecting has come so far. */
    void connect(Connect now) {
        connect = now;
    }

    /** Has the listener look again at what was published. */
    void changed() {
        listener.onReadyChange();
    }

    /** The connection has failed; the first errno, which is positive, counts. */
    void fail(int errno) {
        if (error == 0) {
            error = errno;
        }
    }

    /** Whether the connection has failed. */
    boolean isFailed() {
        return error != 0;
    }

    void endpoints(Endpoints now) {
        endpoints = now;
    }

    /** Nothing moves any more: the socket is closed, or left to the core. */
    void release() {
        released = true;
    }

    boolean isReleased() {
        return released;
    }

    /** The stack has ended, with this cause if it failed. */
    void end(@Nullable Throwable cause) {
        end.tell(cause);
        if (connect == Connect.PENDING) {
            connect = Connect.FAILED;
        }
    }
}
