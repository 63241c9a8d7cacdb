package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;

/**
 * How the sender stands to loss, and which of the rules that mark records of the {@link SentQueue} lost are asked when: RACK (RFC
 * 8985) where the peer sends SACK, RFC 6675 where RACK is switched off, duplicate acknowledgements (RFC 5681, RFC 6582) where
 * there is no SACK. It moves between the {@linkplain RecoveryState five states}; how much may be sent and when is decided
 * elsewhere.
 */
final class LossDetection {
    /** {@link #onAck}: fast recovery began. */
    static final int STARTED = 1;
    /** {@link #onAck}: recovery, by fast retransmit or by timeout, or a reduction for an ECN echo, is complete. */
    static final int ENDED = 2;
    /** {@link #onAck}: beside {@link #STARTED}, the window was not reduced yet for this window of data. */
    static final int REDUCE = 4;

    /** {@link TcpConfig#recovery}: what is lost is told by time. */
    static final int USE_RACK = 1;
    /** {@link TcpConfig#recovery}: the reordering window does not grow with DSACKs. */
    static final int STATIC_WINDOW = 2;
    /** {@link TcpConfig#recovery}: many SACKed packets do not cut the reordering window short. */
    static final int NO_DUP_THRESH = 4;

    /** State of RFC 8985's recent acknowledgment. */
    final Rack rack = new Rack();

    private final TcpConfig config;
    private final RttEstimator rtt;
    private RecoveryState state = RecoveryState.OPEN;
    private int dupAcks;
    /** RFC 6582's {@code recover}: the position behind all that was sent when recovery began. */
    private long recoveryPoint = Long.MIN_VALUE;
    /** Packets by which this path was seen to reorder, at least DupThresh: Linux's {@code tp->reordering}. */
    private int reordering;

    private long reorderNs = Deadlines.NONE;

    LossDetection(TcpConfig config, RttEstimator rtt) {
        this.config = config;
        this.rtt = rtt;
    }

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

    /** Duplicates or SACK blocks have come, but too few to mean loss. */
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

    /** DupThresh: how many duplicates, or packets SACKed above a hole, mean loss; more where the path reorders. */
    int dupThresh() {
        return Math.max(reordering, config.reordering);
    }

    /** Whether the path was seen to reorder by more than the configured DupThresh. */
    boolean reorders() {
        return reordering > config.reordering;
    }

