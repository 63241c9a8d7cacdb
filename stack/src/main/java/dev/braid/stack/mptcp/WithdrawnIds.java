package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import java.util.ArrayList;
import java.util.List;

/**
 * The identifiers that this end took back a moment ago. "A host wishing to replace an existing Address ID MUST first remove the existing
 * one" (RFC 8684 section 3.4.1). A peer that finds REMOVE_ADDR and ADD_ADDR in one segment, or in two in a row, may deal with the
 * announcement first, as Linux does, and then forgets it: so an identifier is free again one round trip after its REMOVE_ADDR went out.
 */
final class WithdrawnIds {
    /** One identifier, until it is free. */
    private static final class Withdrawn {
        final int id;
        boolean said;
        long freeNs = Deadlines.NONE;

        Withdrawn(int id) {
            this.id = id;
        }
    }

    private final List<Withdrawn> withdrawn = new ArrayList<>(0);

    /** It is to be taken back; answers whether that is not waiting to be said already. */
    boolean begin(int id) {
        for (Withdrawn before : withdrawn) {
            if (before.id == id && !before.said) {
                return false;
            }
        }
        withdrawn.removeIf(before -> before.id == id);
        withdrawn.add(new Withdrawn(id));
        return true;
    }

    /** The REMOVE_ADDR with these is on its way, or will never be. */
    void said(int... ids) {
        for (int id : ids) {
            for (Withdrawn of : withdrawn) {
                of.said |= of.id == id;
            }
        }
    }

    /** Whether the identifier must not be announced yet. */
    boolean holds(int id) {
        for (int i = 0; i < withdrawn.size(); i++) {
            if (withdrawn.get(i).id == id) {
                return true;
            }
        }
        return false;
    }

    /** Lets go of those that were said {@code pauseNs} ago. */
    void work(long pauseNs, long nowNs) {
        for (int i = withdrawn.size() - 1; i >= 0; i--) {
            Withdrawn of = withdrawn.get(i);
            if (of.said && of.freeNs == Deadlines.NONE) {
                of.freeNs = nowNs + pauseNs;
            } else if (nowNs >= of.freeNs) {
                withdrawn.remove(i);
            }
        }
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        long next = Deadlines.NONE;
        for (int i = 0; i < withdrawn.size(); i++) {
            next = Math.min(next, withdrawn.get(i).freeNs);
        }
        return next;
    }
}
