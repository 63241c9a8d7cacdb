package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.device.Deadlines;
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
    /** Prefers the link with the shortest smoothed round trip. */
    public static final String BY_RTT = "standby-rtt";

    private static final long ORDER_PATIENCE_NS = 3_000_000_000L;
    private static final long RTT_PATIENCE_NS = 2_000_000_000L;
    private static final long LOOK_NS = 1_000_000_000L;
    private static final long WORTHWHILE_NS = 5_000_000;
    private static final int NONE = -1;

    private final boolean byRtt;
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
        Standing best = best(connection, order, NONE);
        if (best == null) {
            return;
        }
        Standing current = active == NONE ? null : best(connection, order, active);
        if (current == null || mayReplace(best, current, nowNs)) {
            active = best.subflow.link();
            better = NONE;
        }
        Survey survey = new Survey(connection);
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            boolean standsBy = subflow != null && subflow.link() != active;
            if (subflow != null && isPath(subflow) && subflow.localBackup() != standsBy) {
                commands.priority(number, standsBy);
            }
        }
        commands.wakeAt(wakeNs(connection, nowNs));
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

    private long wakeNs(PathView connection, long nowNs) {
        long look = byRtt && connection.subflows() > 1 ? nowNs + LOOK_NS : Deadlines.NONE;
        return better == NONE ? look : Math.min(look, betterSinceNs + patienceNs());
    }

    /** The best of those that work; {@code link} {@link #NONE} = of all, else of those on the link. */
    private @Nullable Standing best(PathView connection, List<Endpoint> order, int link) {
        Standing best = null;
        for (int i = 0; i < connection.subflows(); i++) {
            PathSubflow subflow = connection.subflow(i);
            if (!isPath(subflow) || !subflow.usable() || subflow.stale() || (link != NONE && subflow.link() != link)) {
                continue;
            }
            Standing next = standing(subflow, order);
            if (best == null || next.isBetterThan(best)) {
                best = next;
            }
        }
        return best;
    }

    private static boolean isPath(PathSubflow subflow) {
        return subflow.initiated() && subflow.established() && !subflow.closing();
    }

    private Standing standing(PathSubflow subflow, List<Endpoint> order) {
        int rank = order.size();
        boolean backup = false;
        for (int i = 0; i < order.size(); i++) {
            if (order.get(i).address().equals(subflow.localAddress())) {
                rank = i;
                backup = order.get(i).has(Endpoint.BACKUP);
                break;
            }
        }
        long srttNs = subflow.srttNs() == 0 ? Long.MAX_VALUE : subflow.srttNs();
        return new Standing(subflow, backup, byRtt ? srttNs : rank, byRtt);
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
