package dev.braid.stack.socket;

import dev.braid.stack.udp.UdpFailure;
import dev.braid.stack.udp.UdpLayer;
import dev.braid.stack.udp.UdpPort;
import dev.braid.stack.udp.UdpSource;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket with POSIX's semantics: answers are 0 or more, or a negative {@link Errno}; nothing blocks. Addresses are two halves,
 * IPv4 mapped. Core's thread only.
 */
public final class DatagramSocket {
    private static final int MAX_PORT = 65_535;

    private final Sockets sockets;
    private final UdpLayer udp;
    private final UdpPort port;
    private boolean closed;

    DatagramSocket(Sockets sockets, UdpLayer udp, DatagramEvents events) {
        this.sockets = sockets;
        this.udp = udp;
        this.port = udp.open(changed -> events.onReadable(this));
    }

    /**
     * Binds the socket to an address, unspecified for all of both versions, and a port, 0 for a random free one.
     *
     * @return 0, or EINVAL (bound already, no such port), EADDRNOTAVAIL, EADDRINUSE, EBADF
     */
    public int bind(long hi, long lo, int number) {
        if (closed) {
            return -Errno.EBADF;
        }
        if (port.isBound()) {
            return -Errno.EINVAL;
        }
        int refused = sockets.checkBindable(hi, lo, number);
        return refused != 0 ? refused : answer(udp.bind(port, hi, lo, number));
    }

    /**
     * From now on the socket sends to one address and port and receives from nobody else; what waits already stays. Binds it first if
     * it is not.
     *
     * @return 0, or EINVAL (port 0), ENETUNREACH, EADDRINUSE (no port is left), EBADF
     */
    public int connect(long hi, long lo, int number) {
        if (closed) {
            return -Errno.EBADF;
        }
        return isPort(number) ? answer(udp.connect(port, hi, lo, number)) : -Errno.EINVAL;
    }

    /** Undoes {@link #connect}; the socket stays bound. Answers 0, or EBADF. */
    public int disconnect() {
        if (closed) {
            return -Errno.EBADF;
        }
        udp.disconnect(port);
        return 0;
    }

    /**
     * Sends what remains in the buffer as one datagram; an error that waits is answered instead, and taken away.
     *
     * @return bytes sent, or EINVAL (port 0), EISCONN (to anybody but the peer), EMSGSIZE, ENETUNREACH, ENOBUFS, EADDRINUSE, EBADF, or
     *     what ICMP said
     */
    public int sendTo(ByteBuffer payload, long hi, long lo, int number) {
        int refused = closed ? -Errno.EBADF : answer(port.takeFailure());
        if (refused != 0) {
            return refused;
        }
        if (!isPort(number)) {
            return -Errno.EINVAL;
        }
        if (port.isConnected()
                && (number != port.remotePort() || hi != port.remoteHi() || lo != port.remoteLo())) {
            return -Errno.EISCONN;
        }
        int bytes = payload.remaining();
        UdpFailure failure = udp.send(port, hi, lo, number, payload);
        return failure == null ? bytes : answer(failure);
    }

    /** As {@link #sendTo}, to the peer; ENOTCONN when there is none. */
    public int send(ByteBuffer payload) {
        return port.isConnected()
                ? sendTo(payload, port.remoteHi(), port.remoteLo(), port.remotePort())
                : closed ? -Errno.EBADF : -Errno.ENOTCONN;
    }

    /**
     * Takes the oldest datagram out; what does not fit the buffer is lost. An error that waits comes first, and is taken away.
     *
     * @return bytes put into the buffer, or EAGAIN, EBADF, or what ICMP said
     */
    public int receiveFrom(ByteBuffer into, UdpSource from) {
        int refused = closed ? -Errno.EBADF : answer(port.takeFailure());
        if (refused != 0) {
            return refused;
        }
        int received = port.receive(into, from);
        return received == UdpPort.NOTHING ? -Errno.EAGAIN : received;
    }

    /** Whether a receive would not answer EAGAIN. */
    public boolean isReadable() {
        return port.hasFailure() || port.hasDatagram();
    }

    /** Its addresses, and the options that it does without checks. */
    public UdpPort port() {
        return port;
    }

    /** Gives up the port and what waits. Idempotent. */
    public void close() {
        if (!closed) {
            closed = true;
            udp.close(port);
            sockets.closed();
        }
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= MAX_PORT;
    }

    private static int answer(@Nullable UdpFailure failure) {
        return failure == null ? 0 : -Failures.errno(failure);
    }
}
