package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.device.Deadlines;
import java.util.List;

/**
 * What the links' round trips are while one of them carries a connection and the others stand by, which measures nothing: they are asked,
 * once a second while the connection moves, and not at all while it rests.
 *
 * <p>What the connection itself has waiting on the link that carries it makes that link slow, and would make each other one as slow. So
 * that link is judged by what it was before the connection moved much, or by the least since.
 */
final class RoundTrips {
    private static final long LOOK_NS = 1_000_000_000L;
    /** What moves in such a time without a queue of its own: half a Mbit/s. */
    private static final long LITTLE = 65_536;

    /** Of the link that carries, without what the connection adds; 0 = not known. */
    private long carryingNs;
    /** When they are asked next; NONE = when the connection moves. */
    private long nextNs = Deadlines.NONE;

    private long movedBefore;
    /** At the look before: what it has waiting may not have gone yet. */
    private boolean muchMoved;
    /** There is more than one link to choose from. */
    private boolean choice;

    /** Another link carries from now on. */
    void carries(long roundTripNs) {
        carryingNs = roundTripNs;
    }

    /**
     * Takes what the links answered, and asks them again when it is time.
     *
     * @param compared the subflows that come into question; where they are of one link nobody is asked
     * @param active the link that carries; -1 = none yet
     * @param undecided one that stands by looks better: they are asked though the connection rests
     */
    void look(
            List<PathSubflow> compared,
            int active,
            boolean undecided,
            PathView connection,
            PathCommands commands,
            long nowNs) {
        choice = compared.stream().anyMatch(other -> other.link() != compared.getFirst().link());
        if (!choice) {
            nextNs = Deadlines.NONE;
            return;
        }
        if (nextNs != Deadlines.NONE && nowNs < nextNs) {
            return;
        }
        long moved = connection.sent() + connection.received() - movedBefore;
        boolean queues = moved > LITTLE || muchMoved;
        muchMoved = moved > LITTLE;
        movedBefore += moved;
        nextNs = moved > 0 || undecided ? nowNs + LOOK_NS : Deadlines.NONE;
        for (PathSubflow subflow : compared) {
            if (subflow.link() == active) {
                long takesNs = subflow.roundTripNs(nowNs);
                carryingNs = queues && carryingNs != 0 ? Math.min(carryingNs, takesNs) : takesNs;
            }
        }
        if (nextNs != Deadlines.NONE) {
            compared.forEach(subflow -> commands.measure(subflow.number()));
        }
    }

    /** A subflow's round trip for comparison, nanoseconds; {@link Long#MAX_VALUE} = not known. */
    long of(PathSubflow subflow, int active, long nowNs) {
        long ns = subflow.link() == active && carryingNs != 0 ? carryingNs : subflow.roundTripNs(nowNs);
        return ns == 0 ? Long.MAX_VALUE : ns;
    }

    /** When {@link #look} has something to do by itself. */
    long deadlineNs() {
        return nextNs;
    }

    /** How many bytes moved it has something to do at; {@link Long#MAX_VALUE} = at none. */
    long wakeMoved() {
        return choice && nextNs == Deadlines.NONE ? movedBefore + 1 : Long.MAX_VALUE;
    }
}
