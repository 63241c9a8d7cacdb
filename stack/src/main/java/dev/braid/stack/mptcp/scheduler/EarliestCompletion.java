package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Braid's default: the path with the shortest round trip that can send. One that is slower gets data only if the faster, which is full,
 * would not bring all that waits sooner (Earliest Completion First: Lim, Nahum, Towsley, Gibbens, CoNEXT 2017), and only if the peer's
 * window has room for all that the faster one will send meanwhile (BLEST: Ferlin, Alay, Mehani, Boreli, IFIP Networking 2016).
 *
 * <p>While the program writes faster than the paths carry, there is always more, and waiting would gain nothing: then every path that
 * can send does. A path that {@linkplain SubflowView#yields yields} comes behind the others, whatever its round trip, and not before
 * more waits than they carry in one. A path whose retransmission timer expired is not waited for, nor one that only the peer could open again: on a path
 * that died with its window closed the peer says so in vain.
 *
 * <p>A receiver lets its window grow with what comes in one round trip of the longest path <em>that brings data</em>: Linux measures
 * round trips by data alone. A path that is left out because the window is small would so keep the window small for good. It is
 * sounded with a little data now and then, ever more seldom while the window stays too small.
 */
public final class EarliestCompletion implements PacketScheduler {
    /** What it is chosen by. */
    public static final String NAME = "default";

    /** How much better the slower path must look before a wait is given up: 1/4, so that it does not flutter. */
    private static final int HYSTERESIS = 4;

    /** The longest time between two soundings of a path that the window has no room for. */
    private static final long LONGEST_PAUSE_NS = 8_000_000_000L;

    private boolean waiting;
    /** Whether a path was left out for the window's sake, since the last sounding at {@link #leftOutNs}. */
    private boolean leftOut;

    private long leftOutNs;
    /** The time until the next sounding; 0 before the first. */
    private long pauseNs;

    private SchedulingDecision decision = SchedulingDecision.NO_PATH;

    /** A scheduler for one connection. */
    public EarliestCompletion() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public SchedulingDecision decision() {
        return decision;
    }

    @Override
    public @Nullable SubflowView choose(ConnectionView connection, long nowNs) {
        Eligible standing = Eligible.of(connection, null);
        SubflowView fastest = null;
        SubflowView free = null;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (Eligible.of(next) == standing && standing != Eligible.NONE) {
                boolean ready = next.ready(nowNs);
                if ((ready || mayBecomeReady(next)) && Eligible.goesBefore(next, fastest)) {
                    fastest = next;
                }
                if (ready && Eligible.goesBefore(next, free)) {
                    free = next;
                }
            }
        }
        if (free == null) {
            decision = standing == Eligible.NONE ? SchedulingDecision.NO_PATH : SchedulingDecision.NO_ROOM;
            return null;
        }
        if (fastest == null || free.equals(fastest)) {
            waiting = false;
            decision = decisionOf(standing, SchedulingDecision.FASTEST);
            return free;
        }
        if (blocksWindow(connection, fastest, free)) {
            boolean sounding = isToBeSounded(connection, free, nowNs);
            decision = sounding ? SchedulingDecision.SOUNDING : SchedulingDecision.WAIT_WINDOW;
            return sounding ? free : null;
        }
        leftOut = false;
        pauseNs = 0;
        if (free.yields() && !fastest.yields() && isEnough(connection, fastest)) {
            decision = SchedulingDecision.SPARED;
            return null;
        }
        if (!connection.writerWaits() && isSooner(connection, fastest, free)) {
            waiting = true;
            decision = SchedulingDecision.WAIT_FASTER;
            return null;
        }
        decision = decisionOf(standing, SchedulingDecision.FASTEST_FULL);
        return free;
    }

    @Override
    public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
        Eligible standing = Eligible.of(connection, from);
        SubflowView best = null;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (!next.equals(from)
                    && standing != Eligible.NONE
                    && Eligible.of(next) == standing
                    && next.ready(nowNs)
                    && Eligible.goesBefore(next, best)) {
                best = next;
            }
        }
        if (best != null) {
            decision = SchedulingDecision.AGAIN;
        } else {
            decision = standing == Eligible.NONE ? SchedulingDecision.NO_PATH : SchedulingDecision.NO_ROOM;
        }
        return best;
    }

    private static boolean mayBecomeReady(SubflowView full) {
        return !full.timedOut() && !full.waitsForWindow();
    }

    private static SchedulingDecision decisionOf(Eligible standing, SchedulingDecision regular) {
        return switch (standing) {
            case BACKUP -> SchedulingDecision.BACKUP;
            case SILENT -> SchedulingDecision.LAST_RESORT;
            default -> regular;
        };
    }

    /**
     * BLEST: in a round trip of the slow path the fast one sends {@code cwnd · srtt(slow) / srtt(fast)}. If the peer's window, less what
     * the slow path has of it, is smaller, a segment on the slow path holds the window's edge for the fast one.
     */
    private static boolean blocksWindow(ConnectionView connection, SubflowView fast, SubflowView slow) {
        long left = connection.window() + connection.unacknowledged() - slow.inflight() - slow.mss();
        return (double) fast.cwnd() * slow.srttNs() > (double) left * fast.srttNs();
    }

    /** Whether a path that the window has no room for gets data all the same: not while its last sounding is under way. */
    private boolean isToBeSounded(ConnectionView connection, SubflowView slow, long nowNs) {
        if (!leftOut) {
            leftOut = true;
            leftOutNs = nowNs;
        }
        long pause = Math.max(pauseNs, 2 * slow.srttNs());
        if (nowNs - leftOutNs < pause || slow.outstanding() != 0 || !connection.writerWaits()) {
            return false;
        }
        leftOutNs = nowNs;
        pauseNs = Math.min(2 * pause, LONGEST_PAUSE_NS);
        return true;
    }

    /** Whether a path that others yield to has no more to do than it does in a round trip: it waits for its pace, not for want of room. */
    private static boolean isEnough(ConnectionView connection, SubflowView first) {
        return !connection.writerWaits() && connection.queued() <= first.cwnd();
    }

    /**
     * ECF: whether all that waits would be brought by the fast path, once it has room again, before the slow one has brought its part.
     */
    private boolean isSooner(ConnectionView connection, SubflowView fast, SubflowView slow) {
        double queued = connection.queued();
        double deviation = Math.max(fast.rttvarNs(), slow.rttvarNs());
        double fastNs = fast.srttNs() * (1 + queued / Math.max(1, fast.cwnd()));
        double slowNs = slow.srttNs() + deviation;
        if (waiting) {
            slowNs += slowNs / HYSTERESIS;
        }
        if (fastNs >= slowNs) {
            waiting = false;
            return false;
        }
        double roundsOfSlow = Math.max(1, queued / Math.max(1, slow.cwnd()));
        return slow.srttNs() * roundsOfSlow >= 2.0 * fast.srttNs() + deviation;
    }
}
