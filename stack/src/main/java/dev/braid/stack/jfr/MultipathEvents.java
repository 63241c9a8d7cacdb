package dev.braid.stack.jfr;

import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpObserver;
import dev.braid.stack.mptcp.path.PathSubflow;
import dev.braid.stack.tcp.Tcb;
import java.util.IdentityHashMap;
import java.util.Map;

/** Writes what it observes of Multipath TCP to the recordings that run. The core's thread only. */
final class MultipathEvents implements MptcpObserver {
    /** Begun and not ended. */
    private final Map<MptcpConnection, MultipathConnectionEvent> connections = new IdentityHashMap<>();

    private final Map<PathSubflow, SubflowEvent> subflows = new IdentityHashMap<>();

    @Override
    public void onEstablished(MptcpConnection connection) {
        var event = new MultipathConnectionEvent();
        if (event.isEnabled()) {
            event.whole = true;
            event.begin();
            connections.put(connection, event);
        }
    }

    @Override
    public void onClosed(MptcpConnection connection) {
        MultipathConnectionEvent begun = connections.remove(connection);
        MultipathConnectionEvent event = begun == null ? new MultipathConnectionEvent() : begun;
        if (event.shouldCommit()) {
            event.fill(connection);
            event.commit();
        }
    }

    @Override
    public void onFallback(MptcpConnection connection, FallbackReason reason) {
        var event = new FallbackEvent();
        if (event.shouldCommit()) {
            event.name(connection);
            event.local = TcpEvent.endpoint(connection.localHi(), connection.localLo(), connection.localPort());
            event.remote = TcpEvent.endpoint(connection.remoteHi(), connection.remoteLo(), connection.remotePort());
            event.reason = reason.name();
            event.commit();
        }
    }

    @Override
    public void onSubflow(MptcpConnection connection, PathSubflow subflow, Tcb tcb) {
        var event = new SubflowEvent();
        if (event.isEnabled()) {
            event.begin();
            subflows.put(subflow, event);
        }
    }

    @Override
    public void onSubflowClosed(MptcpConnection connection, PathSubflow subflow, Tcb tcb) {
        SubflowEvent begun = subflows.remove(subflow);
        SubflowEvent event = begun == null ? new SubflowEvent() : begun;
        if (event.shouldCommit()) {
            event.name(connection);
            event.fill(subflow, tcb);
            event.commit();
        }
    }

    @Override
    public void onSubflowStale(MptcpConnection connection, PathSubflow subflow, Tcb tcb) {
        var event = new SubflowStaleEvent();
        if (event.shouldCommit()) {
            event.name(connection);
            event.number = subflow.number();
            event.local = TcpEvent.endpoint(tcb.localHi(), tcb.localLo(), tcb.localPort());
            event.remote = TcpEvent.endpoint(tcb.remoteHi(), tcb.remoteLo(), tcb.remotePort());
            event.stale = subflow.stale();
            event.commit();
        }
    }
}
