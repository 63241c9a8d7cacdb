package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/** New data goes over the subflow with the shortest round trip that has room in its window; backups where nothing else is. */
public final class LowestRtt implements PacketScheduler {
    /** What it is chosen by. */
    public static final String NAME = "lowest-rtt";

    /** A scheduler for one connection. */
    public LowestRtt() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public @Nullable SubflowView choose(ConnectionView connection, long nowNs) {
        return shortest(connection, null, true);
    }

    @Override
    public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
        return shortest(connection, from, false);
    }

    private static @Nullable SubflowView shortest(
            ConnectionView connection, @Nullable SubflowView but, boolean withRoom) {
        SubflowView best = null;
        boolean regular = false;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (!next.usable() || next.stale() || next.equals(but)) {
                continue;
            }
            // A backup counts only while no other is usable, one without room included.
            if (!next.backup() && !regular) {
                regular = true;
                best = null;
            }
            boolean eligible = next.backup() != regular && (!withRoom || hasRoom(next));
            if (eligible && (best == null || next.srttNs() < best.srttNs())) {
                best = next;
            }
        }
        return best;
    }

    private static boolean hasRoom(SubflowView subflow) {
        return subflow.inflight() + subflow.queued() + subflow.mss() <= subflow.cwnd();
    }
}
