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

    /** Whether it is there for what the other regular ones have no room for: they get data first, however fast it is. */
    boolean yields();

    /** Whether it fell silent while others did not: nothing new is to be sent on it until it answers. */
    boolean stale();

    /** Smoothed round-trip time in nanoseconds; 0 before the first sample. */
    long srttNs();

    /** Mean deviation of the round-trip time in nanoseconds. */
    long rttvarNs();

    /** Retransmission timeout in nanoseconds, back-off included. */
    long rtoNs();

    /** Whether its retransmission timer expired and nothing was acknowledged on it since. */
    boolean timedOut();

    /** Whether new data would leave on it now: windows and pacing allow a segment, and nothing waits in it. */
    boolean ready(long nowNs);

    /**
     * Whether nothing is outstanding on it and its own window has no room for a segment: no acknowledgement will make it {@link #ready},
     * but a segment of the peer's alone.
     */
    boolean waitsForWindow();

    /** Congestion window in bytes. */
    long cwnd();

    /** Bytes believed to be in the network. */
    long inflight();

    /** Bytes given to it that it has not sent yet. */
    long queued();

    /** Bytes given to it that the peer has not acknowledged on it, sent or not. */
    long outstanding();

    /** What it is paced to, bytes a second; 0 = not paced. */
    long pacingRate();

    /** Payload bytes of one packet. */
    int mss();
}
