package dev.braid.stack.socket;

import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.tcp.Connection;
import dev.braid.stack.tcp.TcpInfo;
import org.jspecify.annotations.Nullable;

/**
 * What a stream socket tells of itself, in every state: of its connection where it has one, else what it is bound to or will speak.
 * Changes nothing. Core thread only.
 */
public final class SocketFacts {
    private final StreamSocket socket;
    private final Sockets sockets;

    SocketFacts(StreamSocket socket, Sockets sockets) {
        this.socket = socket;
        this.sockets = sockets;
    }

    /** TCP_INFO: this moment of the connection, or {@code null} when there is none, or none any more. */
    public @Nullable TcpInfo info(long nowNs) {
        Connection live = socket.connection();
        return live == null ? null : live.info(nowNs);
    }

    /**
     * MPTCP_INFO and what belongs to it: this moment of a socket that speaks Multipath TCP, with what the host allows before it is
     * connected; {@code null} when it speaks plain TCP.
     */
    public @Nullable MptcpInfo multipathInfo(long nowNs) {
        Connection live = socket.connection();
        if (live instanceof MptcpConnection multipath) {
            return multipath.multipathInfo(nowNs);
        }
        return protocol() == StreamProtocol.MPTCP ? sockets.mptcp().unconnectedInfo() : null;
    }

    /** TCP_CONGESTION: the name of what controls congestion, or will when it is connected. */
    public String congestionControl() {
        Connection live = socket.connection();
        return live == null ? sockets.congestionControl(socket.options()) : live.congestionControl();
    }

    /** The name of the packet scheduler in force, or of what will be with Multipath TCP. */
    public String packetScheduler() {
        return socket.connection() instanceof MptcpConnection multipath
                ? multipath.scheduler()
                : sockets.packetScheduler(socket.options());
    }

    /** The names of the path managers, or of those that will be with Multipath TCP. */
    public String pathManagers() {
        return sockets.pathManagers(socket.options());
    }

    /** What the socket speaks, or will speak when it is connected; Multipath TCP it stays after a fallback too. */
    public StreamProtocol protocol() {
        Connection live = socket.connection();
        if (live == null) {
            return sockets.protocol(socket.options());
        }
        return live instanceof MptcpConnection ? StreamProtocol.MPTCP : StreamProtocol.TCP;
    }

    /** The name of the reason why Multipath TCP was given up; empty while it was not, and on plain TCP. */
    public String fallbackReason() {
        FallbackReason reason = socket.connection() instanceof MptcpConnection multipath
                ? multipath.fallbackReason()
                : null;
        return reason == null ? "" : reason.name();
    }

    /** Payload bytes there is room for, unread ones included; 0 without a connection. */
    public int receiveBufferSize() {
        Connection live = socket.connection();
        return live == null ? 0 : live.receiveBufferSize();
    }

    /** The local port, 0 when there is none yet. */
    public int localPort() {
        Connection live = socket.connection();
        return live == null ? socket.binding().port() : live.localPort();
    }

    /** The local address, high half. */
    public long localHi() {
        Connection live = socket.connection();
        return live == null ? socket.binding().hi() : live.localHi();
    }

    /** The local address, low half. */
    public long localLo() {
        Connection live = socket.connection();
        return live == null ? socket.binding().lo() : live.localLo();
    }

    /** The peer's port, 0 when there is none. */
    public int remotePort() {
        Connection live = socket.connection();
        return live == null ? 0 : live.remotePort();
    }

    /** The peer's address, high half. */
    public long remoteHi() {
        Connection live = socket.connection();
        return live == null ? 0 : live.remoteHi();
    }

    /** The peer's address, low half. */
    public long remoteLo() {
        Connection live = socket.connection();
        return live == null ? 0 : live.remoteLo();
    }
}
