package dev.braid.stack.mptcp.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Linux's only scheduler, which it calls {@code default}, in its own numbers: data goes, at most 64 KiB at a time, to the path that will
 * have sent soonest what it was given, by a running mean of its pace; a backup where no regular path is. What goes again goes over a
 * path that has nothing outstanding. For comparison.
 *
 * <p>Linux moves what it has chosen into the subflow's own queue at once. Here the subflow has a claim to as many bytes, and takes the
 * next ones when it can send: how much each path carries is the same, and bytes wait where any path can still take them.
 */
public final class KernelScheduler implements PacketScheduler {
    /** What it is chosen by. */
    public static final String NAME = "kernel";

    /** The most that is decided on at once: 64 KiB less room for headers. */
    static final long BURST = 65_536 - 320;
    /**
     * A subflow's send buffer is twice the window, at this true size a segment, and no smaller than ten segments make it. As a kernel has
     * it that was built without wireless networks; others need more headroom, and 4,352.
     */
    private static final long SEGMENT_TRUE_SIZE = 2_304;

    /** The first number of net.ipv4.tcp_wmem: what a connection has without any subflow. */
    private static final long LEAST_SEND_BUFFER = 4_096;

    private static final int INITIAL_SEGMENTS = 10;
    private static final long MOST_PACE = 0xffff_ffffL;

    /** What the scheduler knows of one subflow. */
    private static final class Lane {
        final int number;
        /** Running mean of the pace in bytes a second; 0 = not known. */
        long pace;
        /** Bytes that are the subflow's to take. */
        long claim;
        long sendBuffer;

        Lane(int number) {
            this.number = number;
        }
    }

    private Lane[] lanes = new Lane[0];
    private SchedulingDecision decision = SchedulingDecision.NO_PATH;

