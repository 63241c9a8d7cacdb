package dev.braid.stack.tcp;

import dev.braid.fastpath.device.Deadlines;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which records of a {@link SentQueue} are believed lost. An acknowledgment costs what it makes lost, not the length
 * of the queue: both rules remember up to where nothing is left to judge.
 */
final class LossMarking {
    /** How far the last segment sent before another is looked for among those that are settled. */
    private static final int LOOK_BACK = 8;

    private LossMarking() {}

    /**
     * RFC 6675's IsLost, for connections without RACK: what has {@code dupThresh} SACKed sequences, or more than
     * {@code dupThresh - 1} segments' bytes of them, above it and was not sent again.
     *
     * @param mss the sender's maximum segment size
     * @return sequence numbers that became lost
     */
    static int bySack(SentQueue queue, int dupThresh, int mss) {
        if (queue.sackedBytes() == 0) {
            return 0;
        }
        int index = queue.find(queue.highestSacked() - 1);
        int sequences = 0;
        for (long above = 0; index >= 0; index--) {
            SentSegment record = queue.record(index);
            if (record.sacked) {
                above += record.length();
                sequences++;
                if (sequences >= dupThresh || above > (dupThresh - 1L) * mss) {
                    break;
                }
            }
        }
        int newly = 0;
        long judged = queue.judged;
        long judgedTo = index < 0 ? judged : queue.record(index).start;
        for (int i = index - 1; i >= 0 && queue.record(i).end() > judged; i--) {
            SentSegment record = queue.record(i);
            if (!record.sacked && !record.lost && record.retransmits == 0) {
                newly += queue.lose(record);
            }
        }
        queue.judged = Math.max(judged, judgedTo);
        return newly;
    }

    /**
     * RACK_detect_loss (RFC 8985 section 6.2, step 5): what was sent before {@link Rack}'s segment, and longer ago than its round
     * trip and the reordering window.
     *
     * @return when the rest of what was sent before that segment will be lost, or {@link Deadlines#NONE}
     */
    static long byTime(SentQueue queue, Rack rack, long reorderingWindowNs, long nowNs) {
        long sentUpToNs = nowNs - rack.rttNs() - reorderingWindowNs;
        long latest = originals(queue, rack, sentUpToNs);
        latest = Math.max(latest, resent(queue, rack, sentUpToNs));
        return latest == Long.MIN_VALUE ? Deadlines.NONE : latest + rack.rttNs() + reorderingWindowNs;
    }

    /** What was sent once lies in the order of its positions. Returns when the last one was sent that has to wait. */
    private static long originals(SentQueue queue, Rack rack, long sentUpToNs) {
        int count = queue.records();
        int index = Math.max(0, queue.find(queue.judged));
        while (index < count) {
            SentSegment record = queue.record(index);
            if (isOriginal(record)) {
                if (record.sentNs > sentUpToNs || !rack.sentAfter(record.sentNs, record.end())) {
                    break;
                }
                queue.lose(record);
            }
            index++;
        }
        if (index == count) {
            queue.judged = queue.end();
            return Long.MIN_VALUE;
        }
        SentSegment waiting = queue.record(index);
        queue.judged = waiting.start;
        if (!rack.sentAfter(waiting.sentNs, waiting.end())) {
            return Long.MIN_VALUE;
        }
        int last = lastSentBefore(queue, rack, index);
        int leastLooked = Math.max(index, last - LOOK_BACK);
        for (int i = last; i > leastLooked; i--) {
            if (isOriginal(queue.record(i))) {
                return queue.record(i).sentNs;
            }
        }
        // Where so many settled ones lie in a row, the wait is at most that for the next of them.
        SentSegment bound = queue.record(leastLooked);
        return isOriginal(bound) ? bound.sentNs : bound.firstSentNs;
    }

    private static boolean isOriginal(SentSegment record) {
        return !record.sacked && !record.lost && record.retransmits == 0;
    }

    /** The last record, from {@code index} on, whose first transmission was before that of RACK's segment. */
    private static int lastSentBefore(SentQueue queue, Rack rack, int index) {
        int low = index;
        int high = queue.records() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            SentSegment record = queue.record(middle);
            if (rack.sentAfter(record.firstSentNs, record.end())) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** What was sent again, by the list of that. */
    private static long resent(SentQueue queue, Rack rack, long sentUpToNs) {
        @Nullable SentSegment record = queue.resent().first();
        while (record != null && rack.sentAfter(record.sentNs, record.end())) {
            if (record.sentNs > sentUpToNs) {
                // The others before RACK's segment wait no longer than if they had left with it.
                return record.laterResent == null ? record.sentNs : Math.max(record.sentNs, rack.sentNs());
            }
            SentSegment next = record.laterResent;
            queue.lose(record);
            record = next;
        }
        return Long.MIN_VALUE;
    }

    /**
     * RACK_mark_losses_on_RTO (RFC 8985 section 6.3): the first segment is lost, of the others those sent longer ago than the recent
     * round trip.
     *
     * @param rttNs the recent round trip
     */
    static void onTimeout(SentQueue queue, long rttNs, long nowNs) {
        boolean first = true;
        for (int i = 0; i < queue.records(); i++) {
            SentSegment record = queue.record(i);
            if (record.sacked) {
                continue;
            }
            if (!record.lost && (first || record.sentNs + rttNs <= nowNs)) {
                queue.lose(record);
            }
            first = false;
        }
    }
}
