package dev.braid.stack.tcp;

import java.util.function.IntPredicate;

/**
 * Ephemeral ports that an attacker cannot guess and that do not come back soon: a keyed hash of the destination says where to
 * start, one of several counters how far it has come, a random increment hides how many connections there were (RFC 6056 §3.3.4,
 * §3.3.5).
 */
public final class PortAllocator {
    /** {@link #allocate} found every port in use. */
    public static final int NONE = -1;

    /**
     * With the two halves of a secret key and the range.
     *
     * @param first the lowest port, at least 1
     * @param last the highest port, at most 65535
     */
    public PortAllocator(long key0, long key1, int first, int last) {
        throw new UnsupportedOperationException("" + key0 + key1 + first + last);
    }

    /**
     * A local port for a connection to this destination, or {@link #NONE}.
     *
     * @param random fresh entropy
     * @param inUse whether a port cannot be had for this destination; asked for each port at most once
     */
    public int allocate(
            int scope,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int remotePort,
            long random,
            IntPredicate inUse) {
        throw new UnsupportedOperationException(
                "" + scope + localHi + localLo + remoteHi + remoteLo + remotePort + random + inUse);
    }
}
