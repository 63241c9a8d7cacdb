package dev.braid.stack.mptcp;

import dev.braid.stack.mptcp.path.PathDecision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which subflows of one connection this end wants as backups, and what the peer is told of that (MP_PRIO, RFC 8684 section 3.3.8).
 *
 * <p>What path managers want is not always what holds: while a path is silent, which the peer may not know, and no regular one lives, a
 * backup <em>stands in</em>, regular to both ends. It is what its manager wants again as soon as a regular path lives. Core thread only.
 */
final class Priorities {
    private final MptcpConnection connection;

    Priorities(MptcpConnection connection) {
        this.connection = connection;
    }

    /** A path manager wants the subflow as a backup, or as a regular one, which may be one that yields: the peer need not know that. */
    void want(Subflow subflow, boolean backup, boolean yields, long nowNs) {
        boolean stoodIn = subflow.standsIn;
        boolean needed = stoodIn || isLastRegular(subflow);
        subflow.localBackup = backup;
        subflow.yields = yields;
        subflow.standsIn = backup && needed;
        PathDecision decision = backup ? PathDecision.MADE_BACKUP : PathDecision.MADE_REGULAR;
        if (!stoodIn && !subflow.standsIn) {
            connection.paths.signals.priority(subflow, backup, MptcpReason.of(decision));
        }
        connection.decisions.taken(decision, subflow);
        connection.onUsable(subflow, nowNs);
    }

    /** Whether a regular path lives: as far as this end knows, the peer has one to use. */
    boolean isRegularAlive() {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            if (isAlive(subflows.get(i)) && !subflows.get(i).backup()) {
                return true;
            }
        }
        return false;
    }

    /** A path that lives and is a backup by this end's wish; {@code null} = there is none. */
    @Nullable
    Subflow aliveBackup() {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (isAlive(subflow) && subflow.localBackup && !subflow.standsIn) {
                return subflow;
            }
        }
        return null;
    }

    /** Has a backup stand in for regular paths that are silent. */
    void standIn(Subflow backup, long nowNs) {
        backup.standsIn = true;
        connection.paths.signals.priority(backup, false, MptcpReason.of(LivenessDecision.TOLD_PRIO));
        connection.layer.counters.decided(LivenessDecision.TOLD_PRIO);
        connection.onUsable(backup, nowNs);
    }

    /** Subflows came to life, or changed their priorities: where a regular one lives none need stand in. */
    void settle(long nowNs) {
        List<Subflow> subflows = connection.subflows;
        boolean regularLives = false;
        boolean anyStandsIn = false;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            anyStandsIn |= subflow.standsIn;
            regularLives |= isAlive(subflow) && !subflow.backup() && !subflow.standsIn;
        }
        for (int i = 0; anyStandsIn && regularLives && i < subflows.size(); i++) {
            if (subflows.get(i).standsIn) {
                end(subflows.get(i), nowNs);
            }
        }
    }

    private void end(Subflow subflow, long nowNs) {
        subflow.standsIn = false;
        connection.paths.signals.priority(subflow, true, MptcpReason.of(LivenessDecision.TOLD_PRIO_BACK));
        connection.layer.counters.decided(LivenessDecision.TOLD_PRIO_BACK);
        connection.onUsable(subflow, nowNs);
    }

    /** Whether but for this one there are backups and silent paths: of what became of those the peer cannot be told. */
    private boolean isLastRegular(Subflow subflow) {
        List<Subflow> subflows = connection.subflows;
        boolean anySilent = false;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow other = subflows.get(i);
            if (other != subflow && isAlive(other) && !other.backup()) {
                return false;
            }
            anySilent |= other.usable() && other.stale;
        }
        return anySilent && isAlive(subflow) && !subflow.backup();
    }

    private static boolean isAlive(Subflow subflow) {
        return subflow.usable() && !subflow.stale;
    }
}
