package dev.braid.stack.socket;

/** Hears of connections to accept. Called on the core's thread inside an input; only marks or queues. */
@FunctionalInterface
public interface ListenEvents {
    /** At least one connection waits. */
    void onAcceptable(ListenSocket socket);
}
