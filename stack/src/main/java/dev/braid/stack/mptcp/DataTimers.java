package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.stack.mptcp.scheduler.SchedulingDecision;
import dev.braid.stack.tcp.TcpConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sender's timers at the data level. One guards data and DATA_FIN that are not acknowledged: what the oldest subflow was given
 * goes again over another (RFC 8684 section 3.3.6). The other asks a peer whose window is closed where it stands, since the ACK that
 * opened it may have been lost (RFC 9293 section 3.8.6.1). Core thread only.
 */
final class DataTimers {
    private static final int MAX_SHIFT = 16;

    private final DataSender sender;
    private final MptcpConnection connection;
    private long retransmitNs = Deadlines.NONE;
    private long persistNs = Deadlines.NONE;
    /** Since when the peer owes an acknowledgement or a window; {@link Deadlines#NONE} = it owes nothing. */
    private long owedSinceNs = Deadlines.NONE;

    private int timeouts;
    private int probes;
    /** Window probes in a row that nobody answered, or that nobody was left to be sent to. */
    private int unanswered;
    /** Whom the last window probe asked, and when. */
    private @Nullable Subflow probed;

    private long probedNs;
    /** What was sent before the last timeout: each hole in it is mended as soon as it shows. */
    private long recoverUpTo;
    /** An acknowledgement came after a timeout. */
    private boolean advanced;

    DataTimers(DataSender sender) {
        this.sender = sender;
        connection = sender.connection;
    }

    /** Expiries since the last progress. */
    int timeouts() {
        return timeouts;
    }

    /** Something is on its way. */
    void onGiven(long nowNs) {
        persistNs = Deadlines.NONE;
        probes = 0;
        owe(nowNs);
        if (retransmitNs == Deadlines.NONE) {
            arm(nowNs);
        }
    }

    /** Data is there, and nothing of it may leave. */
    void onBlocked(long nowNs) {
        if (sender.window() <= 0 || sender.partial().windowLimited()) {
            askLater(nowNs);
        }
    }

    private void askLater(long nowNs) {
        if (persistNs == Deadlines.NONE && isWaiting()) {
            persistNs = nowNs + interval(probes);
            connection.deadlineMoved(persistNs);
            owe(nowNs);
        }
    }

    private void owe(long nowNs) {
        if (owedSinceNs == Deadlines.NONE) {
            owedSinceNs = nowNs;
            connection.deadlineMoved(giveUpNs());
        }
    }

    /** TCP_USER_TIMEOUT: when the connection is given up unless the peer says something (RFC 5482, for the data level). */
    private long giveUpNs() {
        long userTimeoutNs = connection.settings.userTimeoutNs;
        return userTimeoutNs > 0 && owedSinceNs != Deadlines.NONE ? owedSinceNs + userTimeoutNs : Deadlines.NONE;
    }

    /** Data is there, and nothing is on its way that would bring an answer. */
    private boolean isWaiting() {
        return sender.queued() > 0 && sender.unacknowledged() == 0;
    }

    /** The peer acknowledged at the data level, with progress or a larger window alone. */
    void onAck(boolean progress, long nowNs) {
        if (progress) {
            if (timeouts > 0 || sender.dataUna() < recoverUpTo) {
                advanced = true;
                connection.layer.touch(connection);
            }
            timeouts = 0;
            retransmitNs = Deadlines.NONE;
            owedSinceNs = Deadlines.NONE;
            if (isOutstanding()) {
                arm(nowNs);
                owe(nowNs);
            }
        }
        persistNs = Deadlines.NONE;
        probes = 0;
        if (!isOutstanding()) {
            owedSinceNs = Deadlines.NONE;
        }
        askLater(nowNs);
    }

    private boolean isOutstanding() {
        return sender.unacknowledged() > 0 || sender.finOutstanding();
    }

    private void arm(long nowNs) {
        if (sender.isPlain()) {
            return; // TCP's own timer is all there is
        }
        retransmitNs = nowNs + interval(timeouts);
        connection.deadlineMoved(retransmitNs);
    }

    /** The interval without back-off. */
    long intervalNs() {
        return interval(0);
    }

    /** The longest timeout that a path's round trips ask for, and each time the double. */
    private long interval(int shift) {
        TcpConfig config = connection.layer.tcp.config();
        long longest = config.minRtoNs;
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable() && !subflow.stale) {
                longest = Math.max(longest, subflow.tcb.baseRtoNs());
            }
        }
        return Math.min(longest << Math.min(shift, MAX_SHIFT), config.maxRtoNs);
    }

    /** The next moment at which {@link #onDeadline} does something. */
    long deadlineNs() {
        return Math.min(Math.min(retransmitNs, persistNs), giveUpNs());
    }

    /** In the core's flush: does what is due. */
    void onDeadline(long nowNs) {
        if (giveUpNs() <= nowNs) {
            owedSinceNs = Deadlines.NONE;
            connection.timedOut();
            return;
        }
        if (advanced) {
            advanced = false;
            if (sender.dataUna() < recoverUpTo && !sender.recovery.isHeadInFlight()) {
                sender.recovery.reinjectHead();
            }
        }
        if (retransmitNs <= nowNs) {
            retransmitNs = Deadlines.NONE;
            if (isOutstanding()) {
                onTimeout(nowNs);
            }
        }
        if (persistNs <= nowNs) {
            persistNs = Deadlines.NONE;
            if (isWaiting()) {
                probe(nowNs);
            }
        }
    }

    private void onTimeout(long nowNs) {
        if (connection.stripped.onDataTimeout(nowNs)) {
            return;
        }
        if (timeouts >= connection.layer.tcp.config().retries) {
            // "A connection is not closed unless there has been a Data FIN exchange, ... or an implementation-specific connection-level
            // send timeout" (section 3.3).
            connection.timedOut();
            return;
        }
        timeouts++;
        recoverUpTo = sender.dataNxt();
        if (sender.recovery.reinjectHead() > 0) {
            connection.decisions.taken(SchedulingDecision.DATA_TIMEOUT, null);
        }
        if (sender.finOutstanding()) {
            sender.announceFin();
        }
        arm(nowNs);
    }

    /**
     * A window with room for part of a segment is used; a closed one is asked for, each time on another path. So are paths while the
     * window is open and yet no subflow takes anything: the one that the scheduler waits for may be dead, with a closed window of its
     * own.
     */
    private void probe(long nowNs) {
        doubtUnanswered(nowNs);
        if (unanswered >= connection.layer.tcp.config().retries) {
            connection.timedOut();
            return;
        }
        if (sender.window() > 0) {
            sender.partial().overrideWindow();
            sender.wake();
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get((probes + i) % subflows.size());
            if (subflow.usable() && !subflow.stale) {
                probed = subflow;
                probedNs = nowNs;
                subflow.pulse.asked(0);
                subflow.tcb.demandProbe();
                connection.layer.counters.winProbe.increment();
                break;
            }
        }
        probes++;
        persistNs = nowNs + interval(probes);
    }

    /** Nothing is in flight that could show it: a path that does not answer a probe would keep the data that waits from the others. */
    private void doubtUnanswered(long nowNs) {
        Subflow asked = probed;
        probed = null;
        boolean answered = probes == 0 || (asked != null && asked.pulse.heardNs() >= probedNs);
        unanswered = answered ? 0 : unanswered + 1;
        if (asked != null && !answered) {
            connection.liveness.suspect(asked, nowNs);
        }
    }

    /** The connection is over. */
    void clear() {
        retransmitNs = Deadlines.NONE;
        persistNs = Deadlines.NONE;
        owedSinceNs = Deadlines.NONE;
    }
}
