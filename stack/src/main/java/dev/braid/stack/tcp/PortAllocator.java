package dev.braid.stack.tcp;

import dev.braid.fastpath.flow.SipHash;
import java.util.function.IntPredicate;

/**
 * Ephemeral ports that an attacker cannot guess and that do not come back soon: a keyed hash of the destination says where to
 * start, one of several counters how far it has come (RFC 6056 §3.3.4), and a random increment hides how many connections there
 * were (§3.3.5).
 *
 * <p>Chosen over plain random ports, which reuse a port by accident while the peer still has it in TIME-WAIT.
 */
public final class PortAllocator {
    /** {@link #allocate} found every port in use. */
    public static final int NONE = -1;

    /** How many counters the destinations share. */
    private static final int COUNTERS = 256;
    /** The largest step between two ports of one destination: RFC 6056's N, small so that ports come back late. */
    private static final int MAX_STEP = 8;

    private final SipHash hash;
    private int first;
    private int count;
    private final int[] counters = new int[COUNTERS];

    /**
     * With the two halves of a secret key and the range.
     *
     * @param first the lowest port, at least 1
     * @param last the highest port, at most 65535
     */
    public PortAllocator(long key0, long key1, int first, int last) {
        this.hash = SipHash.sip24(key0, key1);
        range(first, last);
        for (int i = 0; i < COUNTERS; i++) {
            counters[i] = (int) Long.remainderUnsigned(hash.begin().add(i).finish(), count);
        }
    }

    /** Allocates from another range from now on; the bounds as for the constructor. */
    void range(int first, int last) {
        if (first < 1 || last > 0xffff || first > last) {
            throw new IllegalArgumentException("ephemeral ports " + first + ".." + last);
        }
        this.first = first;
        this.count = last - first + 1;
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
        long keyed = TupleHash.of(hash, scope, localHi, localLo, 0, remoteHi, remoteLo, remotePort);
        int counter = (int) (keyed >>> (Long.SIZE - 8));
        int start = (int) ((keyed & Integer.MAX_VALUE) % count);
        int step = 1 + (int) Long.remainderUnsigned(random, MAX_STEP);
        int from = (counters[counter] + step) % count;
        for (int tried = 0; tried < count; tried++) {
            int port = first + (start + from + tried) % count;
            if (!inUse.test(port)) {
                counters[counter] = (from + tried) % count;
                return port;
            }
        }
        return NONE;
    }
}
