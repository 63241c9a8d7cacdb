package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.tcp.TcpSettings;

/**
 * When less than a full segment of a connection's data may leave: Nagle's algorithm as Minshall amended it, the cork, and the sender's
 * avoidance of silly windows (RFC 9293 sections 3.7.4 and 3.8.6.2.1), with the connection's window and acknowledgements in place of a
 * subflow's. TCP below sends whatever it was given. Core thread only.
 */
final class PartialSegments {
    private final DataSender sender;
    private final MptcpConnection connection;
    /** Behind the last data that was given to a subflow and did not fill its segments. */
    private long smallEnd;
    /** The user wants what lies before this sent whatever else holds. */
    private long pushEnd;
    /** The user said that more follows at once. */
    private boolean moreComing;
    /** A window smaller than a segment is used all the same, once. */
    private boolean overrideWindow;
    /** The peer's window is what holds data back. */
    private boolean windowLimited;

    private long corkNs = Deadlines.NONE;

    PartialSegments(DataSender sender) {
        this.sender = sender;
        connection = sender.connection;
    }

    /** Data was queued, and more follows at once, or not. */
    void moreComing(boolean more) {
        moreComing = more;
    }

    /** The peer acknowledged something: what waited for more has waited long enough. */
    void onAck() {
        moreComing = false;
    }

    /** All that is queued now is to leave. */
    void push() {
        moreComing = false;
        pushEnd = sender.stream.end();
    }

    /** The peer's window is to be used though it has room for less than a segment. */
    void overrideWindow() {
        overrideWindow = true;
    }

    /** Whether the peer's window was what held data back when last asked. */
    boolean windowLimited() {
        return windowLimited;
    }

    /**
     * How much of what is queued goes to a subflow now.
     *
     * @param room what the subflow can send
     * @param mss payload of one of its packets
     * @return bytes, 0 = nothing yet
     */
    int sendable(int room, int mss, long nowNs) {
        int most = sender.most(room);
        windowLimited = sender.window() <= 0;
        int length = most == 0 ? 0 : worth(most, room, mss, nowNs);
        if (length > 0) {
            overrideWindow = false;
            if (length % mss != 0) {
                smallEnd = sender.dataNxt() + length;
            }
            if (length == sender.queued()) {
                corkNs = Deadlines.NONE;
            }
        }
        return length;
    }

    private int worth(int most, int room, int mss, long nowNs) {
        int whole = most / mss * mss;
        if (most == sender.queued()) {
            return tail(most, whole, mss, nowNs);
        }
        if (whole > 0 || room < mss) {
            return Math.max(whole, Math.min(most, mss));
        }
        if (overrideWindow || most >= Math.max(1, sender.maxWindow() / 2)) {
            return most;
        }
        windowLimited = true;
        return 0;
    }

    /** All that is queued would fit. */
    private int tail(int length, int whole, int mss, long nowNs) {
        if (whole == length || sender.finQueued() || overrideWindow || pushEnd == sender.stream.end()) {
            return length;
        }
        TcpSettings settings = connection.settings;
        if (settings.cork || moreComing) {
            if (whole == 0 && corkNs == Deadlines.NONE) {
                corkNs = nowNs + connection.layer.tcp.config().corkNs;
                connection.deadlineMoved(corkNs);
            }
            return whole;
        }
        boolean smallInFlight = smallEnd > sender.dataUna();
        return settings.noDelay || !smallInFlight || length >= Math.max(mss, sender.maxWindow() / 2) ? length : whole;
    }

    /** When the cork has held data back for long enough. */
    long deadlineNs() {
        return corkNs;
    }

    /** Whether that moment has come: subflows are to ask again. */
    boolean onDeadline(long nowNs) {
        if (corkNs > nowNs) {
            return false;
        }
        corkNs = Deadlines.NONE;
        push();
        return true;
    }
}