    /** When what RACK still waits for is lost unless an acknowledgement comes first, or {@link Deadlines#NONE}. */
    long reorderNs() {
        return reorderNs;
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
     * An acceptable ACK, or an old one with SACK blocks, was entered into the queue.
     *
     * @param acked sequence numbers it moved over
     * @param sacked sequence numbers SACKed for the first time
     * @param duplicate it counts as a duplicate (RFC 5681 section 2)
     * @param nowNs when it arrived
     * @return bits {@link #STARTED}, {@link #ENDED}, {@link #REDUCE}
     */
    int onAck(SentQueue sent, boolean sack, int acked, int sacked, boolean duplicate, int mss, long nowNs) {
        AckNews news = sent.news;
        if (news.deliveredBytes() > 0) {
            advanceRack(sent, mss, nowNs);
        }
        if (state == RecoveryState.OPEN && !duplicate && sacked == 0 && sent.sackedBytes() == 0
                && sent.lostBytes() == 0) {
            // Nothing to judge: all that was sent before what arrived has arrived too, unless it was sent again.
            dupAcks = 0;
            if (!sent.hasRepairs()) {
                return 0;
            }
        }
        int events = acked > 0 ? onProgress(sent, sack, acked, mss) : 0;
        if (acked == 0 && duplicate && (sack ? sacked > 0 && !inLoss() : mayCount(sent))) {
            // RFC 6675 section 2: with SACK a duplicate is one that "identifies previously unacknowledged and un-SACKed octets".
            dupAcks++;
        }
        mark(sent, sack, acked, sacked, mss, nowNs);
        return events | settle(sent);
    }

    /** Without SACK: after a timeout, duplicates tell of segments only where new data left since (RFC 5682 section 2.1 step 3a). */
    private boolean mayCount(SentQueue sent) {
        return !inLoss() || sent.end() > recoveryPoint;
    }

    /** RFC 8985 section 6.2, steps 2 to 4. */
    private void advanceRack(SentQueue sent, int mss, long nowNs) {
        AckNews news = sent.news;
        long originalNs = news.originalSentNs();
        long repairNs = news.certainRepairSentNs();
        if (repairNs == AckNews.NO_SAMPLE) {
            if (originalNs != AckNews.NO_SAMPLE) {
                rack.onDelivered(originalNs, news.originalEnd(), nowNs - originalNs);
            }
        } else if (originalNs == AckNews.NO_SAMPLE || news.originalEnd() < news.certainRepairEnd()) {
            rack.onDelivered(repairNs, news.certainRepairEnd(), nowNs - repairNs);
        } else {
            // A repair that frees data behind it: the round trip is that of the data behind, as in Linux, not the repair's shorter
            // one, by which what else was sent once would be overdue at once.
            rack.onDelivered(repairNs, news.certainRepairEnd(), nowNs - repairNs);
            rack.onDelivered(originalNs, news.originalEnd(), nowNs - originalNs);
        }
        if (news.reorderedFrom() != AckNews.NOT_REORDERED) {
            rack.onReordering();
            long distance = (sent.highestSacked() - news.reorderedFrom() + mss - 1) / mss;
            reordering = (int) Math.min(Math.max(reordering, distance), config.maxReordering);
        }
    }

    /** A DSACK tells of a retransmission that was not needed (RFC 2883): perhaps the reordering window is too small. */
    void onDsack(SentQueue sent) {
        if ((config.recovery & STATIC_WINDOW) == 0) {
            rack.onDsack(sent.start(), sent.end());
        }
    }

    private boolean usesRack(boolean sack) {
        return sack && (config.recovery & USE_RACK) != 0;
    }

    private void mark(SentQueue sent, boolean sack, int acked, int sacked, int mss, long nowNs) {
        if (usesRack(sack)) {
            reorderNs = sent.pipe() == 0 ? Deadlines.NONE : LossMarking.byTime(sent, rack, windowNs(sent), nowNs);
        } else if (sack) {
            boolean news = sacked > 0 || (inRecovery() && acked > 0);
            int found = news ? LossMarking.bySack(sent, dupThresh(), mss) : 0;
            if (found == 0 && dupAcks >= dupThresh() && !inRecovery() && !inLoss()) {
                sent.markOldestLost(mss);
            }
        } else if (!inRecovery() && !inLoss() && dupAcks >= dupThresh() && sent.start() > recoveryPoint) {
            // RFC 6582 section 3.2 step 2: duplicates for what was sent before the last recovery may come from needless
            // retransmissions.
            sent.markOldestLost(mss);
        }
    }

    private long windowNs(SentQueue sent) {
        boolean recovering = inRecovery() || inLoss();
        boolean many = sent.sackedPackets() >= dupThresh() && (config.recovery & NO_DUP_THRESH) == 0;
        return rack.reorderingWindowNs(recovering || many, rtt.minRttNs(), rtt.srttNs());
    }

    /** Enters recovery when something is lost; otherwise tells order from disorder. */
    private int settle(SentQueue sent) {
        if (inRecovery() || inLoss()) {
            return 0;
        }
        if (sent.lostBytes() > 0) {
            int events = isCalm() ? STARTED | REDUCE : STARTED;
            state = RecoveryState.RECOVERY;
            recoveryPoint = sent.end();
            return events;
        }
        if (isCalm()) {
            state = sent.sackedBytes() > 0 || dupAcks > 0 ? RecoveryState.DISORDER : RecoveryState.OPEN;
        }
        return 0;
    }

    private int onProgress(SentQueue sent, boolean sack, int acked, int mss) {
        if (isCalm()) {
            dupAcks = 0;
            return 0;
        }
        if (state == RecoveryState.CWR) {
            dupAcks = 0;
        }
        // The data that says CWR lies behind that point: until it is acknowledged the peer may still echo.
        boolean over = state == RecoveryState.CWR ? sent.start() > recoveryPoint : sent.start() >= recoveryPoint;
        if (over) {
            if (state != RecoveryState.CWR) {
                rack.onRecoveryEnd();
            }
            state = RecoveryState.OPEN;
            dupAcks = 0;
            return ENDED;
        }
        if (state == RecoveryState.CWR || state == RecoveryState.LOSS) {
            dupAcks = 0;
        } else if (inRecovery() && !sack) {
            // A partial ACK covers the retransmission and segments that duplicates had counted already; what it stops at
            // is lost too (RFC 6582 section 3.2 step 3).
            dupAcks = Math.max(0, dupAcks - Math.max(0, acked / mss - 1));
            sent.markOldestLost(mss);
        }
        return 0;
    }

    /**
     * RACK's reordering timer expired (RFC 8985 section 6.2, step 5).
     *
     * @return as {@link #onAck}
     */
    int onReorderingTimeout(SentQueue sent, long nowNs) {
        reorderNs = LossMarking.byTime(sent, rack, windowNs(sent), nowNs);
        return settle(sent);
    }

    /**
     * The retransmission timer expired: the oldest segment is lost, and what RACK does not expect to hear of any more (RFC 8985
     * section 6.3); without RACK all that is not SACKed (RFC 6675 section 5.1).
     */
    void onTimeout(SentQueue sent, boolean sack, long nowNs) {
        if (usesRack(sack)) {
            LossMarking.onTimeout(sent, rack.rttNs() > 0 ? rack.rttNs() : rtt.srttNs(), nowNs);
        } else {
            sent.markAllLost();
        }
        sent.takeNewlyLost(); // no acknowledgment's news
        recoveryPoint = sent.end();
        state = RecoveryState.LOSS;
        dupAcks = 0;
        reorderNs = Deadlines.NONE;
    }

    /** The path takes smaller packets only: all that is in flight goes again, and congestion is not to blame. */
    void onMtuReduced(SentQueue sent) {
        sent.markAllLost();
        sent.takeNewlyLost();
        recoveryPoint = sent.end();
        state = RecoveryState.LOSS;
        reorderNs = Deadlines.NONE;
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
     * @param sack SACK is in use; without it, duplicates that needless repairs bring must not start the next recovery (RFC 6582
     *     section 3.2 step 2), so that the recovery point stands
     * @param unmark what was marked lost and not sent again yet is in the network after all
     */
    void undo(SentQueue sent, boolean sack, boolean unmark) {
        if (unmark) {
            sent.forgetLosses();
        }
        recoveryPoint = sack ? Long.MIN_VALUE : recoveryPoint;
        state = sent.sackedBytes() > 0 ? RecoveryState.DISORDER : RecoveryState.OPEN;
        dupAcks = 0;
    }
}
