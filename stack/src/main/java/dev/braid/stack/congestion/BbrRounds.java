package dev.braid.stack.congestion;

/**
 * Counts round trips by packets, not by the clock (draft-ietf-ccwg-bbr section 5.5.1): a round begins with a packet sent and ends
 * when one that was sent after it is acknowledged. Idle time and slow timers so do not age what was measured.
 */
final class BbrRounds {
    private long nextRoundDelivered;
    private long count;
    private boolean started;
    private long sinceProbe;

    void reset() {
        nextRoundDelivered = 0;
        count = 0;
        started = false;
        sinceProbe = 0;
    }

    /**
     * An acknowledgment.
     *
     * @param priorDelivered bytes delivered when the packet it is for was sent
     * @param delivered bytes delivered now
     */
    void onAck(long priorDelivered, long delivered) {
        started = priorDelivered >= nextRoundDelivered;
        if (started) {
            restart(delivered);
            count++;
            sinceProbe++;
        }
    }

    /** What is sent from now on belongs to a new round. */
    void restart(long delivered) {
        nextRoundDelivered = delivered;
    }

    /** The acknowledgment at hand began a round. */
    boolean started() {
        return started;
    }

    /** Rounds since the connection began. */
    long count() {
        return count;
    }

    /** Rounds since the last probe for bandwidth ended, and what {@link #probeEnded} began with. */
    long sinceProbe() {
        return sinceProbe;
    }

    /** A probe for bandwidth ended; the count to the next begins at 0 or 1. */
    void probeEnded(long first) {
        sinceProbe = first;
    }
}
