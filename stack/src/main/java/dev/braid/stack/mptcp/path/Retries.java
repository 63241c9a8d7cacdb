package dev.braid.stack.mptcp.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a path may be opened again, by its ends. A path that is out is asked about more often than once a second at first: each attempt is
 * abandoned before its SYN would be repeated, since a fresh one comes sooner than TCP's back-off; how long it lasts, and the pause behind
 * it, double with every fourth failure. So a path of any round trip is opened in the end, and one that is gone costs next to nothing.
 */
final class Retries {
    private static final long ATTEMPT_NS = 600_000_000L;
    private static final long PAUSE_NS = 150_000_000L;
    private static final int FAILURES_PER_DOUBLING = 4;
    private static final int MOST_DOUBLINGS = 7;
    /** A subflow that lived this long was none of the attempts that failed. */
    private static final long LIVED_NS = 10_000_000_000L;

    private final Map<WantedPath.Ends, Attempts> attempts = new HashMap<>();

    /** What became of the attempts to open one path. */
    private static final class Attempts {
        int failures;
        long notBeforeNs = Long.MIN_VALUE;
        boolean givenUp;
        boolean everEstablished;
        int number = -1;
        int abandoned = -1;
        long openedNs;
        boolean established;

        void fail(long nowNs) {
            failures++;
            notBeforeNs = nowNs + (PAUSE_NS << doublings(failures));
        }

        void forgive() {
            failures = 0;
            notBeforeNs = Long.MIN_VALUE;
            givenUp = false;
        }

        long abandonNs() {
            return openedNs + (ATTEMPT_NS << doublings(failures));
        }
    }

    /** Whether the path may be opened now. */
    boolean mayOpen(WantedPath.Ends ends, long nowNs) {
        Attempts of = attempts.get(ends);
        return of == null || (!of.givenUp && of.number < 0 && nowNs >= of.notBeforeNs);
    }

    /** Whether it was open before. */
    boolean isReopening(WantedPath.Ends ends) {
        Attempts of = attempts.get(ends);
        return of != null && of.everEstablished;
    }

    /** An attempt began, or failed at once when {@code number} is negative. */
    void opened(WantedPath.Ends ends, int number, long nowNs) {
        Attempts of = attempts.computeIfAbsent(ends, e -> new Attempts());
        of.number = number;
        of.openedNs = nowNs;
        of.established = false;
        if (number < 0) {
            of.fail(nowNs);
        }
    }

    /** An attempt of ours is established. */
    void established(int number, long nowNs) {
        Attempts of = byNumber(number);
        if (of != null) {
            of.established = true;
            of.everEstablished = true;
            of.openedNs = nowNs;
        }
    }

    /** An attempt of ours is not established yet, and need not be abandoned. */
    void answered(int number) {
        Attempts of = byNumber(number);
        if (of != null) {
            of.established = true;
        }
    }

    /** An attempt took too long: it is over, whenever its subflow's end is told. */
    void abandoned(int number, long nowNs) {
        Attempts of = byNumber(number);
        if (of != null) {
            of.number = -1;
            of.abandoned = number;
            of.fail(nowNs);
        }
    }

    /**
     * A subflow is gone.
     *
     * @param ends of the first subflow, which nobody attempted, too
     * @param hopeless whether to leave it until something changes; not if it once was established
     */
    void closed(WantedPath.Ends ends, int number, boolean wasEstablished, boolean hopeless, long nowNs) {
        if (wasAbandoned(number)) {
            return;
        }
        Attempts of = byNumber(number);
        if (of == null) {
            of = attempts.computeIfAbsent(ends, e -> new Attempts());
            of.everEstablished |= wasEstablished;
        }
        if (of.established && nowNs - of.openedNs >= LIVED_NS) {
            of.failures = 0;
        }
        of.number = -1;
        of.givenUp = hopeless && !of.everEstablished;
        of.fail(nowNs);
    }

    /**
     * Links or addresses changed: all paths may be opened again at once.
     *
     * @return the attempts under way: they may go nowhere, and are over
     */
    List<Integer> startAgain() {
        var underWay = new ArrayList<Integer>(0);
        for (Attempts of : attempts.values()) {
            if (of.number >= 0 && !of.established) {
                underWay.add(of.number);
                of.abandoned = of.number;
                of.number = -1;
            }
            of.forgive();
        }
        return underWay;
    }

    /** The remote address was announced afresh, or is to be forgotten: paths to it may be opened again at once. */
    void forgive(RemoteAddress remote) {
        attempts.forEach((ends, of) -> {
            if (ends.remote().equals(remote.address())) {
                of.forgive();
            }
        });
    }

    /** An attempt that takes too long; -1 = none does. */
    int overdue(long nowNs) {
        for (Attempts of : attempts.values()) {
            if (of.number >= 0 && !of.established && nowNs >= of.abandonNs()) {
                return of.number;
            }
        }
        return -1;
    }

    /** When something is to be looked at again; {@code Long.MAX_VALUE} = never. */
    long nextDeadlineNs(long nowNs) {
        long next = Long.MAX_VALUE;
        for (Attempts of : attempts.values()) {
            if (of.number >= 0) {
                next = of.established ? next : Math.min(next, of.abandonNs());
            } else if (!of.givenUp && of.notBeforeNs > nowNs) {
                next = Math.min(next, of.notBeforeNs);
            }
        }
        return next;
    }

    private @Nullable Attempts byNumber(int number) {
        for (Attempts of : attempts.values()) {
            if (of.number == number) {
                return of;
            }
        }
        return null;
    }

    private boolean wasAbandoned(int number) {
        for (Attempts of : attempts.values()) {
            if (of.abandoned == number) {
                return true;
            }
        }
        return false;
    }

    private static int doublings(int failures) {
        return Math.min(failures / FAILURES_PER_DOUBLING, MOST_DOUBLINGS);
    }
}
