package dev.braid.stack.tcp;

/**
 * What is lost, and how the sender stands to it: by duplicate acknowledgements (RFC 5681, RFC 6582) and, with SACK, by what lies
 * above a hole (RFC 6675). It marks records of the {@link SentQueue} and moves between the {@linkplain RecoveryState five
 * states}; how much may be sent and when is decided elsewhere.
 */
final class LossDetection {
    /** Duplicate acknowledgements that mean loss. */
    static final int DUP_THRESH = 3;

    /** {@link #onAck}: fast recovery began. */
    static final int STARTED = 1;
    /** {@link #onAck}: recovery, by fast retransmit or by timeout, or a reduction for an ECN echo, is complete. */
    static final int ENDED = 2;
    /** {@link #onAck}: beside {@link #STARTED}, the window was not reduced yet for this window of data. */
    static final int REDUCE = 4;

    private RecoveryState state = RecoveryState.OPEN;
    private int dupAcks;
    /** RFC 6582's {@code recover}: the position behind all that was sent when recovery began. */
    private long recoveryPoint = Long.MIN_VALUE;

    /** How the sender stands to loss now. */
    RecoveryState state() {
        return state;
    }

    /** The position behind all that was sent when the present or last reduction of the window began: RFC 6582's recover. */
    long recoveryPoint() {
        return recoveryPoint;
    }

    /** Fast recovery is under way. */
    boolean inRecovery() {
        return state == RecoveryState.RECOVERY;
    }

    /** Duplicates have come, but too few to mean loss. */
    boolean inDisorder() {
        return state == RecoveryState.DISORDER;
    }

    /** What was outstanding at the last timeout is not acknowledged yet. */
    boolean inLoss() {
        return state == RecoveryState.LOSS;
    }

    /** Neither loss nor a reduction is being dealt with. */
    boolean isCalm() {
        return state == RecoveryState.OPEN || state == RecoveryState.DISORDER;
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
     * @return bits {@link #STARTED}, {@link #ENDED}, {@link #REDUCE}
     */
    int onAck(SentQueue sent, boolean sack, int acked, int sacked, boolean duplicate, int mss) {
        int events = 0;
        if (acked > 0) {
            events = onProgress(sent, sack, acked, mss);
        } else if (duplicate && !inLoss() && (!sack || sacked > 0)) {
            // RFC 6675 section 2: with SACK a duplicate is one that "identifies previously unacknowledged and un-SACKed octets".
            dupAcks++;
            state = state == RecoveryState.OPEN ? RecoveryState.DISORDER : state;
        }
        boolean found = false;
        if (sack && (sacked > 0 || (inRecovery() && acked > 0))) {
            found = sent.markLost(mss) > 0;
        }
        if (!inRecovery() && !inLoss() && (found || dupAcks >= DUP_THRESH) && mayStart(sent, sack)) {
            events |= isCalm() ? STARTED | REDUCE : STARTED;
            state = RecoveryState.RECOVERY;
            recoveryPoint = sent.end();
            sent.markOldestLost(mss);
        }
        return events;
    }

    /**
     * RFC 6582 section 3.2 step 2: without SACK, duplicates for what was sent before the last recovery may come from needless
     * retransmissions.
     */
    private boolean mayStart(SentQueue sent, boolean sack) {
        if (sent.isEmpty() || state == RecoveryState.CWR) {
            return !sent.isEmpty();
        }
        return sack ? sent.start() >= recoveryPoint : sent.start() > recoveryPoint;
    }

    private int onProgress(SentQueue sent, boolean sack, int acked, int mss) {
        if (isCalm()) {
            dupAcks = 0;
            state = RecoveryState.OPEN;
            return 0;
        }
        if (state == RecoveryState.CWR) {
            dupAcks = 0;
        }
        // The data that says CWR lies behind that point: until it is acknowledged the peer may still echo.
        boolean over = state == RecoveryState.CWR ? sent.start() > recoveryPoint : sent.start() >= recoveryPoint;
        if (over) {
            state = RecoveryState.OPEN;
            dupAcks = 0;
            return ENDED;
        }
        if (inRecovery() && !sack) {
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
        state = RecoveryState.LOSS;
        dupAcks = 0;
    }

    /**
     * The peer echoes a congestion mark (RFC 3168 section 6.1.2), or a local queue dropped what was sent.
     *
     * @return whether the window is to be reduced: once per window of data, and not while a loss is answered
     */
    boolean onEcnEcho(SentQueue sent) {
        // An echo up to the last reduction's end comes from before the peer could see CWR.
        if (!isCalm() || sent.start() <= recoveryPoint) {
            return false;
        }
        state = RecoveryState.CWR;
        recoveryPoint = sent.end();
        return true;
    }

    /**
     * The present recovery turned out to be needless (RFC 3522, RFC 5682, RFC 2883): it is over.
     *
     * @param unmark what was marked lost and not sent again yet is in the network after all
     */
    void undo(SentQueue sent, boolean unmark) {
        if (unmark) {
            sent.forgetLosses();
        }
        state = sent.sackedBytes() > 0 ? RecoveryState.DISORDER : RecoveryState.OPEN;
        dupAcks = 0;
    }
}
