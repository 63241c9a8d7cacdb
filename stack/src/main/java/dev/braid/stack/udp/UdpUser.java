package dev.braid.stack.udp;

/** Whose port it is. Called on the core's thread inside an input; only marks or queues. */
@FunctionalInterface
public interface UdpUser {
    /** A datagram has come, or a failure waits. */
    void onArrival(UdpPort port);
}
