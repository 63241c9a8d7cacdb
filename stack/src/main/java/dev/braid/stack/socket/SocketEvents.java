package dev.braid.stack.socket;

/** Hears of a socket's readiness. Called on the core's thread inside an input; only marks or queues. */
@FunctionalInterface
public interface SocketEvents {
    /**
     * Readiness may have changed: bytes came, room was made, the state moved on. Called again although nothing changed at times.
     *
     * @param readiness the bits of {@link Readiness} that hold now
     */
    void onReadiness(StreamSocket socket, int readiness);
}
