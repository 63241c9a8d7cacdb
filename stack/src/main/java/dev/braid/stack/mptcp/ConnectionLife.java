package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a connection becomes established, and all the ways it ends: in order, when both streams have ended at the data level and so have
 * all subflows (RFC 8684 section 3.3.3); at once, by MP_FASTCLOSE (section 3.5); or because no path is left for too long.
 *
 * <p>What TCP reports in the middle of its inputs is noted; it is acted on in {@link #work}. Core thread only.
 */
final class ConnectionLife {
    private final MptcpConnection connection;
    private final MptcpLayer layer;
    private boolean established;
    private boolean counted;
    /** The user has let go: nobody hears of the connection, nobody reads from it. */
    private boolean orphaned;
    /** Our end aborts it. */
    private boolean aborted;
    /** The peer's MP_FASTCLOSE came. */
    private boolean fastClosed;
    /** The peer acknowledged nothing in the time that the user gives it. */
    private boolean timedOut;
    /** The subflows were asked to end in order. */
    private boolean endingSubflows;
    /** It is over: nothing is sent or received any more. */
    private boolean over;
    private boolean closedSaid;
    /** When an abandoned connection is given up. */
    private long giveUpNs = Deadlines.NONE;
    /** Until when a connection without subflows is kept for a new one. */
    private long heldUntilNs = Deadlines.NONE;
    /** How the last subflow that failed did. */
    private @Nullable TcpFailure lastFailure;

    ConnectionLife(MptcpConnection connection) {
        this.connection = connection;
        layer = connection.layer;
    }

    // It begins.

    /** The first subflow is established. */
    void onEstablished() {
        if (!established) {
            established = true;
            counted = true;
            layer.counters.mpCurrEstab.increment();
            MptcpObserver observer = layer.observer;
            if (observer != null) {
                observer.onEstablished(connection);
            }
        }
    }

    boolean isEstablished() {
        return established;
    }

    boolean isOrphaned() {
        return orphaned;
    }

    boolean isOver() {
        return over;
    }

    /** Whether further subflows make sense. */
    boolean isOpen() {
        return established && !over && !aborted && !fastClosed && !endingSubflows;
    }

    /** The state that a TCP connection of the same history would be in (RFC 9293 section 3.3.2). */
    TcpState state() {
        if (over) {
            return TcpState.CLOSED;
        }
        if (!established) {
            return connection.initial.tcb.state();
        }
        DataSender sender = connection.sender;
        boolean received = connection.receiver.finReceived();
        if (!sender.finQueued()) {
            return received ? TcpState.CLOSE_WAIT : TcpState.ESTABLISHED;
        }
        if (sender.finAcked()) {
            return received ? TcpState.TIME_WAIT : TcpState.FIN_WAIT_2;
        }
        return received ? TcpState.LAST_ACK : TcpState.FIN_WAIT_1;
    }

    // It ends.

    /** See Connection.close. */
    void close(long nowNs) {
        if (orphaned) {
            return;
        }
        if (over || !established) {
            orphan();
            closeUnestablished(nowNs);
            return;
        }
        if (connection.received.available() > 0) {
            // RFC 1122 section 4.2.2.13: data that was lost has to be known as lost.
            abort(nowNs);
            return;
        }
        orphan();
        connection.sender.finish();
        layer.touch(connection);
    }

    private void orphan() {
        orphaned = true;
        connection.user = Unaccepted.USER;
    }

    private void closeUnestablished(long nowNs) {
        if (over) {
            connection.receiver.release();
            return;
        }
        connection.initial.tcb.close(nowNs);
        layer.touch(connection);
    }

    /** See Connection.abort. */
    void abort(long nowNs) {
        orphan();
        if (over) {
            connection.receiver.release();
            return;
        }
        endAtOnce(nowNs);
    }

    /** All subflows go with a reset, which says MP_FASTCLOSE: "Host A can tear down the subflows and the connection immediately." */
    private void endAtOnce(long nowNs) {
        aborted = true;
        connection.fastClosing = connection.isFullyEstablished() && !connection.fallenBack;
        for (Subflow subflow : connection.subflows) {
            subflow.tcb.demandReset(nowNs);
        }
        layer.touch(connection);
    }

    /** MP_FASTCLOSE with our key came. */
    void onFastClose() {
        fastClosed = true;
        layer.touch(connection);
    }

    /** What the first subflow, or the one that is left, failed of is what the connection fails of. */
    void onSubflowFailed(TcpFailure why) {
        lastFailure = why;
    }

    // In the core's flush.

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        return Math.min(giveUpNs, heldUntilNs);
    }

    /** Looks at what became of the subflows, and at whether the connection can end. */
    void work(long nowNs) {
        if (over) {
            return;
        }
        if (fastClosed) {
            fastClosed = false;
            resetAll(nowNs);
            fail(TcpFailure.RESET);
            return;
        }
        if (timedOut && !aborted) {
            resetAll(nowNs);
            fail(TcpFailure.TIMED_OUT);
            return;
        }
        if (orphaned && !aborted && connection.received.available() > 0) {
            // RFC 1122 section 4.2.2.13: new data after CLOSE is lost, and the peer has to know.
            endAtOnce(nowNs);
            return;
        }
        if (connection.subflows.isEmpty()) {
            withoutSubflows(nowNs);
        } else if (hasNoneLeft()) {
            waitForSubflow(nowNs);
        } else {
            heldUntilNs = Deadlines.NONE;
            withSubflows(nowNs);
        }
    }

    /** Whether no subflow can carry anything: attempts to have one, and those that were ended, do not prolong what is waited. */
    private boolean hasNoneLeft() {
        if (!established || aborted || endingSubflows || connection.fallenBack) {
            return false;
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (!subflow.closing() && !(subflow.handshake instanceof JoinHandshake)) {
                return false;
            }
        }
        return true;
    }

    private void withSubflows(long nowNs) {
        if (aborted) {
            return; // the resets are on their way
        }
        boolean bothEnded = connection.sender.finAcked() && connection.receiver.finReceived();
        if (bothEnded && !endingSubflows) {
            endingSubflows = true;
            for (Subflow subflow : connection.subflows) {
                subflow.close(nowNs);
            }
            giveUpNs = nowNs + layer.config.closeTimeoutNs;
        } else if (giveUpNs <= nowNs) {
            // The peer's stream, or its subflows, do not end: an abandoned connection does not wait for ever.
            giveUpNs = Deadlines.NONE;
            endAtOnce(nowNs);
            return;
        } else if (orphaned && connection.sender.finAcked() && giveUpNs == Deadlines.NONE) {
            giveUpNs = nowNs + finWait2Ns();
        } else if (!orphaned && !endingSubflows) {
            giveUpNs = Deadlines.NONE;
        }
        endHalfClosed(nowNs);
    }

    private long finWait2Ns() {
        long own = connection.settings.finWait2Ns;
        return own >= 0 ? own : layer.tcp.config().finWait2Ns;
    }

    /** The peer ended a subflow: what it was given still goes, then this end ends it too. The connection is not meant. */
    private void endHalfClosed(long nowNs) {
        if (connection.fallenBack) {
            return;
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (!subflow.halfClosed()) {
                continue;
            }
            if (connection.stripped.endsStream(subflow, nowNs)) {
                return;
            }
            if (!isLastWayOut()) {
                subflow.close(nowNs);
            }
        }
    }

    /**
     * The peer's stream has ended and this end's has not, which no other subflow can carry: "a host MUST NOT close all functioning
     * subflows unless it is safe to do so" (RFC 8684 section 3.3.3), as a peer's that says DATA_FIN and FIN in one segment.
     */
    private boolean isLastWayOut() {
        if (!connection.receiver.finReceived() || connection.sender.finAcked()) {
            return false;
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable() && !subflow.halfClosed()) {
                return false;
            }
        }
        return true;
    }

    private void withoutSubflows(long nowNs) {
        boolean bothEnded = connection.sender.finAcked() && connection.receiver.finReceived();
        if (aborted || endingSubflows || bothEnded) {
            end();
            return;
        }
        TcpFailure why = lastFailure;
        if (!connection.isFullyEstablished() || connection.fallenBack) {
            // "New subflows MUST NOT be established ... until a DSS option has been successfully received" (section 3.1).
            if (why == null || orphaned) {
                end();
            } else {
                fail(why);
            }
            return;
        }
        waitForSubflow(nowNs);
    }

    /** "MPTCP's connection will stay alive at the data level, in order to permit break-before-make handover" (section 3.5). */
    private void waitForSubflow(long nowNs) {
        if (heldUntilNs == Deadlines.NONE) {
            heldUntilNs = nowNs + layer.config.closeTimeoutNs;
        }
        if (deadlineNs() <= nowNs) {
            resetAll(nowNs);
            fail(TcpFailure.TIMED_OUT);
        }
    }

    /** TCP_USER_TIMEOUT is over: the peer is told, should it hear, and the user. */
    void timedOut() {
        timedOut = true;
        layer.touch(connection);
    }

    private void resetAll(long nowNs) {
        for (Subflow subflow : connection.subflows) {
            subflow.tcb.demandReset(nowNs);
        }
    }

    private void fail(TcpFailure why) {
        connection.failure = why;
        if (!orphaned) {
            connection.user.onFailed(connection, why);
        }
        end();
    }

    /** The connection is over. What was received before stays readable until the user lets go. */
    private void end() {
        over = true;
        giveUpNs = Deadlines.NONE;
        heldUntilNs = Deadlines.NONE;
        if (counted) {
            counted = false;
            layer.counters.mpCurrEstab.add(-1);
            MptcpObserver observer = layer.observer;
            if (observer != null) {
                observer.onClosed(connection);
            }
        }
        layer.forget(connection);
        connection.sender.release();
        if (orphaned) {
            connection.receiver.release();
        } else if (!closedSaid) {
            closedSaid = true;
            connection.user.onClosed(connection);
        }
    }
}
