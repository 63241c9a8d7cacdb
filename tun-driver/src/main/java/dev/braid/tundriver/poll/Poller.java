package dev.braid.tundriver.poll;

import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.memory.Memory;
import dev.braid.tundriver.sys.Descriptors;
import dev.braid.tundriver.sys.Epoll;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Sleeps in epoll on descriptors and on a doorbell of its own. One thread, a platform thread, calls {@link #prepare},
 * {@link #await} and {@link #cancel}; any thread may {@link #wake}.
 *
 * <p>The sleeper says that it is about to sleep, looks for work once more, and sleeps; whoever brings work first
 * publishes it and then looks whether somebody sleeps. Between each pair of steps stands a full fence, so that at least
 * one of the two sees the other and no wake-up is lost (Dekker's argument). Nobody asleep costs the waker a fence and a
 * read; one system call is made for each sleep that is ended, however many threads wake.
 */
public final class Poller implements Waiter {
    private static final int AWAKE = 0;
    private static final int PREPARED = 1;
    private static final int WOKEN = 2;

    private static final int EVENTS = 16;
    private static final int DOORBELL = -1;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Poller.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Arena arena = Arena.ofShared();
    private final Epoll epoll;
    private final int doorbell;
    private final long one;
    private volatile int state = AWAKE;
    private int ready;
    private boolean open = true;

    private Poller() {
        Epoll made = null;
        try {
            made = Epoll.open(arena, EVENTS);
            doorbell = LinuxException.check(
                    Descriptors.eventfd(), "doorbell", "eventfd", "raise the limit of open files (ulimit -n)");
        } catch (LinuxException e) {
            if (made != null) {
                made.close();
            }
            arena.close();
            throw e;
        }
        epoll = made;
        one = Memory.allocate(arena, Long.BYTES, Long.BYTES);
        Memory.putNative64(one, 1);
        // Edge-triggered: every ring is one event, and the counter never has to be read back.
        epoll.add(doorbell, Epoll.EPOLLIN | Epoll.EPOLLET, DOORBELL);
    }

    /** A poller that watches its doorbell only. */
    public static Poller open() {
        return new Poller();
    }

    /**
     * Also sleeps on {@code descriptor}: while it is readable, or in error, {@link #await} returns at once. One that will
     * never again be anything else has to be {@linkplain #remove removed}, or the sleeper spins.
     *
     * @param token what {@link #token} shows for it, 0 or more
     */
    public void add(int descriptor, int token) {
        if (token < 0) {
            throw new IllegalArgumentException("token " + token + " is negative");
        }
        LinuxException.check(
                epoll.add(descriptor, Epoll.EPOLLIN, token), "descriptor " + descriptor, "EPOLL_CTL_ADD", "");
    }

    /** Sleeps on {@code descriptor} no longer. One that is closed, or was never added, is passed over. */
    public void remove(int descriptor) {
        epoll.remove(descriptor);
    }

    @Override
    public void prepare() {
        state = PREPARED;
        VarHandle.fullFence();
    }

    @Override
    public void cancel() {
        state = AWAKE;
    }

    @Override
    public void await(long timeoutNs) {
        int n = epoll.await(timeoutNs);
        state = AWAKE;
        // A signal is no reason to fail: the caller looks for work, finds none and sleeps again.
        ready = LinuxException.check(n == -Errno.EINTR ? 0 : n, "poller", "epoll_wait", "");
    }

    /** How many descriptors, the doorbell perhaps among them, the last {@link #await} found ready. */
    public int ready() {
        return ready;
    }

    /** The token of the {@code i}th ready descriptor, negative for the doorbell. */
    public int token(int i) {
        return epoll.token(i);
    }

    /** Whether the {@code i}th ready descriptor is in error or was hung up. */
    public boolean failed(int i) {
        return (epoll.events(i) & (Epoll.EPOLLERR | Epoll.EPOLLHUP)) != 0;
    }

    @Override
    public void wake() {
        VarHandle.fullFence();
        if (state == PREPARED && STATE.compareAndSet(this, PREPARED, WOKEN)) {
            Descriptors.write(doorbell, one, Long.BYTES);
        }
    }

    /** Closes the epoll instance and the doorbell, not what was added. Nobody may be waiting, or wake afterwards. */
    @Override
    public void close() {
        if (open) {
            open = false;
            epoll.close();
            Descriptors.close(doorbell);
            arena.close();
        }
    }
}
