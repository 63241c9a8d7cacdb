package dev.braid.stack.tcp;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Entropy;
import dev.braid.stack.icmp.IcmpError;
import dev.braid.stack.ip.IpHeader;
import dev.braid.stack.ip.IpOutput;
import dev.braid.stack.timer.TimerWheel;
import org.jspecify.annotations.Nullable;

/** TCP of one core: all its connections, listeners and TIME-WAIT entries. Core thread only. */
public final class TcpLayer {
    /** TCP over IP output, with the deadlines of this wheel. */
    public TcpLayer(
            CoreConfig config,
            IpOutput output,
            TimerWheel wheel,
            FramePool frames,
            ChunkPool chunks,
            Counters counters,
            Entropy entropy) {}

    /** Takes a segment over, its checksum verified. */
    public void input(Frame frame, IpHeader header, long nowNs) {
        frame.release();
    }

    /** Hears of an ICMP error that quotes a segment: nothing in it is verified yet. */
    public void onIcmpError(IcmpError error, long nowNs) {}

    /** Aborts every connection, closes every listener, forgets all else. */
    public void close(long nowNs) {}

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
        return 0;
    }
}
