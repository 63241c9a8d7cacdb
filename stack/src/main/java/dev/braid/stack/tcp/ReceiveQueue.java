package dev.braid.stack.tcp;

import dev.braid.fastpath.frame.Frame;
import org.jspecify.annotations.Nullable;

/** Bytes in order that the user has not taken. The unread span of a queued frame is [payloadOffset(), linearLength()). */
public final class ReceiveQueue {
    ReceiveQueue() {}

    /** Bytes that can be read. */
    public int available() {
        throw new UnsupportedOperationException();
    }

    /** Copies up to {@code length} bytes to {@code address} and removes them; returns how many. */
    public int copyOut(long address, int length) {
        throw new UnsupportedOperationException();
    }

    /** The next frame, which the caller owns, or {@code null}. */
    public @Nullable Frame take() {
        throw new UnsupportedOperationException();
    }
}
