package dev.braid.stack.mptcp;

import dev.braid.stack.tcp.Tcb;

/**
 * The receive window that all subflows share, relative to DATA_ACK: "a receiver MUST NOT shrink the right edge of the receive window
 * (i.e., DATA_ACK + receive window)" (RFC 8684 section 3.3.4), on whichever subflow it was advertised. It moves by steps worth a segment
 * (RFC 9293 section 3.8.6.2.2). Core thread only.
 */
final class DataWindow {
    /** The most that a window field can express (RFC 7323 section 2.3). */
    private static final long MOST = 1L << 30;

    private final MptcpConnection connection;
    private final DataReceiveBuffer buffer;
    /** Place behind the last byte that the peer was ever allowed to send. */
    private long edge;

    DataWindow(MptcpConnection connection, DataReceiveBuffer buffer) {
        this.connection = connection;
        this.buffer = buffer;
    }

    /** Place behind the last byte that the peer may send by what it was told. */
    long edge() {
        return edge;
    }

    /** The window of a segment that leaves now. */
    long toAdvertise(long rcvNxt) {
        long offered = Math.max(0, edge - rcvNxt);
        long room = Math.min(MOST, buffer.room(rcvMss()));
        return room - offered < Math.min(rcvMss(), buffer.size() / 2) ? offered : room;
    }

    /** A segment of the subflow left with this window. */
    void onAdvertised(Subflow subflow, long rcvNxt, long window) {
        long told = rcvNxt + window;
        if (told <= edge && subflow.receiver.advertisedEdge < edge) {
            // What another subflow's segment promised holds on this one.
            connection.layer.counters.rcvWndShared.increment();
        }
        edge = Math.max(edge, told);
        subflow.receiver.advertisedEdge = Math.max(subflow.receiver.advertisedEdge, told);
    }

    /** The user has made room: the peer hears of it when that is worth a segment. */
    void onRoom(long rcvNxt, long nowNs) {
        long offered = Math.max(0, edge - rcvNxt);
        long gain = toAdvertise(rcvNxt) - offered;
        if (gain <= 0) {
            return;
        }
        int size = buffer.size();
        boolean nearlyClosed = offered <= size / 8;
        boolean segments = gain >= 2 * rcvMss();
        if (gain >= size / 2 || (segments && (gain >= size / 4 || nearlyClosed))) {
            announce(nowNs);
        }
    }

    /** On all subflows: each holds its own sender, and nobody knows which of the announcements arrives. */
    private void announce(long nowNs) {
        for (int i = 0; i < connection.subflows.size(); i++) {
            connection.subflows.get(i).tcb.windowChanged(nowNs);
        }
    }

    /** Payload of a full segment of the peer's, the largest of all subflows. */
    int rcvMss() {
        int most = Tcb.DEFAULT_MSS;
        for (int i = 0; i < connection.subflows.size(); i++) {
            most = Math.max(most, connection.subflows.get(i).tcb.rcvMss());
        }
        return most;
    }

    /** True bytes that wait out of order in the subflows. */
    long inSubflows() {
        long sum = 0;
        for (int i = 0; i < connection.subflows.size(); i++) {
            sum += connection.subflows.get(i).tcb.receivePinned();
        }
        return sum;
    }
}
