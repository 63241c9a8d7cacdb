package dev.braid.tundriver.sys;

import static dev.braid.tundriver.sys.Libc.INT;
import static dev.braid.tundriver.sys.Libc.WORD;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Socket calls, as far as netlink and the kernel's own streams need them. Each answers with what the call returned or with the negative error
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

    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SHUT_RD = 0;
    public static final int SHUT_WR = 1;
    public static final int SHUT_RDWR = 2;
    public static final int SO_ERROR = 4;

    private static final int SOCK_CLOEXEC = Descriptors.O_CLOEXEC;

    private static final MethodHandle SOCKET = Libc.bind("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = Libc.bind("bind", INT, INT, WORD, INT);
    private static final MethodHandle SENDTO = Libc.bind("sendto", WORD, INT, WORD, WORD, INT, WORD, INT);
    private static final MethodHandle RECVFROM = Libc.bind("recvfrom", WORD, INT, WORD, WORD, INT, WORD, WORD);
    private static final MethodHandle SETSOCKOPT = Libc.bind("setsockopt", INT, INT, INT, INT, WORD, INT);

    private static final MethodHandle GETSOCKOPT = Libc.bind("getsockopt", INT, INT, INT, INT, WORD, WORD);
    private static final MethodHandle CONNECT = Libc.bind("connect", INT, INT, WORD, INT);
    private static final MethodHandle LISTEN = Libc.bind("listen", INT, INT, INT);
    private static final MethodHandle ACCEPT4 = Libc.bind("accept4", INT, INT, WORD, WORD, INT);
    private static final MethodHandle SHUTDOWN = Libc.bind("shutdown", INT, INT, INT);
    private static final MethodHandle GETSOCKNAME = Libc.bind("getsockname", INT, INT, WORD, WORD);
    private static final MethodHandle GETPEERNAME = Libc.bind("getpeername", INT, INT, WORD, WORD);

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

    /** Connects to the socket address of {@code length} bytes at {@code address}. */
    public static int connect(int descriptor, long address, int length) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) CONNECT.invokeExact(capture, descriptor, address, length), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Listens, with so many connections waiting to be accepted. */
    public static int listen(int descriptor, int backlog) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) LISTEN.invokeExact(capture, descriptor, backlog), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** The next connection's socket, which does not block and is closed on exec. */
    public static int accept(int descriptor) {
        MemorySegment capture = Libc.capture();
        try {
            int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
            return Libc.answer((int) ACCEPT4.invokeExact(capture, descriptor, 0L, 0L, flags), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Ends one or both directions: {@code how} is one of {@code SHUT_…}. */
    public static int shutdown(int descriptor, int how) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) SHUTDOWN.invokeExact(capture, descriptor, how), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Writes the socket's own address to {@code address}; {@code length} points to the room there and becomes its length. */
    public static int name(int descriptor, long address, long length) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) GETSOCKNAME.invokeExact(capture, descriptor, address, length), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** As {@link #name}, the peer's address. */
    public static int peerName(int descriptor, long address, long length) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) GETPEERNAME.invokeExact(capture, descriptor, address, length), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Sets an option whose value is {@code length} bytes at {@code address}. */
    public static int option(int descriptor, int level, int option, long address, int length) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) SETSOCKOPT.invokeExact(capture, descriptor, level, option, address, length),
                    capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Reads an option into {@code address}; {@code length} points to the room there and becomes what was written. */
    public static int readOption(int descriptor, int level, int option, long address, long length) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) GETSOCKOPT.invokeExact(capture, descriptor, level, option, address, length),
                    capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }
}
