package dev.braid.stack.mptcp;

/**
 * Decisions of one connection that no segment of their own shows: that data waits, that a path is silent, that an address was not used.
 * The connection's next segments tell of them, in order, some each; what comes up again before it was told is told once. Used only
 * while decisions are traced. Core thread only.
 */
final class DecisionNotes {
    /** More than there are codes for two subflows; beyond that counters know more than captures. */
    private static final int MOST = 64;

    private static final int[] NONE = {};

    private int[] waiting = NONE;
    private int count;

    /** Notes a decision, by its {@linkplain MptcpReason code}, about the subflow of this number; -1 = about none. */
    void add(int code, int subflow) {
        int note = MptcpReason.note(code, subflow);
        for (int i = 0; i < count; i++) {
            if (waiting[i] == note) {
                return;
            }
        }
        if (count == MOST) {
            return;
        }
        if (waiting.length == 0) {
            waiting = new int[MOST];
        }
        waiting[count++] = note;
    }

    /** What a segment of a subflow tells that was sent for this reason: that, and the oldest notes. */
    long take(int code, int subflow) {
        long reasons = code;
        int taken = 0;
        int left = 0;
        int same = MptcpReason.note(code, subflow);
        for (int i = 0; i < count; i++) {
            int note = waiting[i];
            if (code != 0 && note == same) {
                continue; // the segment itself says so
            }
            if (taken < MptcpReason.NOTES) {
                reasons = MptcpReason.with(reasons, taken++, note);
            } else {
                waiting[left++] = note;
            }
        }
        count = left;
        return reasons;
    }
}
