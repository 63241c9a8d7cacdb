package dev.braid.stack.mptcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of a connection's subflows has which data in flight, that is: was given it, and its peer has not acknowledged it there. Positions
 * are those of the connection's stream. Core thread only.
 */
final class Carriers {
    private final List<Subflow> subflows;

    /** Of the subflows that are in this list, now and later. */
    Carriers(List<Subflow> subflows) {
        this.subflows = subflows;
    }

    /** Who has the byte in flight, somebody that still hears from its peer where there is one; {@code null} = nobody. */
    @Nullable
    Subflow of(long position) {
        Subflow silent = null;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable() && subflow.mappings.inFlightUpTo(position) > position) {
                if (!subflow.timedOut()) {
                    return subflow;
                }
                silent = subflow;
            }
        }
        return silent;
    }

    /** How far another subflow that answers has in flight what begins there; {@code position} itself when none does. */
    long upTo(long position, Subflow but) {
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (isAnother(subflow, but)) {
                long upTo = subflow.mappings.inFlightUpTo(position);
                if (upTo > position) {
                    return upTo;
                }
            }
        }
        return position;
    }

    /** Where behind {@code start} the next piece begins that another subflow has in flight; {@code end} when none does. */
    long next(long start, long end, Subflow but) {
        long next = end;
        for (int s = 0; s < subflows.size(); s++) {
            if (isAnother(subflows.get(s), but)) {
                SentMappings mappings = subflows.get(s).mappings;
                for (int i = 0; i < mappings.count(); i++) {
                    long position = mappings.position(i);
                    if (position > start && position < next && !mappings.acked(i)) {
                        next = position;
                    }
                }
            }
        }
        return next;
    }

    private static boolean isAnother(Subflow subflow, Subflow but) {
        return subflow != but && subflow.usable() && !subflow.stale;
    }
}
