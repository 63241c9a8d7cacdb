package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * New data goes over the subflow with the shortest round trip that has room in its window; backups where nothing else is, and those that yield behind
 * the others.
 */
public final class LowestRtt implements PacketScheduler {
    /** What it is chosen by. */
    public static final String NAME = "lowest-rtt";

    private SchedulingDecision decision = SchedulingDecision.NO_PATH;

    /** A scheduler for one connection. */
    public LowestRtt() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SchedulingDecision decision() {
        return decision;
    }

    @Override
    public @Nullable SubflowView choose(ConnectionView connection, long nowNs) {
        SubflowView best = fastestReady(connection, null, nowNs);
        if (best != null) {
            decision = best.backup() ? SchedulingDecision.BACKUP : SchedulingDecision.FASTEST;
        }
        return best;
    }

    @Override
    public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
        SubflowView best = fastestReady(connection, from, nowNs);
        if (best != null) {
            decision = SchedulingDecision.AGAIN;
        }
        return best;
    }

    private @Nullable SubflowView fastestReady(ConnectionView connection, @Nullable SubflowView but, long nowNs) {
        Eligible standing = Eligible.of(connection, but);
        SubflowView best = null;
        for (int i = 0; standing != Eligible.NONE && i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (!next.equals(but)
                    && Eligible.of(next) == standing
                    && next.ready(nowNs)
                    && Eligible.goesBefore(next, best)) {
                best = next;
            }
        }
        decision = standing == Eligible.NONE ? SchedulingDecision.NO_PATH : SchedulingDecision.NO_ROOM;
        return best;
    }
}
