package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * All data goes over two subflows, whichever brings it first: new data over the one with the shortest round trip that has room, and every
 * piece {@linkplain #repeats again} over another, as far as the peer has not acknowledged it meanwhile.
 */
public final class Redundant implements PacketScheduler {
    /** What it is chosen by. */
    public static final String NAME = "redundant";

    private final LowestRtt fastest = new LowestRtt();

    /** A scheduler for one connection. */
    public Redundant() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean repeats() {
        return true;
    }

    @Override
    public SchedulingDecision decision() {
        return fastest.decision();
    }

    @Override
    public @Nullable SubflowView choose(ConnectionView connection, long nowNs) {
        return fastest.choose(connection, nowNs);
    }

    @Override
    public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
        return fastest.chooseAgain(connection, from, nowNs);
    }
}
