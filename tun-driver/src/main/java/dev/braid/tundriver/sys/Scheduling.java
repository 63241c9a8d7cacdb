package dev.braid.tundriver.sys;

import static dev.braid.tundriver.sys.Libc.INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** How the kernel shares out processors among threads. */
public final class Scheduling {
    private static final int PRIO_PROCESS = 0;

    private static final MethodHandle SETPRIORITY = Libc.bind("setpriority", INT, INT, INT, INT);

    private Scheduling() {}

    /**
     * Sets the nice value of the calling thread, a platform thread; threads it starts from now on inherit it.
     *
     * @param nice -20, served first, to 19; below the present value it takes CAP_SYS_NICE
     * @return 0, or a negative error number
     */
    public static int nice(int nice) {
        MemorySegment capture = Libc.capture();
        try {
            // Linux has a nice value for each thread, and 0 is the calling one.
            return Libc.answer((int) SETPRIORITY.invokeExact(capture, PRIO_PROCESS, 0, nice), capture);
        } catch (Throwable t) {
            throw Libc.broken(t);
        }
    }
}
