package dev.braid.tundriver.sys;

import static dev.braid.tundriver.sys.Libc.INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The network namespace of the calling thread. It belongs to the thread, and threads it starts inherit it: only a
 * platform thread kept for the purpose may change it, never one of a pool and never a virtual one, whose carrier would
 * keep it.
 */
public final class ThreadNamespace {
    private static final int CLONE_NEWNET = 0x4000_0000;

    private static final MethodHandle SETNS = Libc.bind("setns", INT, INT, INT);
    private static final MethodHandle UNSHARE = Libc.bind("unshare", INT, INT);

    private ThreadNamespace() {}

    /** Moves the calling thread into the network namespace {@code descriptor} refers to; 0 or a negative error number. */
    public static int enter(int descriptor) {
        requirePlatformThread();
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) SETNS.invokeExact(capture, descriptor, CLONE_NEWNET), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** Moves the calling thread into a new, empty network namespace; 0 or a negative error number. */
    public static int unshare() {
        requirePlatformThread();
        MemorySegment capture = Libc.capture();
        try {
            return Libc.answer((int) UNSHARE.invokeExact(capture, CLONE_NEWNET), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }

    /** A descriptor of the calling thread's network namespace, or a negative error number; the caller closes it. */
    public static int descriptor() {
        return Descriptors.open("/proc/thread-self/ns/net", Descriptors.O_RDONLY);
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot change its network namespace");
        }
    }
}
