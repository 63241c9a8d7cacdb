package dev.braid.stack.tcp;

import java.util.ArrayList;
import java.util.List;

/**
 * Shows every connection of a core, a slice at a time, so that ten thousand of them do not keep frames waiting: a slice takes well
 * below a millisecond, for one that has much in flight, which is counted record by record, is a slice of its own. What ends between two slices is left out, what begins may be.
 *
 * <p>Core thread only.
 */
public final class ConnectionListing {
    /** Records of sent data after which a slice ends. */
    private static final int MAX_RECORDS = 4096;

    private final TcpLayer layer;
    /** What was there in the beginning; only the references are taken at once. */
    private final List<Tcb> connections = new ArrayList<>();

    private int shown;
    private long lastTimeWait = Long.MIN_VALUE;

    ConnectionListing(TcpLayer layer) {
        this.layer = layer;
        layer.flows.forEach((scope, protocol, lh, ll, rh, rl, lp, rp, tcb) -> connections.add(tcb));
    }

    /**
     * Adds the next connections to {@code into}: first those with a TCB, then those in TIME-WAIT.
     *
     * @param most how many at the most, at least 1
     * @return whether there may be more
     */
    public boolean next(List<TcpInfo> into, int most, long nowNs) {
        int end = Math.min(connections.size(), shown + most);
        for (int records = 0; shown < end && records < MAX_RECORDS; shown++) {
            Tcb tcb = connections.get(shown);
            records += tcb.sent.records();
            if (tcb.state != TcpState.CLOSED && tcb.state != TcpState.TIME_WAIT) {
                into.add(tcb.info(nowNs));
            }
        }
        if (shown < connections.size()) {
            return true;
        }
        int before = into.size();
        lastTimeWait = layer.timeWait.list(into, lastTimeWait, most, nowNs);
        return into.size() - before == most;
    }
}
