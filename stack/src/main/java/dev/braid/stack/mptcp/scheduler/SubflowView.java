package dev.braid.stack.mptcp.scheduler;

/**
 * What a scheduler or a path manager may know of one subflow. Live: it shows the present whenever it is asked. Core thread only.
 */
public interface SubflowView {
    /** A number of its own within the connection, from 0 for the first, never used again. */
    int number();

    /** The identifier of its local address (RFC 8684 section 3.2), 0 for the first subflow's. */
    int localId();

    /** The identifier of its remote address. */
    int remoteId();

    /** The index of the link it leaves by. */
    int link();

    /** Whether data may be sent on it now: established, confirmed, neither closing nor closed. */
    boolean usable();

    /** Whether either end wants it used only where no other path is (RFC 8684 section 3.3.8). */
    boolean backup();

    /** Whether it fell silent while others did not: nothing new is to be sent on it until it answers. */
    boolean stale();

    /** Smoothed round-trip time in nanoseconds; 0 before the first sample. */
    long srttNs();

    /** Retransmission timeout in nanoseconds, back-off included. */
    long rtoNs();

    /** Congestion window in bytes. */
    long cwnd();

    /** Bytes believed to be in the network. */
    long inflight();

    /** Bytes given to it that it has not sent yet. */
    long queued();

    /** What it is paced to, bytes a second; 0 = not paced. */
    long pacingRate();

    /** Payload bytes of one packet. */
    int mss();
}
