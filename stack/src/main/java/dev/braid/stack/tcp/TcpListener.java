package dev.braid.stack.tcp;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A port in LISTEN: takes SYNs, holds what is half open and what waits to be accepted. Core thread only. */
public final class TcpListener {
    private final TcpLayer layer;
    private final ListenerUser user;
    private final TcpSettings settings;
    private final @Nullable UpperSettings upperSettings;
    private final long localHi;
    private final long localLo;
    private final int port;
    private final Set<Tcb> halfOpen = new LinkedHashSet<>();
    private final ArrayDeque<Connection> established = new ArrayDeque<>();
    private int backlog;
    private boolean closed;

    TcpListener(
            TcpLayer layer,
            ListenerUser user,
            TcpSettings settings,
            @Nullable UpperSettings upperSettings,
            long localHi,
            long localLo,
            int port) {
        this.layer = layer;
        this.user = user;
        this.settings = settings;
        this.upperSettings = upperSettings;
        this.localHi = localHi;
        this.localLo = localLo;
        this.port = port;
    }

    /** The next established connection, which the caller owns and gives a {@link ConnectionUser}; {@code null} when none waits. */
    public @Nullable Connection accept() {
        Connection connection = established.poll();
        if (connection instanceof Tcb tcb) {
            tcb.listener = null;
        }
        return connection;
    }

    /** Connections that wait to be accepted. */
    public int acceptable() {
        return established.size();
    }

    /** Connections between SYN and third ACK. */
    public int halfOpen() {
        return halfOpen.size();
    }

    /** This moment of it. */
    public ListenerInfo info() {
        return new ListenerInfo(
                new IpAddress(localHi, localLo), port, established.size(), halfOpen.size(), backlog,
                upperSettings != null);
    }

    /** The local port, 1..65535. */
    public int port() {
        return port;
    }

    /** The local address, high half; 0,0 = any. */
    public long localHi() {
        return localHi;
    }

    /** The local address, low half. */
    public long localLo() {
        return localLo;
    }

    /** What new connections inherit; changes count for SYNs that arrive later. */
    public TcpSettings settings() {
        return settings;
    }

    /**
     * What new connections inherit of what concerns the protocol above TCP; {@code null}: the listener wants plain TCP, and a protocol
     * above TCP claims nothing for it.
     */
    public @Nullable UpperSettings upperSettings() {
        return upperSettings;
    }

    /** Bounds the established connections that may wait: 1..configured maximum. */
    public void backlog(int backlog) {
        this.backlog = Math.clamp(backlog, 1, layer.config.maxBacklog);
    }

    /** Stops listening; what was not accepted is reset. Idempotent. */
    public void close(long nowNs) {
        if (closed) {
            return;
        }
        closed = true;
        layer.unlisten(this);
        for (Tcb tcb : new ArrayList<>(halfOpen)) {
            tcb.listener = null;
            tcb.abort(nowNs);
        }
        for (Connection left = accept(); left != null; left = accept()) {
            left.abort(nowNs);
        }
        halfOpen.clear();
    }

    /** Room for one more established connection. */
    boolean hasRoom() {
        return established.size() < backlog;
    }

    /** Room for one more half-open connection. */
    boolean hasHalfOpenRoom() {
        return halfOpen.size() < layer.config.maxSynBacklog;
    }

    void onHalfOpen(Tcb tcb) {
        halfOpen.add(tcb);
    }

    /** The third ACK came. The connection stays the listener's until it is accepted. */
    void onEstablished(Tcb tcb) {
        halfOpen.remove(tcb);
        UpperLayer upper = tcb.upper;
        Connection connection = upper == null ? tcb : upper.accepted(tcb);
        if (connection != tcb) {
            tcb.listener = null;
        }
        established.add(connection);
        user.onAcceptable(this);
    }

    /** A connection ended here: half-open ones vanish, established ones are still handed out, to show their error or data. */
    void onGone(Tcb tcb) {
        if (halfOpen.remove(tcb)) {
            tcb.listener = null;
        }
    }
}
