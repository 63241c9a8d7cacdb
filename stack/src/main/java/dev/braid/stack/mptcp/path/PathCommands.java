package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.scheduler.SubflowView;

/** What a path manager can have done. Each takes effect at once; events tell what became of it. */
public interface PathCommands {
    /**
     * Opens a subflow: sends a SYN with MP_JOIN.
     *
     * @return the subflow's number; -1 when it cannot be opened, as for want of a port or a link, or {@linkplain PathView#mayOpen not yet}
     */
    int open(SubflowPlan plan);

    /**
     * Closes a subflow in good order, or resets it while it is not established; what it has not brought to the peer goes over others.
     * No effect on one that is gone.
     */
    void close(int subflow);

    /**
     * Resets a subflow, telling why.
     *
     * @param reason an MP_TCPRST reason (RFC 8684 section 3.6), 0..6
     */
    void reset(int subflow, int reason);

    /**
     * Takes a subflow for silent until it answers a probe, which is sent: nothing new goes over it, what it carries goes over others,
     * and {@link PathEvent.SubflowAnswered} comes if it lives.
     */
    void suspect(int subflow);

    /** Has the peer answer on a subflow, so that {@link PathSubflow#roundTripNs} is of the present. No effect on one that is not usable. */
    void measure(int subflow);

    /**
     * Announces an address (ADD_ADDR), again and again until the peer echoes it. One that is announced already is announced afresh.
     *
     * @param id its identifier, 1..255; one identifier never stands for two addresses
     * @param port what to connect to there; 0 = the port the connection began with
     * @return whether it is on its way; not when the identifier stands for another address
     */
    boolean announce(int id, IpAddress address, int port);

    /** Takes addresses back (REMOVE_ADDR), announced or not; their subflows stay until they are closed. */
    void withdraw(int... ids);

    /** Makes a subflow a backup or a regular one, for both directions, and tells the peer (MP_PRIO). */
    void priority(int subflow, boolean backup);

    /** Makes a subflow a regular one that {@linkplain SubflowView#yields yields}, until {@link #priority} says otherwise. */
    void overflow(int subflow);

    /** Have {@link PathEvent.Woken} told to this manager at {@code deadlineNs}; replaces what it asked for before. */
    void wakeAt(long deadlineNs);

    /**
     * Have {@link PathEvent.Woken} told to this manager once {@link PathView#sent} and {@link PathView#received} come to so many bytes
     * together; replaces what it asked for before. {@link Long#MAX_VALUE} = never.
     */
    void wakeAtMoved(long bytes);

    /** A decision worth counting and tracing, about none of the connection's subflows alone. */
    default void decided(PathDecision decision) {
        decided(decision, -1);
    }

    /**
     * A decision worth counting and tracing.
     *
     * @param subflow the number of the one it is about; -1 = of none
     */
    void decided(PathDecision decision, int subflow);
}
