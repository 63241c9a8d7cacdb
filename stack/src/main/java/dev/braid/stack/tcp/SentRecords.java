package dev.braid.stack.tcp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list of pooled {@link SentSegment} records that is searched by position, loses records at the front and sometimes
 * gains or loses some in the middle. Removing and inserting move the shorter side. Allocates only while growing.
 */
final class SentRecords {
    private static final int INITIAL = 16;
    /** Records kept for reuse: idle connections do not hoard what a burst once needed. */
    private static final int SPARE = 64;

    private @Nullable SentSegment[] records = new SentSegment[INITIAL];
    private @Nullable SentSegment[] spare = new SentSegment[INITIAL];
    private int spares;
    private int head;
    private int tail;

    int count() {
        return tail - head;
    }

    SentSegment at(int index) {
        SentSegment record = index < 0 ? null : records[head + index];
        if (record == null) {
            throw new IndexOutOfBoundsException("record " + index + " of " + count());
        }
        return record;
    }

    /** The index of the record that holds the position: the last one that does not start behind it; -1 before all. */
    int find(long position) {
        int low = -1;
        int high = count() - 1;
        while (low < high) {
            int middle = (low + high + 1) >> 1;
            if (at(middle).start <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** A record, new or used, put at {@code index}; the caller fills every field in. */
    SentSegment insert(int index) {
        SentSegment record = spares == 0 ? null : spare[--spares];
        if (record == null) {
            record = new SentSegment();
        } else {
            spare[spares] = null;
        }
        int at = head + index;
        if (head > 0 && index < count() - index) {
            System.arraycopy(records, head, records, head - 1, index);
            head--;
            at--;
        } else {
            if (tail == records.length) {
                moveToFront();
                at = head + index;
            }
            System.arraycopy(records, at, records, at + 1, tail - at);
            tail++;
        }
        records[at] = record;
        return record;
    }

    /** Removes the records from index {@code from} up to {@code to}. */
    void remove(int from, int to) {
        for (int i = from; i < to; i++) {
            recycle(at(i));
        }
        int gone = to - from;
        if (from <= count() - to) {
            System.arraycopy(records, head, records, head + gone, from);
            Arrays.fill(records, head, head + gone, null);
            head += gone;
        } else {
            System.arraycopy(records, head + to, records, head + from, tail - head - to);
            Arrays.fill(records, tail - gone, tail, null);
            tail -= gone;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
        }
    }

    private void recycle(SentSegment record) {
        if (spares < SPARE) {
            if (spares == spare.length) {
                spare = Arrays.copyOf(spare, Math.min(SPARE, 2 * spares));
            }
            spare[spares++] = record;
        }
    }

    /** Makes space at the end: from the front if half of it is free, else by growing. */
    private void moveToFront() {
        int count = count();
        @Nullable SentSegment[] to = head > records.length / 2 ? records : new SentSegment[2 * records.length];
        System.arraycopy(records, head, to, 0, count);
        records = to;
        Arrays.fill(records, count, tail, null);
        head = 0;
        tail = count;
    }
}
