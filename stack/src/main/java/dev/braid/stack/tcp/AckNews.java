package dev.braid.stack.tcp;

/**
 * What one acknowledgment delivered, cumulatively or by SACK blocks, as {@link SentQueue} enters it: the facts that the round trip
 * ({@link RttEstimator}) and loss ({@link Rack}) are measured by. Nanoseconds and positions; core thread only.
 */
public final class AckNews {
    /** Nothing of the kind was delivered. */
    public static final long NO_SAMPLE = Long.MIN_VALUE;
    /** {@link #reorderedFrom()}: nothing arrived behind what was sent after it. */
    public static final long NOT_REORDERED = Long.MAX_VALUE;

    private long deliveredBytes;
    private long originalSentNs = NO_SAMPLE;
    private long originalEnd;
    private long originalFrom = Long.MAX_VALUE;
    private long repairSentNs = NO_SAMPLE;
    private long certainRepairSentNs = NO_SAMPLE;
    private long certainRepairEnd;
    private long certainUpToNs = Long.MAX_VALUE;
    private long impossibleAfterNs = Long.MAX_VALUE;
    private long highestBefore = -1;
    private long reorderedFrom = NOT_REORDERED;

    AckNews() {}

    /** The next acknowledgment comes; {@code highestSacked} is the position behind all that was SACKed before it. */
    void begin(long highestSacked) {
        deliveredBytes = 0;
        originalSentNs = NO_SAMPLE;
        originalEnd = Long.MIN_VALUE;
        originalFrom = Long.MAX_VALUE;
        repairSentNs = NO_SAMPLE;
        certainRepairSentNs = NO_SAMPLE;
        certainUpToNs = Long.MAX_VALUE;
        impossibleAfterNs = Long.MAX_VALUE;
        reorderedFrom = NOT_REORDERED;
        highestBefore = highestSacked;
    }

    /**
     * Which repairs may be what the acknowledgment is about (RFC 8985 section 6.2, step 2). Before anything is delivered.
     *
     * @param certainUpTo those sent later are not trusted to be: the first transmission may have arrived late
     * @param impossibleAfter those sent later are certainly not: it did
     */
    void repairs(long certainUpTo, long impossibleAfter) {
        certainUpToNs = certainUpTo;
        impossibleAfterNs = impossibleAfter;
    }

    /** The first {@code count} sequence numbers of a record arrived. */
    void onDelivered(SentSegment record, int count) {
        deliveredBytes += count;
        if (record.retransmits == 0) {
            originalSentNs = Math.max(originalSentNs, record.sentNs);
            originalFrom = Math.min(originalFrom, record.start);
            long behind = record.start + count;
            originalEnd = Math.max(originalEnd, behind);
            onOriginalArrived(record, behind);
        } else {
            onRepairDelivered(record, count);
        }
    }

    private void onOriginalArrived(SentSegment record, long behind) {
        if (behind < highestBefore) {
            reorderedFrom = Math.min(reorderedFrom, record.start);
        }
    }

    private void onRepairDelivered(SentSegment record, int count) {
        repairSentNs = Math.max(repairSentNs, record.sentNs);
        if (record.sentNs > impossibleAfterNs && record.retransmits == 1) {
            onOriginalArrived(record, record.start + count);
        }
        if (record.sentNs <= certainUpToNs && record.sentNs >= certainRepairSentNs) {
            long behind = record.start + count;
            certainRepairEnd = record.sentNs > certainRepairSentNs ? behind : Math.max(certainRepairEnd, behind);
            certainRepairSentNs = record.sentNs;
        }
    }

    /** Sequence numbers acknowledged or SACKed for the first time. */
    public long deliveredBytes() {
        return deliveredBytes;
    }

    /**
     * When the latest segment was sent of those delivered, or {@link #NO_SAMPLE} when one of them was sent again (Karn's algorithm,
     * RFC 6298 section 3): an acknowledgment that a repair set free says nothing about the round trip of the segments behind the
     * repaired one, which waited for it.
     */
    public long rttSentNs() {
        return repairSentNs == NO_SAMPLE ? originalSentNs : NO_SAMPLE;
    }

    /** When the latest segment was sent of those delivered that were sent once, or {@link #NO_SAMPLE}. */
    public long originalSentNs() {
        return originalSentNs;
    }

    /** The position behind it: what is sent once is sent in the order of positions. */
    public long originalEnd() {
        return originalEnd;
    }

    /** The lowest position delivered of what was sent once, or {@link Long#MAX_VALUE}. */
    public long originalFrom() {
        return originalFrom;
    }

    /** When the latest segment was sent again of those delivered that were, or {@link #NO_SAMPLE} when none was. */
    public long repairSentNs() {
        return repairSentNs;
    }

    /** As {@link #repairSentNs()}, of the repairs that were sent early enough to be what is acknowledged. */
    public long certainRepairSentNs() {
        return certainRepairSentNs;
    }

    /** The position behind that repair. */
    public long certainRepairEnd() {
        return certainRepairEnd;
    }

    /**
     * The lowest position of what arrived behind data sent after it, or {@link #NOT_REORDERED} (RFC 8985 section 6.2, step 3). The RFC
     * counts what was sent once. What was sent again as well, just before it came, counts here too: where RACK waits for nothing
     * until it has seen reordering, and the peer has neither timestamps nor DSACK, it would see none for ever.
     */
    public long reorderedFrom() {
        return reorderedFrom;
    }
}
