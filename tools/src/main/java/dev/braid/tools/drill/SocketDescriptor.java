package dev.braid.tools.drill;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.socket.ListenEvents;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.PollEvents;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.socket.SocketEvents;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.Sockets;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.socket.StreamSocket;
import org.jspecify.annotations.Nullable;

/** A stream socket: a connection's, until listen makes a listener of it. */
final class SocketDescriptor extends Descriptor implements SocketEvents, ListenEvents {
    private final int family;
    private final Sockets sockets;
    private @Nullable StreamSocket stream;
    private @Nullable ListenSocket listener;

    /** A fresh socket of AF_INET or AF_INET6. */
    SocketDescriptor(Sockets sockets, int family, StreamProtocol protocol) {
        this.sockets = sockets;
        this.family = family;
        StreamSocket made = sockets.stream(this);
        made.options().protocol = protocol;
        stream = made;
    }

    private SocketDescriptor(Sockets sockets, int family, ListenSocket from) {
        this.sockets = sockets;
        this.family = family;
        stream = from.accept(this);
    }

    /** The next connection of this listener, or {@code null} when none waits. */
    @Nullable
    SocketDescriptor accept() {
        ListenSocket from = listener;
        return from == null || from.acceptable() == 0 ? null : new SocketDescriptor(sockets, family, from);
    }

    int family() {
        return family;
    }

    /** The connection's socket; {@code null} when this one listens. */
    @Nullable
    StreamSocket stream() {
        return stream;
    }

    /** The listener; {@code null} when this is none. */
    @Nullable
    ListenSocket listener() {
        return listener;
    }

    /** Makes a listener of it; {@code null} when it is, or was, connected. */
    @Nullable
    ListenSocket listen() {
        StreamSocket from = stream;
        if (from != null && listener == null) {
            listener = sockets.listener(from, this);
            stream = listener == null ? from : null;
        }
        return listener;
    }

    /** The options, whichever it is. */
    SocketOptions options() {
        StreamSocket connected = stream;
        ListenSocket listening = listener;
        if (connected != null) {
            return connected.options();
        }
        if (listening != null) {
            return listening.options();
        }
        throw new IllegalStateException("neither a connection nor a listener");
    }

    @Override
    int pollEvents() {
        StreamSocket connected = stream;
        ListenSocket listening = listener;
        return connected != null ? PollEvents.of(connected) : listening != null ? PollEvents.of(listening) : 0;
    }

    @Override
    Reply close(long nowNs) {
        ListenSocket listening = listener;
        if (listening != null) {
            listening.close(nowNs);
        }
        StreamSocket connected = stream;
        if (connected == null || connected.close(nowNs) == 0) {
            return Answer.of(0);
        }
        // SO_LINGER: Linux waits for the peer even on a non-blocking descriptor.
        return new Reply.Waiting(
                now -> (connected.readiness() & Readiness.HANGUP) != 0 ? Answer.of(0) : null,
                Deadlines.NONE,
                () -> Answer.of(0));
    }

    @Override
    public void onReadiness(StreamSocket socket, int readiness) {
        wake();
    }

    @Override
    public void onAcceptable(ListenSocket socket) {
        wake();
    }
}
