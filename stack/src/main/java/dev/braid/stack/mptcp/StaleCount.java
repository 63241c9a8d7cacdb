package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import java.util.List;

/**
 * How Linux finds a stale path, in force where {@link Liveness} does not ask paths itself: in so many intervals of the data-level
 * retransmission timer (net.mptcp.stale_loss_cnt) nothing came back for what the path carries, while another one is better off. No
 * probe is sent; whatever is heard on the path ends it. Core thread only.
 */
final class StaleCount {
    private final MptcpConnection connection;
    private long nextNs = Deadlines.NONE;

    StaleCount(MptcpConnection connection) {
        this.connection = connection;
    }

    /** A subflow was given data. */
    void onGiven(long nowNs) {
        if (nextNs == Deadlines.NONE && connection.layer.config.staleLossCount > 0) {
            nextNs = nowNs + connection.sender.retransmissionIntervalNs();
            connection.deadlineMoved(nextNs);
        }
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        return nextNs;
    }

    /** Ends an interval when that is due. */
    void work(long nowNs) {
        if (nowNs < nextNs) {
            return;
        }
        nextNs = Deadlines.NONE;
        int limit = connection.layer.config.staleLossCount;
        if (limit == 0 || connection.fallenBack || connection.layer.config.liveness) {
            return;
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable() && subflow.outstanding() > 0) {
                onGiven(nowNs);
                if (subflow.pulse.intervalPassed() > limit && !subflow.stale && hasBetter(subflow, limit)) {
                    connection.liveness.lost(subflow, nowNs);
                }
            }
        }
    }

    private boolean hasBetter(Subflow than, int limit) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow other = subflows.get(i);
            if (other != than
                    && other.usable()
                    && !other.stale
                    && other.pulse.lostIntervals() < Math.max(limit - 1, 1)) {
                return true;
            }
        }
        return false;
    }
}
