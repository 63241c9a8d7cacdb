package dev.braid.stack.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.SocketEvents;
import dev.braid.stack.socket.SocketOptions;
import dev.braid.stack.socket.StreamSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The host under test, as its applications see it. */
public final class Host {
    /** The port it listens on and, in scripts of active opens, connects from. */
    public static final int PORT = 8080;

    private final Script script;
    private final List<ListenSocket> listeners = new ArrayList<>();
    private final List<Conn> connections = new ArrayList<>();

    Host(Script script) {
        this.script = script;
    }

    /** Listens on {@link #PORT}. */
    public ListenSocket listen() {
        return listen(16);
    }

    /** Listens on {@link #PORT} with a backlog. */
    public ListenSocket listen(int backlog) {
        return listen(backlog, options -> {});
    }

    /** Listens on {@link #PORT} with options. */
    public ListenSocket listen(int backlog, Consumer<SocketOptions> change) {
        ListenSocket listener = script.core().sockets().listener(ready -> {});
        change.accept(listener.options());
        assertThat(listener.bind(0, 0, PORT)).as("bind").isZero();
        assertThat(listener.listen(backlog)).as("listen").isZero();
        listeners.add(listener);
        return listener;
    }

    /** The next connection of the first listener. */
    public Conn accept() {
        StreamSocket accepted = listeners.getFirst().accept(Conn.DEAF);
        assertThat(accepted).as("accepted connection").isNotNull();
        return own(accepted);
    }

    /** No connection waits. */
    public void acceptsNothing() {
        assertThat(listeners.getFirst().acceptable()).as("acceptable").isZero();
    }

    /** Starts to connect to the peer. */
    public Conn connect(Peer peer) {
        return connect(peer, options -> {});
    }

    /** Starts to connect to the peer, with options. */
    public Conn connect(Peer peer, Consumer<SocketOptions> change) {
        return connect(peer, change, Conn.DEAF);
    }

    /** Starts to connect to the peer, with options, for an application that does this with readiness. */
    public Conn connect(Peer peer, Consumer<SocketOptions> change, SocketEvents events) {
        StreamSocket socket = script.core().sockets().stream(events);
        change.accept(socket.options());
        assertThat(socket.bind(peer.hostAddress().hi(), peer.hostAddress().lo(), PORT)).as("bind").isZero();
        int answer = socket.connect(peer.address().hi(), peer.address().lo(), peer.port(),
                script.nowNs());
        assertThat(answer).as("connect").isEqualTo(-Errno.EINPROGRESS);
        script.flush();
        return own(socket);
    }

    private Conn own(StreamSocket socket) {
        Conn conn = new Conn(script, socket);
        connections.add(conn);
        return conn;
    }

    void closeListeners() {
        listeners.forEach(listener -> listener.close(script.nowNs()));
    }

    void abortAll() {
        closeListeners();
        connections.forEach(conn -> conn.socket().abort(script.nowNs()));
    }
}
