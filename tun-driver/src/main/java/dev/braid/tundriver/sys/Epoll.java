package dev.braid.tundriver.sys;

import static dev.braid.tundriver.sys.Libc.INT;
import static dev.braid.tundriver.sys.Libc.WORD;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * One epoll instance with the array its events arrive in. All calls answer with a count or a negative error number;
 * waiting allocates nothing. One thread waits; {@link #add} and {@link #remove} may come from any thread.
 */
public final class Epoll {
    public static final int EPOLLIN = 1;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLET = 1 << 31;

    private static final int EPOLL_CLOEXEC = Descriptors.O_CLOEXEC;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;

    private static final long NANOS_PER_MS = 1_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** {@code struct epoll_event} is packed on x86-64 and nowhere else. */
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");

    private static final int EVENT_SIZE = PACKED ? 12 : 16;
    private static final int DATA = PACKED ? 4 : 8;

    private static final MethodHandle CREATE = Libc.bind("epoll_create1", INT, INT);
    private static final MethodHandle CTL = Libc.bind("epoll_ctl", INT, INT, INT, INT, WORD);
    private static final MethodHandle WAIT = Libc.bind("epoll_wait", INT, INT, WORD, INT, INT);
    private static final @Nullable MethodHandle PWAIT2 = Libc.bindIfPresent("epoll_pwait2", INT, INT, WORD, INT, WORD,
            WORD);

    private final int descriptor;
    private final int capacity;
    private final long events;
    private final long timespec;
    private boolean nanosecondTimeouts = true;

    private Epoll(int descriptor, Arena arena, int capacity) {
        this.descriptor = descriptor;
        this.capacity = capacity;
        this.events = Memory.allocate(arena, (long) capacity * EVENT_SIZE, 8);
        this.timespec = Memory.allocate(arena, 16, 8);
    }

    /**
     * @param arena owns the event array and must outlive the last wait
     * @param capacity how many events one wait can report
     */
    public static Epoll open(Arena arena, int capacity) {
        MemorySegment capture = Libc.capture();
        int descriptor;
        try {
            descriptor = Libc.answer((int) CREATE.invokeExact(capture, EPOLL_CLOEXEC), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
        LinuxException.check(descriptor, "epoll", "epoll_create1", "raise the limit of open files (ulimit -n)");
        return new Epoll(descriptor, arena, capacity);
    }

    /** Watches {@code watched} for {@code interest}; {@code token} comes back with each of its events. */
    public int add(int watched, int interest, int token) {
        try (Arena arena = Arena.ofConfined()) {
            long event = Memory.allocate(arena, EVENT_SIZE, 8);
            Memory.putNative32(event, interest);
            Memory.putNative64(event + DATA, token);
            return control(EPOLL_CTL_ADD, watched, event);
        }
    }

    /** Watches {@code watched} no longer. */
    public int remove(int watched) {
        return control(EPOLL_CTL_DEL, watched, 0L);
    }

    private int control(int operation, int watched, long event) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) CTL.invokeExact(capture, descriptor, operation, watched, event), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /**
     * Waits for events.
     *
     * @param timeoutNs 0 looks without waiting, {@link Long#MAX_VALUE} waits for ever; in between, a kernel without
     *     {@code epoll_pwait2} rounds up to whole milliseconds, so that it never returns early and spins
     * @return how many events came, 0 after the timeout, or a negative error number
     */
    public int await(long timeoutNs) {
        if (nanosecondTimeouts && timeoutNs > 0 && timeoutNs < Long.MAX_VALUE) {
            int n = awaitNanos(timeoutNs);
            if (n != -Errno.ENOSYS) {
                return n;
            }
            nanosecondTimeouts = false;
        }
        return awaitMillis(roundedUpMs(timeoutNs));
    }

    private int awaitNanos(long timeoutNs) {
        if (PWAIT2 == null) {
            return -Errno.ENOSYS;
        }
        Memory.putNative64(timespec, timeoutNs / NANOS_PER_SECOND);
        Memory.putNative64(timespec + 8, timeoutNs % NANOS_PER_SECOND);
        MemorySegment capture = Libc.capture();
        try {
            int n = (int) PWAIT2.invokeExact(capture, descriptor, events, capacity, timespec, 0L);
            return Libc.answer(n, capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    private int awaitMillis(int timeoutMs) {
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) WAIT.invokeExact(capture, descriptor, events, capacity, timeoutMs), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** What {@code epoll_wait} is told for {@code timeoutNs}: −1 for ever, else milliseconds, never less than asked. */
    static int roundedUpMs(long timeoutNs) {
        if (timeoutNs == Long.MAX_VALUE) {
            return -1;
        }
        long ms = timeoutNs / NANOS_PER_MS + (timeoutNs % NANOS_PER_MS > 0 ? 1 : 0);
        return (int) Math.clamp(ms, 0L, Integer.MAX_VALUE);
    }

    /** The token of the {@code i}th event of the last wait. */
    public int token(int i) {
        return (int) Memory.nativeI64(events + (long) i * EVENT_SIZE + DATA);
    }

    /** The bits ({@code EPOLLIN}, {@code EPOLLERR}…) of the {@code i}th event of the last wait. */
    public int events(int i) {
        return Memory.nativeI32(events + (long) i * EVENT_SIZE);
    }

    /** Closes the instance; nobody may be waiting. */
    public void close() {
        Descriptors.close(descriptor);
    }
}
