package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.tcp.Tcb;

/**
 * The signs of life of one subflow, and when their absence says something. Absolute nanoseconds; core thread only.
 *
 * <p>What is missed: the acknowledgement of what is in flight, after a round trip and what it varies by; or, while a hole in the
 * received data waits to be filled, anything from a path that carried data before. A path under load is heard many times a round trip,
 * so half of one is a long silence; half of its shortest one where data is missed.
 */
final class Pulse {
    /** Less than that is no silence: delayed acknowledgements, interrupts and schedulers make as much. */
    static final long LEAST_NS = 25_000_000L;
    /** Nor is less than that one on a path that brings data evenly. */
    static final long EVEN_LEAST_NS = 10_000_000L;
    /** How often it is looked at a path that is heard now and then: what a silence is noticed late by, at most. */
    static final long LOOK_NS = 5_000_000L;
    /** What is longer than that is a silence on every path that carries data. */
    static final long MOST_NS = 100_000_000L;
    /** How often a path is asked that nothing waits for. */
    static final long IDLE_NS = 15_000_000_000L;
    /** The pause behind a probe that was answered doubles up to this while nothing but answers comes. */
    private static final long PAUSE_NS = 500_000_000L;
    /** A path that was not probed for so long begins anew. */
    private static final long FORGET_NS = 2 * PAUSE_NS;

    private static final long RECENTLY_NS = 3_000_000_000L;

    private final Tcb tcb;
    /** The last probe. */
    private long probedNs = Long.MIN_VALUE / 2;
    /** Until when it should be answered; NONE = it was, or there is none. */
    private long verdictNs = Deadlines.NONE;
    /** The last probe was of a silent path: how many before it. */
    private int repeats;
    /** Probes in a row that found nothing wrong. */
    private int cleared;
    private int reason;
    private long repeatNs = Deadlines.NONE;
    /** The oldest that the last sign of life was at the looks of late, at most LEAST_NS: a path that stutters asks for patience. */
    private long oldNs = LEAST_NS;
    private int lostIntervals;
    /** What {@link #heardNs} was when the first of them began. */
    private long heardBeforeNs;

    Pulse(Tcb tcb) {
        this.tcb = tcb;
    }

    /** When the peer was heard last. */
    long heardNs() {
        return tcb.lastReceivedNs();
    }

    /** How long an answer takes, at most and without back-off. */
    long answerNs() {
        return roundTripNs() + Math.max(4 * tcb.rttvarNs(), LEAST_NS);
    }

    /**
     * The same for a path that has nothing of ours in flight: its answer finds no queue before it, for what a queue holds would have
     * been heard. So what the path takes when it is empty counts, not what it took under load; what it varied by counts all the same.
     */
    private long emptyAnswerNs() {
        return tcb.oldestInFlightNs() == Deadlines.NONE
                ? emptyRoundTripNs() + Math.max(4 * tcb.rttvarNs(), LEAST_NS)
                : answerNs();
    }

    private long emptyRoundTripNs() {
        return tcb.minRttNs() == 0 ? roundTripNs() : tcb.minRttNs();
    }

    private long roundTripNs() {
        return Math.max(tcb.srttNs(), tcb.receiverRttNs());
    }

    private long silenceNs() {
        return Math.clamp(roundTripNs() / 2, LEAST_NS, MOST_NS);
    }

    /**
     * When it becomes suspicious if nothing is heard until then; NONE = nothing is expected of it.
     *
     * @param holeNs since when received data waits for what is missing before it; NONE = it does not
     */
    long suspectNs(long holeNs) {
        long from = Deadlines.NONE;
        long oldestNs = tcb.oldestInFlightNs();
        if (oldestNs != Deadlines.NONE) {
            from = Math.max(heardNs() + silenceNs(), oldestNs + answerNs());
        }
        if (holeNs != Deadlines.NONE && tcb.bytesReceived() > 0 && carriedBefore(holeNs)) {
            long emptyNs = Math.clamp(emptyRoundTripNs() / 2, leastNs(), MOST_NS);
            from = Math.min(from, Math.max(heardNs(), holeNs) + emptyNs);
        }
        return from == Deadlines.NONE ? from : Math.max(from, probedNs + probePauseNs());
    }

