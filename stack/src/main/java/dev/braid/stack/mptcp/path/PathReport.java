package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpFailure;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code ip mptcp monitor}: what happened to a connection and its paths, for people and programs outside the core. Immutable.
 *
 * @param token the connection, by this end's token
 * @param remoteId the peer's identifier of its address; -1 = the event has none
 * @param localId this end's identifier of its address; -1 = the event has none
 * @param local this end's address, {@code null} = the event has none
 * @param localPort its port, 0 = none
 * @param remote the peer's address
 * @param remotePort its port, 0 = none
 * @param backup 1 when the subflow is a backup, 0 when not, -1 = the event does not say
 * @param failure why a subflow ended before its time, {@code null} = it did not
 * @param flags an OR of the constants here
 * @param reset what the peer said of its reset, {@code null} = nothing
 */
public record PathReport(
        Type type,
        int token,
        int remoteId,
        int localId,
        @Nullable IpAddress local,
        int localPort,
        @Nullable IpAddress remote,
        int remotePort,
        int backup,
        @Nullable TcpFailure failure,
        int flags,
        @Nullable PeerReset reset) {
    /** The peer forbids joins to its first address. */
    public static final int DENY_JOIN_INITIAL = 1;
    /** The peer opened the connection. */
    public static final int SERVER_SIDE = 2;

    /** What happened, as iproute2 prints it. */
    public enum Type {
        /** A connection was made; Multipath TCP is not proved yet. */
        CREATED,
        /** Both ends have proved Multipath TCP. */
        ESTABLISHED,
        /** A connection is gone. */
        CLOSED,
        /** The peer announced an address. */
        ANNOUNCED,
        /** The peer took an address back. */
        REMOVED,
        /** A subflow was added. */
        SF_ESTABLISHED,
        /** A subflow is gone. */
        SF_CLOSED,
        /** A subflow's priority changed. */
        SF_PRIO
    }

    /** About the connection's beginning. */
    public static PathReport begun(Type type, PathView view, int localPort) {
        int flags = (view.serverSide() ? SERVER_SIDE : 0)
                | (view.remoteDeniesInitialAddress() ? DENY_JOIN_INITIAL : 0);
        RemoteAddress remote = view.initialRemote();
        return new PathReport(
                type,
                view.token(),
                0,
                0,
                view.initialLocal().address(),
                localPort,
                remote.address(),
                remote.port(),
                -1,
                null,
                flags,
                null);
    }

    /** The connection is gone. */
    public static PathReport closed(PathView view) {
        return new PathReport(Type.CLOSED, view.token(), -1, -1, null, 0, null, 0, -1, null, 0, null);
    }

    /** About an address of the peer's. */
    public static PathReport announced(PathView view, RemoteAddress told) {
        int port = told.port() == 0 ? view.initialRemote().port() : told.port();
        return new PathReport(
                Type.ANNOUNCED, view.token(), told.id(), -1, null, 0, told.address(), port, -1, null, 0, null);
    }

    /** The peer took an address back. */
    public static PathReport removed(PathView view, int id) {
        return new PathReport(Type.REMOVED, view.token(), id, -1, null, 0, null, 0, -1, null, 0, null);
    }

    /** About a subflow. */
    public static PathReport subflow(Type type, PathView view, PathSubflow subflow, @Nullable TcpFailure failure,
            @Nullable PeerReset reset) {
        return new PathReport(
                type,
                view.token(),
                subflow.remoteId(),
                subflow.localId(),
                subflow.localAddress(),
                subflow.localPort(),
                subflow.remoteAddress(),
                subflow.remotePort(),
                subflow.backup() ? 1 : 0,
                failure,
                0,
                reset);
    }
}
