package dev.braid.stack.nio;

import java.nio.channels.Channel;

/** What an interrupt does to a thread blocked in a channel. */
final class Interrupts {
    private Interrupts() {}

    /**
     * Returns once an interrupt of the calling thread, if there was one, has closed the channel. The interrupter marks the
     * thread first and closes the channel a moment later; a blocked call must not return in between, or it would be taken for
     * one that found nothing. Between {@code begin} and {@code end} only.
     */
    static void awaitClosed(Channel channel) {
        while (Thread.currentThread().isInterrupted() && channel.isOpen()) {
            Thread.yield();
        }
    }
}
