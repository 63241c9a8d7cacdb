package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Which subflows come into question: regular ones; backups "only if there are no regular subflows available" (RFC 8684 section 3.3.8);
 * silent ones only while there is nothing else.
 */
enum Eligible {
    REGULAR,
    BACKUP,
    SILENT,
    NONE;

    /** The best class that any subflow of the connection but {@code but} belongs to. */
    static Eligible of(ConnectionView connection, @Nullable SubflowView but) {
        Eligible best = NONE;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (!next.equals(but)) {
                Eligible standing = of(next);
                best = standing.ordinal() < best.ordinal() ? standing : best;
            }
        }
        return best;
    }

    /** Whether one of two of the same class gets data first if both have room: the shorter round trip, if not just one of them yields. */
    static boolean goesBefore(SubflowView one, @Nullable SubflowView other) {
        if (other == null || one.yields() != other.yields()) {
            return other == null || other.yields();
        }
        // Equal ones stay in the order of their numbers.
        return one.srttNs() < other.srttNs();
    }

    /** The class that a subflow belongs to. */
    static Eligible of(SubflowView subflow) {
        if (!subflow.usable()) {
            return NONE;
        }
        if (subflow.stale()) {
            return SILENT;
        }
        return subflow.backup() ? BACKUP : REGULAR;
    }
}
