package dev.braid.stack.nio;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the stack under a channel has ended, and what with. The core's thread tells it, or who ends the stack after that thread has
 * ended; any thread asks.
 */
final class StackEnd {
    private volatile boolean told;
    private volatile @Nullable Throwable cause;

    /** The stack has ended, or is about to; with this cause if it failed. */
    void tell(@Nullable Throwable failure) {
        cause = failure;
        told = true;
    }

    /** Whether nothing comes or goes any more. */
    boolean isTold() {
        return told;
    }

    /** What every call is answered with from the end on; {@code null} before. */
    @Nullable
    IOException failure() {
        return told ? SocketErrors.stackEnded(cause) : null;
    }

    /** Refuses to go on with a stack that has ended. */
    void requireNotTold() throws IOException {
        if (told) {
            throw SocketErrors.stackEnded(cause);
        }
    }
}
