package dev.braid.stack.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Keeps an application's thread and the core's out of each other's way in one pipe, and tells exactly one of them that it was
 * the last: whoever learns that it {@linkplain #leave left} or {@linkplain #shut shut} the turnstile for good hands the pipe
 * over to the core.
 *
 * <p>Application threads take a lock before they come here, so at most one of them is at the turnstile.
 */
final class Turnstile {
    private static final int FREE = 0;
    private static final int BUSY = 1;
    private static final int CLOSING = 2;
    private static final int SHUT = 3;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Turnstile.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    /** Goes in, waiting out the few instructions of somebody inside. Answers false once the turnstile is shut. */
    boolean enter() {
        while (!tryEnter()) {
            if ((int) STATE.getVolatile(this) >= CLOSING) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    /** Goes in if nobody is. */
    boolean tryEnter() {
        return STATE.compareAndSet(this, FREE, BUSY);
    }

    /** Goes out. Answers whether the turnstile was shut meanwhile: the caller hands the pipe over. */
    boolean leave() {
        if (STATE.compareAndSet(this, BUSY, FREE)) {
            return false;
        }
        STATE.setVolatile(this, SHUT);
        return true;
    }

    /** Lets nobody in any more. Answers whether nobody was inside: the caller hands the pipe over. */
    boolean shut() {
        while (true) {
            if (STATE.compareAndSet(this, FREE, SHUT)) {
                return true;
            }
            if (STATE.compareAndSet(this, BUSY, CLOSING)) {
                return false;
            }
            if ((int) STATE.getVolatile(this) >= CLOSING) {
                return false;
            }
        }
    }

    /** Whether it is shut and nobody is inside. */
    boolean isShut() {
        return (int) STATE.getVolatile(this) == SHUT;
    }
}
