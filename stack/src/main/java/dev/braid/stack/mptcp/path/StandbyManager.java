package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.device.Deadlines;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has one link carry a connection and makes the others' subflows backups, which stand by established: MP_PRIO tells the peer, so that
 * both directions keep to it (RFC 8684 section 3.3.8). Opens and announces nothing: {@link EndpointManager} is named before it.
 *
 * <p>Links whose endpoints are backups come into question only while no other link works. A link that fails is replaced at once; one that
 * does is left for a better one only when that has been better for a while, so that two links alike do not take turns.
 */
public final class StandbyManager implements PathManager {
    /** Prefers links in the order of their endpoints. */
    public static final String BY_ORDER = "standby-order";
    /** Prefers the link with the shortest round trip. */
    public static final String BY_RTT = "standby-rtt";

    private static final long ORDER_PATIENCE_NS = 3_000_000_000L;
    private static final long RTT_PATIENCE_NS = 2_000_000_000L;
    private static final long WORTHWHILE_NS = 5_000_000;
    private static final int NONE = -1;

    private final boolean byRtt;
    private final RoundTrips roundTrips = new RoundTrips();
    /** The link that carries. */
    private int active = NONE;
    /** The link that has been better since {@link #betterSinceNs}. */
    private int better = NONE;

    private long betterSinceNs;

    private StandbyManager(boolean byRtt) {
        this.byRtt = byRtt;
    }

    /** One that is {@link #BY_ORDER}. */
    static StandbyManager byOrder() {
        return new StandbyManager(false);
    }

    /** One that is {@link #BY_RTT}. */
    static StandbyManager byRtt() {
        return new StandbyManager(true);
    }

    @Override
    public String name() {
        return byRtt ? BY_RTT : BY_ORDER;
    }

    @Override
    public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
        if (connection.serverSide() || !connection.established()) {
            return;
        }
        List<Endpoint> order = connection.endpoints().all();
        if (byRtt) {
            roundTrips.look(compared(connection, order), active, better != NONE, connection, commands, nowNs);
        }
        Standing best = best(connection, order, NONE, nowNs);
        if (best == null) {
            return;
        }
        Standing current = active == NONE ? null : best(connection, order, active, nowNs);
        if (current == null || mayReplace(best, current, nowNs)) {
            active = best.subflow.link();
            better = NONE;
            roundTrips.carries(best.subflow.roundTripNs(nowNs));
        }
        Survey survey = new Survey(connection);
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            boolean standsBy = subflow != null && subflow.link() != active;
            if (subflow != null && isPath(subflow) && subflow.localBackup() != standsBy) {
                commands.priority(number, standsBy);
            }
        }
        commands.wakeAt(
                Math.min(roundTrips.deadlineNs(), better == NONE ? Deadlines.NONE : betterSinceNs + patienceNs()));
        commands.wakeAtMoved(roundTrips.wakeMoved());
    }

    /** Whether the better one has been so for long enough; notes since when it has. */
    private boolean mayReplace(Standing best, Standing current, long nowNs) {
        if (best.subflow.link() == active || !best.isClearlyBetterThan(current)) {
            better = NONE;
            return false;
        }
        if (better != best.subflow.link()) {
            better = best.subflow.link();
            betterSinceNs = nowNs;
        }
        return nowNs - betterSinceNs >= patienceNs();
    }

    private long patienceNs() {
        return byRtt ? RTT_PATIENCE_NS : ORDER_PATIENCE_NS;
    }

    /** Those that work and whose round trips decide: backups' only where there is nothing else. */
    private static List<PathSubflow> compared(PathView connection, List<Endpoint> order) {
        List<PathSubflow> regular = new ArrayList<>();
        List<PathSubflow> backups = new ArrayList<>();
        for (int i = 0; i < connection.subflows(); i++) {
            PathSubflow subflow = connection.subflow(i);
            if (works(subflow)) {
                (isBackup(rank(subflow, order), order) ? backups : regular).add(subflow);
            }
        }
        return regular.isEmpty() ? backups : regular;
    }

    /** The best of those that work; {@code link} {@link #NONE} = of all, else of those on the link. */
    private @Nullable Standing best(PathView connection, List<Endpoint> order, int link, long nowNs) {
        Standing best = null;
        for (int i = 0; i < connection.subflows(); i++) {
            PathSubflow subflow = connection.subflow(i);
            if (!works(subflow) || (link != NONE && subflow.link() != link)) {
                continue;
            }
            Standing next = standing(subflow, order, nowNs);
            if (best == null || next.isBetterThan(best)) {
                best = next;
            }
        }
        return best;
    }

    private static boolean isPath(PathSubflow subflow) {
        return subflow.initiated() && subflow.established() && !subflow.closing();
    }

    private static boolean works(PathSubflow subflow) {
        return isPath(subflow) && subflow.usable() && !subflow.stale();
    }

    private Standing standing(PathSubflow subflow, List<Endpoint> order, long nowNs) {
        int rank = rank(subflow, order);
        long number = byRtt ? roundTrips.of(subflow, active, nowNs) : rank;
        return new Standing(subflow, isBackup(rank, order), number, byRtt);
    }

    /** The index of its endpoint; behind all of them when it has none. */
    private static int rank(PathSubflow subflow, List<Endpoint> order) {
        int rank = 0;
        while (rank < order.size() && !order.get(rank).address().equals(subflow.localAddress())) {
            rank++;
        }
        return rank;
    }

    private static boolean isBackup(int rank, List<Endpoint> order) {
        return rank < order.size() && order.get(rank).has(Endpoint.BACKUP);
    }

    /** How much a subflow is preferred: regular endpoints before backups, then the smaller number. */
    private record Standing(PathSubflow subflow, boolean backup, long number, boolean isTime) {
        boolean isBetterThan(Standing other) {
            return backup == other.backup ? number < other.number : !backup;
        }

        /** A round trip counts as better by a fifth and {@link #WORTHWHILE_NS}. */
        boolean isClearlyBetterThan(Standing other) {
            if (backup != other.backup || !isTime) {
                return isBetterThan(other);
            }
            return number < other.number - other.number / 5 && other.number - number > WORTHWHILE_NS;
        }
    }
}
