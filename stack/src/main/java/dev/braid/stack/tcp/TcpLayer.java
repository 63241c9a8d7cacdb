package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** TCP of one core: all its connections, listeners and TIME-WAIT entries. Core thread only. */
public final class TcpLayer {
    /**
     * Keeps a local port for a socket (bind).
     *
     * @param port 1..65535, or 0 to choose a free ephemeral one
     * @return the port, or 0 when it is taken or none is free
     */
    public int reservePort(long localHi, long localLo, int port) {
        throw new UnsupportedOperationException();
    }

    /** Gives up what {@link #reservePort} answered; connections made from it keep their tuples. */
    public void releasePort(long localHi, long localLo, int port) {
        throw new UnsupportedOperationException();
    }

    /** A TCB in CLOSED, to be {@linkplain #connect connected}; costs nothing until then. */
    public Tcb open(TcpUser user, TcpSettings settings) {
        throw new UnsupportedOperationException();
    }

    /**
     * Active open (RFC 9293 section 3.9.1.1): the SYN leaves with the next {@link #flush}.
     *
     * @param localHi local address, 0,0 = the route's
     * @param localPort a reserved port, or 0 to choose one (RFC 6056)
     * @return {@code null}, or why there is no connection: the TCB stays in CLOSED
     */
    public @Nullable TcpFailure connect(
            Tcb tcb,
            long localHi,
            long localLo,
            int localPort,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long nowNs) {
        throw new UnsupportedOperationException();
    }

    /**
     * Passive open on a local address (0,0 = any) and a port that the caller reserved.
     *
     * @param backlog established connections that may wait, at least 1
     * @return {@code null} when somebody listens there
     */
    public @Nullable TcpListener listen(
            ListenerUser user, TcpSettings settings, long localHi, long localLo, int port, int backlog) {
        throw new UnsupportedOperationException();
    }

    /**
     * Sends what became due, connections taking turns by bytes.
     *
     * @return frames sent
     */
    public int flush(long nowNs) {
        throw new UnsupportedOperationException();
    }
}
