package dev.braid.stack.tcp;

/**
 * What is lost: by duplicate acknowledgements (RFC 5681, RFC 6582) and, with SACK, by what lies above a hole (RFC 6675). It
 * marks records of the {@link SentQueue}; how much may be sent and when is decided elsewhere.
 */
final class LossDetection {
    /** Duplicate acknowledgements that mean loss. */
    static final int DUP_THRESH = 3;

    /** {@link #onAck}: recovery began. */
    static final int STARTED = 1;
    /** {@link #onAck}: recovery, by fast retransmit or by timeout, is complete. */
    static final int ENDED = 2;

    private int dupAcks;
    /** RFC 6582's {@code recover}: the position behind all that was sent when recovery began. */
    private long recoveryPoint = Long.MIN_VALUE;

    private boolean inRecovery;
    private boolean inLoss;

    /** Fast recovery is under way. */
    boolean inRecovery() {
        return inRecovery;
    }

    /** Duplicates have come, but too few to mean loss: Linux's state Disorder. */
    boolean inDisorder() {
        return dupAcks > 0 && !inRecovery && !inLoss;
    }

    /** What was outstanding at the last timeout is not acknowledged yet. */
    boolean inLoss() {
        return inLoss;
    }

    /** Bytes believed to be in the network; without SACK each duplicate means a segment that left it. */
    long inflight(SentQueue sent, boolean sack, int mss) {
        long pipe = sent.pipe();
        return sack || dupAcks == 0 ? pipe : Math.max(0, pipe - (long) dupAcks * mss);
    }

    /**
     * Without SACK: how many of the bytes that an ACK moves over duplicates had told of. Each told of a segment's, and the one that
     * was missing is not among them.
     */
    int duplicateBytes(int acked, int mss) {
        return Math.clamp((long) dupAcks * mss, 0, Math.max(0, acked - mss));
    }

    /**
     * An acceptable ACK was entered into the queue.
     *
     * @param acked sequence numbers it moved over
     * @param sacked sequence numbers SACKed for the first time
     * @param duplicate it counts as a duplicate (RFC 5681 section 2)
     * @return bits {@link #STARTED} and {@link #ENDED}
     */
    int onAck(SentQueue sent, boolean sack, int acked, int sacked, boolean duplicate, int mss) {
        int events = 0;
        if (acked > 0) {
            events = onProgress(sent, sack, acked, mss);
        } else if (duplicate && !inLoss && (!sack || sacked > 0)) {
            // RFC 6675 section 2: with SACK a duplicate is one that "identifies previously unacknowledged and un-SACKed octets".
            dupAcks++;
        }
        boolean found = false;
        if (sack && (sacked > 0 || (inRecovery && acked > 0))) {
            found = sent.markLost(mss) > 0;
        }
        if (!inRecovery && !inLoss && (found || dupAcks >= DUP_THRESH) && mayStart(sent, sack)) {
            inRecovery = true;
            recoveryPoint = sent.end();
            sent.markOldestLost(mss);
            events |= STARTED;
        }
        return events;
    }

    /**
     * RFC 6582 section 3.2 step 2: without SACK, duplicates for what was sent before the last recovery may come from needless
     * retransmissions.
     */
    private boolean mayStart(SentQueue sent, boolean sack) {
        return !sent.isEmpty() && (sack ? sent.start() >= recoveryPoint : sent.start() > recoveryPoint);
    }

    private int onProgress(SentQueue sent, boolean sack, int acked, int mss) {
        if (!inRecovery && !inLoss) {
            dupAcks = 0;
            return 0;
        }
        if (sent.start() >= recoveryPoint) {
            inRecovery = false;
            inLoss = false;
            dupAcks = 0;
            return ENDED;
        }
        if (inRecovery && !sack) {
            // A partial ACK covers the retransmission and segments that duplicates had counted already; what it stops at
            // is lost too (RFC 6582 section 3.2 step 3).
            dupAcks = Math.max(0, dupAcks - Math.max(0, acked / mss - 1));
            sent.markOldestLost(mss);
        }
        return 0;
    }

    /** The retransmission timer expired: all that is not SACKed counts as lost (RFC 6675 section 5.1). */
    void onTimeout(SentQueue sent) {
        sent.markAllLost();
        recoveryPoint = sent.end();
        inLoss = true;
        inRecovery = false;
        dupAcks = 0;
    }
}
