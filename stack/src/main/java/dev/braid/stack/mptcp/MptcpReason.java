package dev.braid.stack.mptcp;

import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import org.jspecify.annotations.Nullable;

/** Why Multipath TCP had a segment sent on the subflow that it was sent on: the codes that captures show in words. */
public final class MptcpReason {
    private static final SchedulingDecision[] SCHEDULING = SchedulingDecision.values();
    private static final LivenessDecision[] LIVENESS = LivenessDecision.values();

    private MptcpReason() {}

    /** The code of a packet scheduler's decision, 1 or more. */
    static int of(SchedulingDecision decision) {
        return 1 + decision.ordinal();
    }

    /** The code of a decision about a silent path. */
    static int of(LivenessDecision decision) {
        return 1 + SCHEDULING.length + decision.ordinal();
    }

    /**
     * A few words, the same for the same code.
     *
     * @param code of {@link dev.braid.stack.tcp.DecisionTrace#upperReason}
     * @return {@code null} for 0 and for what is no code
     */
    public static @Nullable String words(int code) {
        if (code < 1 || code > SCHEDULING.length + LIVENESS.length) {
            return null;
        }
        return code <= SCHEDULING.length
                ? scheduling(SCHEDULING[code - 1])
                : liveness(LIVENESS[code - 1 - SCHEDULING.length]);
    }

    private static @Nullable String scheduling(SchedulingDecision decision) {
        return switch (decision) {
            case FASTEST -> "fastest path";
            case FASTEST_FULL -> "fastest path full";
            case SHORTEST_QUEUE -> "shortest queue";
            case BACKUP -> "backup";
            case LAST_RESORT -> "no path answers";
            case AGAIN -> "reinjection";
            case WAIT_FASTER, WAIT_WINDOW, NO_ROOM, NO_PATH -> null;
        };
    }

    private static @Nullable String liveness(LivenessDecision decision) {
        return switch (decision) {
            case SUSPECTED -> "path suspected";
            case COMPARED -> "path compared";
            case PROBED_AGAIN -> "silent path";
            default -> null;
        };
    }
}