    /** What is worth a question already: the less, the more evenly this path brings data of late. The answer has its time all the same. */
    private long leastNs() {
        return Math.clamp(4 * oldNs, EVEN_LEAST_NS, LEAST_NS);
    }

    /** It is looked at while nothing is wrong with it. */
    void looked(long nowNs) {
        // No more than counts, or a pause of the program's would take hundreds of looks to be forgotten.
        oldNs = Math.min(Math.max(nowNs - heardNs(), oldNs - oldNs / 16), LEAST_NS);
    }

    /** At most one probe a round trip, and fewer on a path that turns out to be well though nothing comes over it. */
    private long probePauseNs() {
        long pauseNs = Math.max(roundTripNs(), LEAST_NS);
        return Math.max(pauseNs, Math.min(pauseNs << Math.min(cleared, 6), PAUSE_NS));
    }

    /** A path that was idle before the hole came about has nothing to do with it. */
    private boolean carriedBefore(long holeNs) {
        return holeNs - heardNs() <= RECENTLY_NS;
    }

    /** Why the last probe was sent: a code of {@link MptcpReason}. */
    int reason() {
        return reason;
    }

    /** A probe leaves, and why. */
    void probed(LivenessDecision why, long nowNs) {
        reason = MptcpReason.of(why);
        cleared = nowNs - probedNs > FORGET_NS ? 0 : cleared;
        probedNs = nowNs;
        verdictNs = nowNs + emptyAnswerNs();
    }

    /** A probe leaves that has nothing to do with liveness, for a reason of {@link MptcpReason}; 0 = TCP's own. */
    void asked(int why) {
        reason = why;
    }

    /** When the last probe left. */
    long probedNs() {
        return probedNs;
    }

    /** Whether a probe waits for its answer. */
    boolean isProbed() {
        return verdictNs != Deadlines.NONE;
    }

    /** Until when the answer should be there. */
    long verdictNs() {
        return verdictNs;
    }

    /** How long to leave a silence at that which nothing can be done about: the longer, the longer it has lasted, up to a second. */
    static long patienceNs(long sinceNs, long nowNs) {
        return Math.clamp((nowNs - sinceNs) / 4, LEAST_NS, 1_000_000_000L);
    }

    /** Whether it was heard after its probe. */
    boolean answered() {
        return heardNs() > probedNs;
    }

    /** The probe is answered. */
    void clear() {
        cleared++;
        verdictNs = Deadlines.NONE;
    }

    /** It is silent: it is to be asked again and again, with back-off. */
    void silent(long nowNs) {
        verdictNs = Deadlines.NONE;
        cleared = 0;
        repeats = 0;
        repeatNs = nowNs + pauseNs(false);
    }

    /** It is silent, and nobody asks it: what is heard from now on counts as its answer. */
    void unasked(long nowNs) {
        probedNs = nowNs;
        repeatNs = Deadlines.NONE;
    }

    /** An interval is over in which data was in flight; answers {@link #lostIntervals}. */
    int intervalPassed() {
        if (lostIntervals > 0 && heardNs() != heardBeforeNs) {
            lostIntervals = 0;
        } else {
            heardBeforeNs = heardNs();
            lostIntervals++;
        }
        return lostIntervals;
    }

    /** Intervals in a row in which nothing was heard. */
    int lostIntervals() {
        return lostIntervals;
    }

    /** It is silent no more. */
    void recovered() {
        verdictNs = Deadlines.NONE;
        repeatNs = Deadlines.NONE;
        lostIntervals = 0;
    }

    /** When it is to be asked again. */
    long repeatNs() {
        return repeatNs;
    }

    /** It was asked again. */
    void repeated(boolean idle, long nowNs) {
        reason = MptcpReason.of(LivenessDecision.PROBED_AGAIN);
        probedNs = nowNs;
        repeats++;
        repeatNs = nowNs + pauseNs(idle);
    }

    /** At most one probe a round trip, soon one a second while there is data, one in 15 s while there is none. */
    private long pauseNs(boolean idle) {
        if (idle) {
            return IDLE_NS;
        }
        long pauseNs = Math.max(answerNs(), PAUSE_NS) << Math.min(repeats, 4);
        return Math.min(pauseNs, Math.max(1_000_000_000L, answerNs()));
    }
}
