package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/** Connections that may have something to send, in the order of their turns; linked through the connections themselves. */
final class Turns {
    private @Nullable Tcb first;
    private @Nullable Tcb last;

    /** Puts a connection behind the others, once. */
    void add(Tcb tcb) {
        if (tcb.active) {
            return;
        }
        tcb.active = true;
        Tcb before = last;
        if (before == null) {
            first = tcb;
        } else {
            before.nextActive = tcb;
        }
        last = tcb;
    }

    /** Takes the connection whose turn it is. */
    @Nullable
    Tcb poll() {
        Tcb tcb = first;
        if (tcb != null) {
            first = tcb.nextActive;
            if (first == null) {
                last = null;
            }
            tcb.nextActive = null;
            tcb.active = false;
        }
        return tcb;
    }
}
