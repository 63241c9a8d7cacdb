package dev.braid.tundriver.sys;

import static dev.braid.tundriver.sys.Libc.INT;
import static dev.braid.tundriver.sys.Libc.WORD;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Socket calls, as far as netlink needs them. Each answers with what the call returned or with the negative error
 * number.
 */
public final class Sockets {
    public static final int AF_NETLINK = 16;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = Descriptors.O_NONBLOCK;
    public static final int MSG_TRUNC = 0x20;
    public static final int SOL_SOCKET = 1;
    public static final int SO_RCVBUF = 8;
    public static final int SO_RCVBUFFORCE = 33;

    private static final int SOCK_CLOEXEC = Descriptors.O_CLOEXEC;

    private static final MethodHandle SOCKET = Libc.bind("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = Libc.bind("bind", INT, INT, WORD, INT);
    private static final MethodHandle SENDTO = Libc.bind("sendto", WORD, INT, WORD, WORD, INT, WORD, INT);
    private static final MethodHandle RECVFROM = Libc.bind("recvfrom", WORD, INT, WORD, WORD, INT, WORD, WORD);
    private static final MethodHandle SETSOCKOPT = Libc.bind("setsockopt", INT, INT, INT, INT, WORD, INT);

    private Sockets() {}

    /** A new socket, closed on exec. */
    public static int socket(int family, int type, int protocol) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) SOCKET.invokeExact(capture, family, type | SOCK_CLOEXEC, protocol), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Binds to the socket address of {@code length} bytes at {@code address}. */
    public static int bind(int descriptor, long address, int length) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) BIND.invokeExact(capture, descriptor, address, length), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Sends one message to the peer whose socket address is {@code peerLength} bytes at {@code peer}. */
    public static int sendto(int descriptor, long address, int length, long peer, int peerLength) {
        MemorySegment capture = Libc.capture();
        try {
            long n = (long) SENDTO.invokeExact(capture, descriptor, address, (long) length, 0, peer, peerLength);
            return (int) Libc.answer(n, capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /**
     * Receives one message of up to {@code length} bytes; with {@link #MSG_TRUNC} the answer is the message's real length
     * even when that is more.
     *
     * @param peer where the sender's socket address goes, or 0
     * @param peerLength the address of its length, in and out, or 0
     */
    public static int recvfrom(int descriptor, long address, int length, int flags, long peer, long peerLength) {
        MemorySegment capture = Libc.capture();
        try {
            long n = (long) RECVFROM.invokeExact(capture, descriptor, address, (long) length, flags, peer, peerLength);
            return (int) Libc.answer(n, capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Sets an option whose value is one {@code int}. */
    public static int option(int descriptor, int level, int option, int value) {
        MemorySegment capture = Libc.capture();
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocateFrom(ValueLayout.JAVA_INT, value).address();
            return Libc.answer((int) SETSOCKOPT.invokeExact(capture, descriptor, level, option, address, 4), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }
}
