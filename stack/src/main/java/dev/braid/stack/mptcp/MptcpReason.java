package dev.braid.stack.mptcp;

import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;

/**
 * The codes of all that Multipath TCP decides, as captures show them in words. What a segment carries is one long: in its low 7 bits
 * the code of why it was sent where it was sent; above them up to three {@linkplain DecisionNotes notes} of 19 bits, of decisions
 * that have no segment of their own.
 */
public final class MptcpReason {
    private static final SchedulingDecision[] SCHEDULING = SchedulingDecision.values();
    private static final LivenessDecision[] LIVENESS = LivenessDecision.values();
    private static final PathDecision[] PATHS = PathDecision.values();
    private static final FallbackReason[] FALLBACKS = FallbackReason.values();
    private static final int FIRST_LIVENESS = 1 + SCHEDULING.length;
    private static final int FIRST_PATH = FIRST_LIVENESS + LIVENESS.length;
    private static final int FIRST_FALLBACK = FIRST_PATH + PATHS.length;

    /** Notes that fit a segment's long. */
    static final int NOTES = 3;

    private static final int CODE_BITS = 7;
    private static final int CODE_MASK = (1 << CODE_BITS) - 1;
    private static final int NOTE_BITS = 19;
    private static final int NOTE_MASK = (1 << NOTE_BITS) - 1;
    /** Subflows' numbers wrap here; 0 stands for none. */
    private static final int NUMBERS = (1 << (NOTE_BITS - CODE_BITS)) - 1;

    private MptcpReason() {}

    /** The code of a packet scheduler's decision, 1 or more. */
    static int of(SchedulingDecision decision) {
        return 1 + decision.ordinal();
    }

    /** The code of a decision about a silent path. */
    static int of(LivenessDecision decision) {
        return FIRST_LIVENESS + decision.ordinal();
    }

    /** The code of a path manager's decision. */
    static int of(PathDecision decision) {
        return FIRST_PATH + decision.ordinal();
    }

    /** The code of a fallback. */
    static int of(FallbackReason reason) {
        return FIRST_FALLBACK + reason.ordinal();
    }

    /** A note of this code, about the subflow of this number; -1 = about none. Never 0. */
    static int note(int code, int subflow) {
        return (subflow < 0 ? 0 : 1 + subflow % NUMBERS) << CODE_BITS | code;
    }

    /** What a segment carries, with a note more, the {@code index}th. */
    static long with(long reasons, int index, int note) {
        return reasons | (long) note << (CODE_BITS + index * NOTE_BITS);
    }

    /**
     * All that a segment carries, in a few words to stand behind TCP's: a comma and why it was sent where it was, then, each behind a
     * semicolon, what was decided before. The same for the same codes.
     *
     * @param reasons {@link dev.braid.stack.tcp.DecisionTrace#upperReasons}; codes that are none are left out
     */
    public static String words(long reasons) {
        String own = words((int) reasons & CODE_MASK);
        String all = own.isEmpty() ? "" : ", " + own;
        for (int i = 0; i < NOTES; i++) {
            int note = (int) (reasons >>> (CODE_BITS + i * NOTE_BITS)) & NOTE_MASK;
            String decided = words(note & CODE_MASK);
            if (!decided.isEmpty()) {
                int number = note >>> CODE_BITS;
                all += (number == 0 ? "; " : "; subflow " + (number - 1) + " ") + decided;
            }
        }
        return all;
    }

    private static String words(int code) {
        if (code < 1 || code >= FIRST_FALLBACK + FALLBACKS.length) {
            return "";
        }
        if (code >= FIRST_FALLBACK) {
            return words(FALLBACKS[code - FIRST_FALLBACK]);
        }
        if (code >= FIRST_PATH) {
            return words(PATHS[code - FIRST_PATH]);
        }
        return code >= FIRST_LIVENESS ? words(LIVENESS[code - FIRST_LIVENESS]) : words(SCHEDULING[code - 1]);
    }

    private static String words(SchedulingDecision decision) {
        return switch (decision) {
            case FASTEST -> "fastest path";
            case FASTEST_FULL -> "fastest path full";
            case SHORTEST_QUEUE -> "shortest queue";
            case BACKUP -> "backup";
            case LAST_RESORT -> "no path answers";
            case AGAIN -> "reinjection";
            case WAIT_FASTER -> "waits for the fastest path";
            case SPARED -> "waits: a path that yields is spared";
            case SOUNDING -> "sounding: the window grows only with what comes over this path";
            case WAIT_WINDOW -> "waits: a slow path would block the window";
            case NO_ROOM -> "waits: no path has room";
            case NO_PATH -> "waits: no path";
            case DATA_TIMEOUT -> "no DATA_ACK in time: goes again";
            case PATH_GONE -> "gone: its data goes over others";
        };
    }

    private static String words(LivenessDecision decision) {
        return switch (decision) {
            case SUSPECTED -> "path suspected";
            case COMPARED -> "path compared";
            case CLEARED -> "answered";
            case SILENT -> "is silent";
            case PROBED_AGAIN -> "silent path";
            case RECOVERED -> "answers again";
            case REINJECTED -> "silent: its data goes over others";
            case TOLD_REMOVE_ADDR -> "silent: its address taken back";
            case TOLD_PRIO -> "stands in for a silent path";
            case TOLD_PRIO_BACK -> "a backup again";
            case UNTOLD -> "silent: the peer cannot be told";
        };
    }

    private static String words(PathDecision decision) {
        return switch (decision) {
            case OPENED_FROM_ENDPOINT -> "from an endpoint";
            case OPENED_TO_ANNOUNCED -> "to an announced address";
            case OPENED_FULLMESH -> "for the full mesh";
            case REOPENED -> "opened again";
            case ABANDONED -> "abandoned: no answer";
            case ACCEPTED -> "join accepted";
            case REFUSED_JOIN -> "a join refused";
            case ANNOUNCED -> "address announced";
            case WITHDRAWN -> "address taken back";
            case MADE_BACKUP -> "made a backup";
            case MADE_REGULAR -> "made a regular path";
            case OVERFLOW_BEGUN -> "much is moved: overflow paths carry as well";
            case OVERFLOW_ENDED -> "little is moved: overflow paths wait";
            case MEASURED -> "round trip asked for";
            case DOUBTED -> "doubted";
            case CLOSED_LOCAL_GONE -> "closed: its address is gone";
            case CLOSED_REMOTE_GONE -> "closed: the peer took its address back";
            case REFUSED_SUBFLOW_LIMIT -> "a subflow not opened: limit";
            case REFUSED_ADDRESS_LIMIT -> "an announced address not used: limit";
            case REFUSED_FAMILY -> "an announced address not used: family";
        };
    }

    private static String words(FallbackReason reason) {
        return switch (reason) {
            case NOT_CAPABLE -> "fallback: SYN/ACK without MP_CAPABLE";
            case NO_CAPABLE_ACK -> "fallback: third ACK without MP_CAPABLE";
            case NO_CAPABLE_DATA -> "fallback: first data without mapping";
            case SYN_UNANSWERED -> "fallback: SYNs with MP_CAPABLE unanswered";
            case BLACK_HOLE -> "fallback: known black hole";
            case NO_TOKEN -> "fallback: no token";
            case SIMULTANEOUS_OPEN -> "fallback: simultaneous open";
            case NO_DSS -> "fallback: options stripped";
            case DSS_CORRUPTION -> "fallback: wrong mapping";
            case CHECKSUM -> "fallback: wrong checksum";
            case MP_FAIL -> "fallback: MP_FAIL";
            case INFINITE_MAPPING -> "fallback: infinite mapping";
        };
    }
}
