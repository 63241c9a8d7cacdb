package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Decides which subflow carries the next data of one connection. One instance belongs to one connection; core thread only; called in
 * the middle of output, so it answers from what it sees and keeps nothing but numbers.
 */
public interface PacketScheduler {
    /** What it is chosen by, as in {@code net.mptcp.scheduler}. */
    String name();

    /**
     * The subflow that carries the next new data.
     *
     * @return {@code null}: nothing is to be sent now; asked again when an acknowledgement, a window or a subflow comes
     */
    @Nullable
    SubflowView choose(ConnectionView connection, long nowNs);

    /**
     * The subflow that carries again what another has not brought to the peer.
     *
     * @param from which was given the data first; {@code null} when it is gone
     * @return {@code null}: none; asked again later
     */
    @Nullable
    SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs);

    /** What stands behind the last answer of {@link #choose} or {@link #chooseAgain}. */
    SchedulingDecision decision();

    /** Whether new data is to go again at once over another subflow than it was given to, where there is one. */
    default boolean repeats() {
        return false;
    }

    /**
     * How many bytes the program may be ahead of the peer's DATA_ACKs, where that is part of how the scheduler works: what it can choose
     * of. SO_SNDBUF goes before it, and net.ipv4.tcp_wmem's most for each path.
     *
     * @return 0: no wish; the buffer follows the paths
     */
    default long sendBuffer(ConnectionView connection) {
        return 0;
    }

    /** So many bytes were given to the subflow, new ones or again. */
    default void onSent(SubflowView subflow, int bytes, long nowNs) {}

    /** The subflow's own acknowledgements advanced. */
    default void onAcked(SubflowView subflow, long bytes, long nowNs) {}

    /** The subflow found loss; {@code timeout} when by its retransmission timer. */
    default void onLoss(SubflowView subflow, boolean timeout, long nowNs) {}

    /** A subflow became usable, or is so no longer, or its priority changed. */
    default void onSubflows(ConnectionView connection, long nowNs) {}
}
