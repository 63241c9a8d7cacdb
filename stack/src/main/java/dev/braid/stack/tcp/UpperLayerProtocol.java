package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** The factory of {@link UpperLayer}s for connections that the peer opens. Core thread only. */
public interface UpperLayerProtocol {
    /**
     * Looks at a SYN before TCP answers it: before "no listener, so RST" too, for a SYN may belong to a connection that exists
     * whatever its port says. Changes nothing: TCP may have no room.
     *
     * @param listener the listener of the port, or {@code null}
     * @return the claim, {@link SynClaim#REFUSED}, or {@code null}: plain TCP if there is a listener, else a reset
     */
    @Nullable
    SynClaim claimSyn(TcpSegment syn, @Nullable TcpListener listener, long nowNs);

    /**
     * Rebuilds its half of a connection that was answered with a SYN cookie, from what the third ACK carries.
     *
     * @param listener the listener of the port, or {@code null}
     * @return the claim, {@link SynClaim.Refused}, or {@code null}: plain TCP if there is a listener, else a reset
     */
    @Nullable
    SynClaim claimCookie(TcpSegment ack, @Nullable TcpListener listener, long nowNs);

    /**
     * Writes what it wants said on a SYN/ACK whose sequence number is a cookie: nothing of the SYN is remembered.
     *
     * @param listener the listener of the port; {@code null} for a claim that {@linkplain SynClaim#wantsCookie wants the cookie} itself
     * @param iss the cookie
     * @param room bytes that are free
     * @return bytes written, 0..room; TCP fills up with NOPs
     */
    default int writeCookieOptions(TcpSegment syn, @Nullable TcpListener listener, int iss, long address, int room) {
        return 0;
    }

    /**
     * Writes what it wants said on the reset that answers a SYN.
     *
     * @return bytes written, 0..room; TCP fills up with NOPs
     */
    default int writeRefusal(TcpSegment syn, long address, int room) {
        return 0;
    }
}
