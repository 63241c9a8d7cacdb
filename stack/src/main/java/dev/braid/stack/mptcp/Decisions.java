package dev.braid.stack.mptcp;

import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import org.jspecify.annotations.Nullable;

/**
 * Counts what was decided in one connection and, while decisions are traced, has its segments tell of it: by a subflow's own segments
 * where the decision makes some, else by {@link DecisionNotes}. Core thread only.
 */
final class Decisions {
    private final MptcpLayer layer;
    private final DecisionNotes notes = new DecisionNotes();

    Decisions(MptcpConnection connection) {
        layer = connection.layer;
    }

    /** A decision about data that is to go again, and the subflow that it is about, if it is about one. */
    void taken(SchedulingDecision decision, @Nullable Subflow about) {
        layer.counters.decided(decision);
        note(MptcpReason.of(decision), numberOf(about));
    }

    /** A decision about paths, and the subflow that it is about, if it is about one. */
    void taken(PathDecision decision, @Nullable Subflow about) {
        layer.counters.decided(decision);
        int code = MptcpReason.of(decision);
        switch (decision) {
            case OPENED_FROM_ENDPOINT, OPENED_TO_ANNOUNCED, OPENED_FULLMESH, REOPENED, ACCEPTED -> because(about, code);
            case CLOSED_LOCAL_GONE, CLOSED_REMOTE_GONE, ABANDONED -> {
                because(about, code);
                note(code, numberOf(about)); // a reset may have no link to leave by
            }
            case ANNOUNCED, WITHDRAWN, MADE_BACKUP, MADE_REGULAR -> {} // the ACK that tells the peer says so
            case MEASURED -> {} // so does the probe
            case DOUBTED, REFUSED_JOIN, REFUSED_SUBFLOW_LIMIT, REFUSED_ADDRESS_LIMIT, REFUSED_FAMILY, OVERFLOW_BEGUN,
                    OVERFLOW_ENDED ->
                note(code, numberOf(about));
        }
    }

    /**
     * What was decided has no segment of its own: others tell of it.
     *
     * @param code of {@link MptcpReason}
     * @param subflow number of the one it is about; -1 = none
     */
    void note(int code, int subflow) {
        if (layer.tcp.tracesDecisions()) {
            notes.add(code, subflow);
        }
    }

    /** What a segment of a subflow tells that is sent for this reason, 0 = none of its own: see {@link DecisionNotes#take}. */
    long told(int code, int subflow) {
        return notes.take(code, subflow);
    }

    private static void because(@Nullable Subflow subflow, int code) {
        if (subflow != null) {
            subflow.pathReason = code;
        }
    }

    private static int numberOf(@Nullable Subflow subflow) {
        return subflow == null ? -1 : subflow.number();
    }
}
