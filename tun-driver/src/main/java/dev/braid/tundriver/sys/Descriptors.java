package dev.braid.tundriver.sys;

import static dev.braid.tundriver.sys.Libc.INT;
import static dev.braid.tundriver.sys.Libc.WORD;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * System calls on file descriptors. Each answers with what the call returned, or with the negative error number; none
 * throws, none allocates but {@link #open}. Any thread may call; a call that can block belongs on a platform thread,
 * since a virtual one would hold its carrier.
 */
public final class Descriptors {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;

    /** poll(2): readable. */
    public static final int POLLIN = 1;
    /** poll(2): writable. */
    public static final int POLLOUT = 4;

    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int EFD_NONBLOCK = O_NONBLOCK;
    private static final int EFD_CLOEXEC = O_CLOEXEC;

    private static final MethodHandle OPEN = Libc.bindVariadic("open", 2, INT, WORD, INT);
    private static final MethodHandle CLOSE = Libc.bind("close", INT, INT);
    private static final MethodHandle IOCTL = Libc.bindVariadic("ioctl", 2, INT, INT, WORD, WORD);
    private static final MethodHandle FCNTL = Libc.bindVariadic("fcntl", 2, INT, INT, INT, WORD);
    private static final MethodHandle READ = Libc.bind("read", WORD, INT, WORD, WORD);
    private static final MethodHandle WRITE = Libc.bind("write", WORD, INT, WORD, WORD);
    private static final MethodHandle READV = Libc.bind("readv", WORD, INT, WORD, INT);
    private static final MethodHandle WRITEV = Libc.bind("writev", WORD, INT, WORD, INT);
    private static final MethodHandle EVENTFD = Libc.bind("eventfd", INT, INT, INT);
    private static final MethodHandle POLL = Libc.bind("poll", INT, WORD, WORD, INT);

    private Descriptors() {}

    /** Opens {@code path}; {@code O_CLOEXEC} is always added, so that no child process inherits the descriptor. */
    public static int open(String path, int flags) {
        MemorySegment capture = Libc.capture();
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocateFrom(path).address();
            return Libc.answer((int) OPEN.invokeExact(capture, address, flags | O_CLOEXEC), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Closes {@code descriptor}; Linux has closed it whatever the answer is, so it is never closed twice. */
    public static int close(int descriptor) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) CLOSE.invokeExact(capture, descriptor), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** {@code argument} is a number or an address, as {@code request} has it. */
    public static int ioctl(int descriptor, long request, long argument) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) IOCTL.invokeExact(capture, descriptor, request, argument), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** An ioctl whose argument points to one {@code int}. */
    public static int ioctlInt(int descriptor, long request, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argument = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            return ioctl(descriptor, request, argument.address());
        }
    }

    /** A second descriptor for the same open file, closed on exec. */
    public static int duplicate(int descriptor) {
        return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    }

    /** Switches an open file to non-blocking mode. */
    public static int nonBlocking(int descriptor) {
        int flags = fcntl(descriptor, F_GETFL, 0);
        return flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    }

    private static int fcntl(int descriptor, int command, long argument) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) FCNTL.invokeExact(capture, descriptor, command, argument), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Reads up to {@code length} bytes to {@code address}. */
    public static int read(int descriptor, long address, int length) {
        MemorySegment capture = Libc.capture();
        try {
            return (int) Libc.answer((long) READ.invokeExact(capture, descriptor, address, (long) length), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Writes {@code length} bytes from {@code address}. */
    public static int write(int descriptor, long address, int length) {
        MemorySegment capture = Libc.capture();
        try {
            return (int) Libc.answer((long) WRITE.invokeExact(capture, descriptor, address, (long) length), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Reads into the pieces of {@code pieces}, filling one after another. */
    public static int readv(int descriptor, IoVector pieces) {
        MemorySegment capture = Libc.capture();
        try {
            long n = (long) READV.invokeExact(capture, descriptor, pieces.address(), pieces.count());
            return (int) Libc.answer(n, capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Writes the pieces of {@code pieces} as one message. */
    public static int writev(int descriptor, IoVector pieces) {
        MemorySegment capture = Libc.capture();
        try {
            long n = (long) WRITEV.invokeExact(capture, descriptor, pieces.address(), pieces.count());
            return (int) Libc.answer(n, capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** A non-blocking event counter, see eventfd(2). */
    public static int eventfd() {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) EVENTFD.invokeExact(capture, 0, EFD_NONBLOCK | EFD_CLOEXEC), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /**
     * Waits until one descriptor shows one of {@code events}.
     *
     * @param timeoutMs at most this long; negative for ever
     * @return the events seen (poll(2)'s bits, errors included), 0 after the timeout, or a negative error number
     */
    public static int poll(int descriptor, int events, int timeoutMs) {
        MemorySegment capture = Libc.capture();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(ValueLayout.JAVA_INT, 0, descriptor);
            pollfd.set(ValueLayout.JAVA_SHORT, 4, (short) events);
            int n = Libc.answer((int) POLL.invokeExact(capture, pollfd.address(), 1L, timeoutMs), capture);
            return n <= 0 ? n : pollfd.get(ValueLayout.JAVA_SHORT, 6);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }
}
