package dev.braid.stack.congestion;

/**
 * Whether the path carries all it can (draft-ietf-ccwg-bbr section 5.3.1.2): three rounds in which the flow sent faster and the
 * delivery rate grew by less than a quarter.
 */
final class BbrFullPipe {
    private static final int ROUNDS = 3;

    private long baseline;
    private int roundsWithoutGrowth;
    private boolean now;
    private boolean ever;

    void reset() {
        ever = false;
        lookAgain(0);
    }

    /** Looks afresh, growth being what exceeds this rate. */
    void lookAgain(long rate) {
        baseline = rate;
        roundsWithoutGrowth = 0;
        now = false;
    }

    /** A round began, with this rate, which the application did not limit. */
    void onRound(long rate) {
        if (now) {
            return;
        }
        if (rate * 4 >= baseline * 5) {
            lookAgain(rate);
            return;
        }
        roundsWithoutGrowth++;
        now = roundsWithoutGrowth >= ROUNDS;
        ever |= now;
    }

    /** The pipe is full as of the last time it was asked to look. */
    boolean now() {
        return now;
    }

    /** The pipe has been full: Startup is over. */
    boolean ever() {
        return ever;
    }

    /** Losses showed that the pipe is full, or that they had not. */
    void ever(boolean reached) {
        ever = reached;
    }
}
