package dev.braid.stack.tcp;

import dev.braid.stack.congestion.CongestionControl;
import java.util.Arrays;

/**
 * Frames that were marked lost and congestion control has not heard of yet, with what the path was like as each was sent. Losses
 * are found deep inside the {@link SentQueue}; whoever handles the acknowledgment or the timer tells of them afterwards. What
 * comes beyond {@value #MOST} at once is added to the last: it left in the same flight. Allocates only while growing.
 */
final class LossReports {
    private static final int MOST = 64;
    private static final int INITIAL = 4;
    private static final int FIELDS = 5;

    private long[] fields = new long[INITIAL * FIELDS];
    private int count;

    void add(SentSegment segment) {
        if (count == MOST) {
            fields[(count - 1) * FIELDS] += segment.length();
            return;
        }
        if (count * FIELDS == fields.length) {
            fields = Arrays.copyOf(fields, 2 * fields.length);
        }
        int at = count++ * FIELDS;
        fields[at] = segment.length();
        fields[at + 1] = segment.rateDelivered;
        fields[at + 2] = segment.rateLost;
        fields[at + 3] = segment.rateInflight;
        fields[at + 4] = segment.rateAppLimited ? 1 : 0;
    }

    /** Tells of them and forgets them. */
    void tell(CongestionControl congestion, long nowNs) {
        for (int i = 0; i < count; i++) {
            int at = i * FIELDS;
            congestion.onSegmentLost(
                    (int) fields[at], fields[at + 1], fields[at + 2], fields[at + 3], fields[at + 4] != 0, nowNs);
        }
        count = 0;
    }

    /** Forgets them untold: what was lost says nothing of congestion. */
    void forget() {
        count = 0;
    }
}
