package dev.braid.stack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The records that were sent again and are in flight, in the order in which that was. All others of a {@link SentQueue} were sent
 * in the order of their positions, so that this list and the queue together are the queue in order of time: what RFC 8985
 * section 6.2 asks for, at no cost to what is sent once. Links lie in the records; nothing is allocated.
 */
final class ResentList {
    private @Nullable SentSegment first;
    private @Nullable SentSegment last;

    boolean isEmpty() {
        return first == null;
    }

    /** The one sent longest ago, or {@code null}; {@link SentSegment#laterResent} leads on. */
    @Nullable
    SentSegment first() {
        return first;
    }

    /** How many packets they are. */
    int packets() {
        int packets = 0;
        for (SentSegment record = first; record != null; record = record.laterResent) {
            packets += record.packets();
        }
        return packets;
    }

    /** The record was sent just now. */
    void append(SentSegment record) {
        SentSegment before = last;
        record.earlierResent = before;
        record.laterResent = null;
        record.listed = true;
        if (before == null) {
            first = record;
        } else {
            before.laterResent = record;
        }
        last = record;
    }

    /** A part cut off a listed record: sent at the same moment. */
    void insertBehind(SentSegment record, SentSegment rest) {
        SentSegment after = record.laterResent;
        rest.earlierResent = record;
        rest.laterResent = after;
        rest.listed = true;
        record.laterResent = rest;
        if (after == null) {
            last = rest;
        } else {
            after.earlierResent = rest;
        }
    }

    /** The record had left the list, by mistake as it turned out: it takes its place by the time it was sent. */
    void insertByTime(SentSegment record) {
        SentSegment before = last;
        while (before != null && isBehind(before, record)) {
            before = before.earlierResent;
        }
        if (before == null && first != null) {
            SentSegment after = first;
            record.earlierResent = null;
            record.laterResent = after;
            record.listed = true;
            after.earlierResent = record;
            first = record;
        } else if (before == null) {
            append(record);
        } else {
            insertBehind(before, record);
        }
    }

    private static boolean isBehind(SentSegment one, SentSegment other) {
        return one.sentNs > other.sentNs || (one.sentNs == other.sentNs && one.start > other.start);
    }

    /** The record was delivered or is lost; nothing happens when it is not listed. */
    void remove(SentSegment record) {
        if (!record.listed) {
            return;
        }
        SentSegment before = record.earlierResent;
        SentSegment after = record.laterResent;
        if (before == null) {
            first = after;
        } else {
            before.laterResent = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.earlierResent = before;
        }
        record.earlierResent = null;
        record.laterResent = null;
        record.listed = false;
    }

    /** Forgets all records, each of which must be forgotten by the queue too. */
    void clear() {
        SentSegment record = first;
        while (record != null) {
            SentSegment after = record.laterResent;
            remove(record);
            record = after;
        }
    }
}
