package dev.braid.stack.socket;

/** Hears of a datagram socket's readiness. Called on the core's thread inside an input; only marks or queues. */
@FunctionalInterface
public interface DatagramEvents {
    /** A datagram has come, or an error waits. */
    void onReadable(DatagramSocket socket);
}
