package dev.braid.stack.nio;

import org.jspecify.annotations.Nullable;

/** The core's half of a channel: moves what waits between the socket and the channel. Core's thread only. */
interface Pumped {
    /** Moves everything that can be moved now. */
    void pump(long nowNs);

    /** Looks after what no event brings about. Answers whether it wants to be swept again. */
    boolean sweep(long nowNs);

    /** The stack is about to end: whoever waits hears of it, and what was written still leaves. */
    void stackEnding();

    /** The stack has ended, with this cause if it failed: whoever waits hears of it, and nothing moves any more. */
    void stackEnded(@Nullable Throwable cause);

    /** Throws away what the ended stack left, once no application thread is inside; answers false as long as one is. */
    boolean dispose();
}
