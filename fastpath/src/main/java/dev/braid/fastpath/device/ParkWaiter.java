package dev.braid.fastpath.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A waiter without descriptors: the sleeper parks. For threads that only other threads of this process wake. */
public final class ParkWaiter implements Waiter {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(ParkWaiter.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int state;
    private volatile @Nullable Thread sleeper;

    @Override
    public void prepare() {
        sleeper = Thread.currentThread();
        state = ASLEEP;
        // Whoever looks for work after this must not have looked before it.
        VarHandle.fullFence();
    }

    @Override
    public void cancel() {
        state = AWAKE;
    }

    @Override
    public void await(long timeoutNs) {
        if (timeoutNs > 0) {
            if (timeoutNs == Deadlines.NONE) {
                sleep();
            } else {
                sleep(timeoutNs);
            }
        }
        state = AWAKE;
    }

    private void sleep() {
        while (state == ASLEEP && !Thread.interrupted()) {
            LockSupport.park(this);
        }
    }

    private void sleep(long timeoutNs) {
        long started = System.nanoTime();
        for (long left = timeoutNs; left > 0; left = timeoutNs - (System.nanoTime() - started)) {
            if (state != ASLEEP || Thread.interrupted()) {
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    @Override
    public void wake() {
        if (state == ASLEEP && STATE.compareAndSet(this, ASLEEP, AWAKE)) {
            LockSupport.unpark(sleeper);
        }
    }

    @Override
    public void close() {
        wake();
    }
}
