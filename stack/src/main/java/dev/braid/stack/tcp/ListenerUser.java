package dev.braid.stack.tcp;

/** Hears that a listener has connections to accept. Called on the core's thread; marks or queues only. */
@FunctionalInterface
public interface ListenerUser {
    /** At least one more connection waits in {@link TcpListener#accept()}. */
    void onAcceptable(TcpListener listener);
}
