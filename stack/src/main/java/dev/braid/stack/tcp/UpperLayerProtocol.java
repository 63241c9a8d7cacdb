package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** The factory of {@link UpperLayer}s for connections that the peer opens. Core thread only. */
public interface UpperLayerProtocol {
    /**
     * Looks at a SYN before TCP answers it: before "no listener, so RST" too, for a SYN may belong to a connection that exists
     * whatever its port says.
     *
     * @param listener the listener of the port, or {@code null}
     * @return the upper layer that takes the connection, or {@code null}: plain TCP if there is a listener, else a reset
     */
    @Nullable
    UpperLayer claimSyn(TcpSegment syn, @Nullable TcpListener listener, long nowNs);

    /**
     * Rebuilds its half of a connection that was answered with a SYN cookie, from what the third ACK carries.
     *
     * @return the upper layer that takes the connection, or {@code null}: plain TCP
     */
    @Nullable
    UpperLayer claimCookie(TcpSegment ack, TcpListener listener, long nowNs);

    /** Who hears of a TCB that was claimed, from its SYN on. */
    ConnectionUser userOf(UpperLayer claimed);
}