    /** A scheduler for one connection. */
    public KernelScheduler() {}

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
        claim(connection);
        SubflowView taker = null;
        boolean claimed = false;
        boolean anyUsable = false;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            anyUsable |= isActive(next);
            if (isActive(next) && lane(next).claim > 0) {
                claimed = true;
                if (taker == null && next.ready(nowNs)) {
                    taker = next;
                }
            }
        }
        if (taker != null) {
            decision = taker.backup() ? SchedulingDecision.BACKUP : SchedulingDecision.SHORTEST_QUEUE;
        } else {
            decision = claimed || anyUsable ? SchedulingDecision.NO_ROOM : SchedulingDecision.NO_PATH;
        }
        return taker;
    }

    /** Gives out claims for all that is queued and that the peer's window allows. */
    private void claim(ConnectionView connection) {
        long claimed = 0;
        for (int i = 0; i < connection.subflows(); i++) {
            Lane lane = lane(connection.subflow(i));
            if (!isActive(connection.subflow(i))) {
                lane.claim = 0;
            }
            claimed += lane.claim;
        }
        long window = connection.window() - claimed;
        long open = Math.min(connection.queued() - claimed, window);
        while (open > 0) {
            SubflowView picked = pick(connection);
            if (picked == null) {
                return;
            }
            Lane lane = lane(picked);
            // The mean is weighed by what the window would let it take, however little there is.
            long burst = Math.min(BURST, window);
            long given = given(picked, lane);
            lane.pace = (lane.pace * given + paceNow(picked) * burst) / (burst + given);
            long taken = Math.min(burst, open);
            lane.claim += taken;
            open -= taken;
            window -= taken;
        }
    }

    private @Nullable SubflowView pick(ConnectionView connection) {
        SubflowView regular = null;
        SubflowView backup = null;
        double leastRegular = Double.MAX_VALUE;
        double leastBackup = Double.MAX_VALUE;
        boolean anyRegular = false;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (!isActive(next)) {
                continue;
            }
            anyRegular |= !next.backup();
            Lane lane = lane(next);
            if (lane.pace == 0) {
                lane.pace = paceNow(next);
            }
            double linger = (double) given(next, lane) / lane.pace;
            if (next.backup() && linger < leastBackup) {
                backup = next;
                leastBackup = linger;
            } else if (!next.backup() && linger < leastRegular) {
                regular = next;
                leastRegular = linger;
            }
        }
        SubflowView best = anyRegular ? regular : backup;
        return best != null && hasMemory(best, lane(best)) ? best : null;
    }

    private static boolean hasMemory(SubflowView subflow, Lane lane) {
        return given(subflow, lane) < sendBuffer(subflow, lane);
    }

    /** It follows the window, but not while the window is full: what waits in it would only wait longer (tcp_should_expand_sndbuf). */
    private static long sendBuffer(SubflowView subflow, Lane lane) {
        if (lane.sendBuffer == 0 || given(subflow, lane) < subflow.cwnd()) {
            long segments = Math.max(INITIAL_SEGMENTS, subflow.cwnd() / Math.max(1, subflow.mss()));
            lane.sendBuffer = Math.max(lane.sendBuffer, 2 * segments * SEGMENT_TRUE_SIZE);
        }
        return lane.sendBuffer;
    }

    /** The sum of its subflows', so that what waits behind a hole on a long path takes room from all. */
    @Override
    public long sendBuffer(ConnectionView connection) {
        long sum = LEAST_SEND_BUFFER;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView subflow = connection.subflow(i);
            sum += isActive(subflow) ? sendBuffer(subflow, lane(subflow)) : 0;
        }
        return sum;
    }

    private static long given(SubflowView subflow, Lane lane) {
        return subflow.outstanding() + lane.claim;
    }

    private static long paceNow(SubflowView subflow) {
        long pace = subflow.pacingRate();
        return pace <= 0 ? MOST_PACE : Math.min(pace, MOST_PACE);
    }

    @Override
    public @Nullable SubflowView chooseAgain(ConnectionView connection, @Nullable SubflowView from, long nowNs) {
        SubflowView best = null;
        for (int i = 0; i < connection.subflows(); i++) {
            SubflowView next = connection.subflow(i);
            if (!next.equals(from) && isActive(next) && next.ready(nowNs) && mayRepeat(connection, next, from)) {
                if (best == null || (best.backup() && !next.backup())) {
                    best = next;
                }
            }
        }
        decision = best == null ? SchedulingDecision.NO_ROOM : SchedulingDecision.AGAIN;
        return best;
    }

    /**
     * Linux sends all again as if it were new when a subflow is closed or stale; after a mere timeout only over paths that are idle, and
     * over backups from the second timeout on.
     */
    private static boolean mayRepeat(ConnectionView connection, SubflowView over, @Nullable SubflowView from) {
        if (from == null || !isActive(from)) {
            return !over.backup() || Eligible.of(connection, from) == Eligible.BACKUP;
        }
        return over.outstanding() == 0 && (!over.backup() || connection.timeouts() > 1);
    }

    private static boolean isActive(SubflowView subflow) {
        return subflow.usable() && !subflow.stale();
    }

    @Override
    public void onSent(SubflowView subflow, int bytes, long nowNs) {
        Lane lane = lane(subflow);
        lane.claim = Math.max(0, lane.claim - bytes);
    }

    @Override
    public void onSubflows(ConnectionView connection, long nowNs) {
        Lane[] present = new Lane[connection.subflows()];
        for (int i = 0; i < present.length; i++) {
            present[i] = lane(connection.subflow(i));
        }
        lanes = present;
    }

    private Lane lane(SubflowView subflow) {
        for (Lane lane : lanes) {
            if (lane.number == subflow.number()) {
                return lane;
            }
        }
        var more = new Lane[lanes.length + 1];
        System.arraycopy(lanes, 0, more, 0, lanes.length);
        more[lanes.length] = new Lane(subflow.number());
        lanes = more;
        return more[lanes.length - 1];
    }
}
