package dev.braid.stack.mptcp.path;

import java.util.HashMap;
import java.util.Map;

/**
 * Subflows to addresses that the peer took back. "The receipt of REMOVE_ADDR SHOULD first trigger the sending of a TCP keepalive on the
 * path, and if a response is received, the path SHOULD NOT be removed" (RFC 8684 section 3.4.2): nothing new goes over them meanwhile.
 */
final class RemovedAddresses {
    private static final long LEAST_WAIT_NS = 200_000_000L;
    private static final long MOST_WAIT_NS = 3_000_000_000L;

    private final Map<Integer, Long> deadlines = new HashMap<>();

    /** The peer took the address back. */
    void begin(RemoteAddress address, PathView view, PathCommands commands, long nowNs) {
        Survey survey = new Survey(view);
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            if (subflow == null || subflow.remoteId() != address.id()) {
                continue;
            }
            if (subflow.usable()) {
                commands.suspect(number);
                deadlines.put(number, nowNs + Math.clamp(2 * subflow.rtoNs(), LEAST_WAIT_NS, MOST_WAIT_NS));
            } else {
                commands.close(number);
            }
        }
    }

    /** The path lives: whoever took the address back closes it, as it is its responsibility. */
    void answered(int number) {
        deadlines.remove(number);
    }

    void closed(int number) {
        deadlines.remove(number);
    }

    /** Ends what did not answer, "as a courtesy, to allow the cleanup of middlebox state", with a reset. */
    void expire(PathView view, PathCommands commands, long nowNs) {
        if (deadlines.isEmpty()) {
            return;
        }
        Survey survey = new Survey(view);
        for (int number : survey.numbers()) {
            Long deadline = deadlines.get(number);
            if (deadline != null && nowNs >= deadline) {
                deadlines.remove(number);
                commands.reset(number, 0);
                commands.decided(PathDecision.CLOSED_REMOTE_GONE, number);
            }
        }
    }

    long nextDeadlineNs() {
        long next = Long.MAX_VALUE;
        for (long deadline : deadlines.values()) {
            next = Math.min(next, deadline);
        }
        return next;
    }
}
