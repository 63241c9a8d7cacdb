package dev.braid.tools.demo;

/**
 * What a pulled path cost, in nanoseconds; -1 for what did not happen before the transfer was over.
 *
 * @param gapNs the longest pause at the receiving application while the path was away
 * @param recoveryNs from the cut until the end of the first {@value #WINDOW_MS} ms, all behind the cut, in which at least
 *     {@value #RECOVERED} of the other paths' rate arrived, and not before the pause that the cut made is over, the first of at least half the
 *     longest one's length: what was on its way at the cut is no recovery, and a hiccup of the other paths much later is no cut
 * @param returnNs from the path's return until it had carried {@value #CARRIES} bytes the way of the data
 */
record Handover(long gapNs, long recoveryNs, long returnNs) {
    static final long WINDOW_MS = 200;
    static final double RECOVERED = 0.7;
    static final long CARRIES = 15_000;
    static final Handover NONE = new Handover(-1, -1, -1);

    /**
     * What a pull cost a transfer that is over.
     *
     * @param log what arrived at the application
     * @param survivorsMbit nominal rate of the paths that stayed
     * @param cutNs when the path went
     * @param backNs when it came back; 0 = not before the end
     * @param returnNs what is to be told as {@link #returnNs}
     */
    static Handover of(ArrivalLog log, double survivorsMbit, long cutNs, long backNs, long returnNs) {
        long until = backNs == 0 ? log.lastNs() : backNs;
        long window = WINDOW_MS * 1_000_000;
        long enough = (long) (RECOVERED * survivorsMbit * window / 8e3);
        ArrivalLog.Pause pause = log.longestPause(cutNs, until);
        ArrivalLog.Pause byCut = log.firstPause(cutNs, until, pause.lengthNs() / 2);
        return new Handover(pause.lengthNs(), log.untilWindowNs(cutNs, byCut.endNs(), until, window, enough), returnNs);
    }

    /** The worse of two, in each figure; what did not happen in one did not happen. */
    Handover worse(Handover other) {
        return new Handover(worse(gapNs, other.gapNs), worse(recoveryNs, other.recoveryNs),
                worse(returnNs, other.returnNs));
    }

    private static long worse(long one, long other) {
        return one < 0 || other < 0 ? -1 : Math.max(one, other);
    }
}
