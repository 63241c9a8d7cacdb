package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.Ipv4;
import dev.braid.fastpath.wire.Ipv6;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.fastpath.wire.TcpOptionWriter;
import dev.braid.stack.mptcp.path.PathEvent;
import java.util.List;

/**
 * Notices the paths of one connection that fell silent, and sees to it that data does not wait for them. {@link Pulse} says when a
 * silence is suspicious; then the path is asked for an acknowledgement, and the others, too, unless they are heard anyway: only a path
 * that is silent while another one answers is out of order, since the peer alone may be busy.
 *
 * <p>As sender this end gives at once to others what the silent path had not brought to the peer. As receiver it tells the peer to do
 * so: by REMOVE_ADDR, which closes the subflow, or, where but backups are left, first by MP_PRIO, which makes one of them a regular
 * path: the one that path managers choose, else one that {@linkplain Priorities stands in}. Core thread only; nothing is to be done per segment but one comparison.
 */
final class Liveness {
    /** RFC 8684 section 3.6: "Unacceptable performance". */
    private static final int REASON_PERFORMANCE = 5;

    /** How long the use of a backup says something about the regular paths. */
    private static final long BACKUP_NEWS_NS = 1_000_000_000L;

    private final MptcpConnection connection;
    private long nextNs = Deadlines.NONE;
    /** Since when data is missing that a path should have brought. */
    private long holeNs = Deadlines.NONE;
    private long backupUsedNs = Long.MIN_VALUE / 2;
    private boolean heard;
    /** Only backups live, and path managers hear of it in this turn of work: if none of them acts, one stands in. */
    private boolean priorityDue;
    /** The peer was told by MP_PRIO to use another path, and none that was silent has answered since. */
    private boolean priorityTold;

    private final StaleCount staleCount;

    Liveness(MptcpConnection connection) {
        this.connection = connection;
        staleCount = new StaleCount(connection);
    }

    // In the middle of inputs and outputs.

    /** A subflow was given data. */
    void onGiven(long nowNs) {
        if (nextNs == Deadlines.NONE && connection.subflows.size() > 1) {
            if (connection.layer.config.liveness) {
                watch(nowNs);
            } else {
                staleCount.onGiven(nowNs);
            }
        }
    }

    /** Received data waits for what is missing before it. */
    void onHole(long nowNs) {
        if (holeNs == Deadlines.NONE) {
            holeNs = nowNs;
        }
        onGiven(nowNs);
    }

    /** Data came over a backup: the peer does not reach this end over what should carry it. */
    void onBackupUsed(long nowNs) {
        backupUsedNs = nowNs;
        onGiven(nowNs);
    }

    /**
     * The peer refused a join, or reset a subflow. It may not know the connection any more, or have let go of others, too, and what it
     * said of that may be lost: subflows that it was not heard on for long are asked until they answer, for who knows nothing of them
     * answers with a reset. The reset of another one itself proves nothing.
     */
    void onReset(long nowNs) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; connection.layer.config.liveness && i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            boolean quiet = nowNs - subflow.pulse.heardNs() >= Pulse.IDLE_NS;
            if (quiet && subflow.usable() && !subflow.stale && subflow.tcb.demandAnswer(nowNs)) {
                decided(LivenessDecision.SUSPECTED, subflow);
                subflow.pulse.probed(LivenessDecision.SUSPECTED, nowNs);
                countProbe(subflow);
            }
        }
    }

    /** Something arrived on a subflow that is silent. */
    void onHeard() {
        heard = true;
        connection.layer.touch(connection);
    }

    private void watch(long nowNs) {
        nextNs = nowNs + Pulse.EVEN_LEAST_NS;
        connection.deadlineMoved(nextNs);
    }

    // In the connection's work.

    /** Somebody else has reason to doubt the subflow: nothing new goes over it until it answers a probe. */
    void suspect(Subflow subflow, long nowNs) {
        if (subflow.usable() && !subflow.stale) {
            silence(subflow, nowNs);
            repeat(subflow, nowNs);
            nextNs = Math.min(nextNs, subflow.pulse.repeatNs());
        }
    }

    /** The subflow's silence was counted: nothing new goes over it until something is heard on it, for which nobody asks. */
    void lost(Subflow subflow, long nowNs) {
        silence(subflow, nowNs);
        subflow.pulse.unasked(nowNs);
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        return Math.min(nextNs, staleCount.deadlineNs());
    }

    /** Does what is due. */
    void work(long nowNs) {
        if (heard) {
            heard = false;
            recoverThoseHeard(nowNs);
        }
        if (priorityDue) {
            priorityDue = false;
            replaceSilent(nowNs);
        }
        if (nowNs >= nextNs) {
            check(nowNs);
        }
        staleCount.work(nowNs);
    }

    private void check(long nowNs) {
        nextNs = Deadlines.NONE;
        if (!connection.receiver.hasHole()) {
            holeNs = nowNs - backupUsedNs < BACKUP_NEWS_NS ? backupUsedNs : Deadlines.NONE;
        }
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; !connection.fallenBack && i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.usable() && subflow.stale) {
                // Though it be the only one that is left: whoever does not send over silent paths waits for its answer.
                askAgain(subflow, nowNs);
            } else if (subflow.usable() && subflows.size() > 1) {
                feel(subflow, nowNs);
            }
        }
    }

    // A path that is not known to be silent.

    private void feel(Subflow subflow, long nowNs) {
        Pulse pulse = subflow.pulse;
        if (pulse.isProbed()) {
            if (pulse.answered()) {
                pulse.clear();
                decided(LivenessDecision.CLEARED, subflow);
            } else if (nowNs >= pulse.verdictNs()) {
                if (anotherAnswered(subflow, pulse.probedNs())) {
                    boolean missed = holeNs != Deadlines.NONE;
                    silence(subflow, nowNs);
                    if (missed) {
                        tellPeer(subflow, nowNs);
                    }
                    nextNs = Math.min(nextNs, pulse.repeatNs());
                } else {
                    // All are silent, the peer is, perhaps: TCP's own timers go on with it.
                    nextNs = Math.min(nextNs, nowNs + Pulse.patienceNs(pulse.verdictNs(), nowNs));
                }
                return;
            } else {
                nextNs = Math.min(nextNs, pulse.verdictNs());
                return;
            }
        }
        long suspectNs = pulse.suspectNs(holeNs);
        if (nowNs < suspectNs) {
            pulse.looked(nowNs);
        }
        if (nowNs >= suspectNs && anotherUsable(subflow)) {
            probe(subflow, LivenessDecision.SUSPECTED, nowNs);
            compare(subflow, nowNs);
            nextNs = Math.min(nextNs, pulse.verdictNs());
        } else if (suspectNs != Deadlines.NONE) {
            // Suspicious, and none to compare it with: that may change, but nobody needs to look forty times a second.
            long pauseNs = nowNs < suspectNs ? Pulse.LOOK_NS : Pulse.patienceNs(suspectNs, nowNs);
            nextNs = Math.min(nextNs, Math.max(suspectNs, nowNs + pauseNs));
        }
    }

    private void probe(Subflow subflow, LivenessDecision why, long nowNs) {
        decided(why, subflow);
        subflow.pulse.probed(why, nowNs);
        send(subflow);
    }

    /** A segment that must be answered, whenever the last one was (LowerLayer.demandProbe). */
    private void send(Subflow subflow) {
        subflow.tcb.demandProbe();
        countProbe(subflow);
    }

    private void countProbe(Subflow subflow) {
        int ip = subflow.localAddress().isIpv4() ? Ipv4.MIN_HEADER : Ipv6.HEADER;
        int timestamps = subflow.tcb.timestamps() ? TcpOptionWriter.ALIGNED_TIMESTAMPS_LENGTH : 0;
        int dataAck = connection.receiver.wideDataAck() ? 12 : 8;
        connection.layer.counters.probes.increment();
        connection.layer.counters.probeBytes.add(ip + Tcp.MIN_HEADER + timestamps + dataAck + 1);
    }

    /** Those that are not heard anyway are asked, for comparison. */
    private void compare(Subflow suspect, long nowNs) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow other = subflows.get(i);
            boolean quiet = nowNs - other.pulse.heardNs() >= Pulse.LEAST_NS;
            if (other != suspect && other.usable() && !other.stale && quiet && !other.pulse.isProbed()) {
                probe(other, LivenessDecision.COMPARED, nowNs);
            }
        }
    }

    private boolean anotherAnswered(Subflow than, long sinceNs) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow other = subflows.get(i);
            if (other != than && other.usable() && !other.stale && other.pulse.heardNs() > sinceNs) {
                return true;
            }
        }
        return false;
    }

    private boolean anotherUsable(Subflow than) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow other = subflows.get(i);
            if (other != than && other.usable() && !other.stale) {
                return true;
            }
        }
        return false;
    }

    // A path is silent.

    private void silence(Subflow subflow, long nowNs) {
        connection.stale(subflow, true);
        subflow.pulse.silent(nowNs);
        decided(LivenessDecision.SILENT, subflow);
        connection.layer.counters.subflowStale.increment();
        if (subflow.outstanding() > 0) {
            connection.sender.recovery.reinject(subflow);
            decided(LivenessDecision.REINJECTED, subflow);
        }
        connection.scheduler.onSubflows(connection, nowNs);
        connection.sender.wake();
        connection.paths.raise(new PathEvent.SubflowSilent(subflow));
    }

    /** The peer sends over a path that does not reach this end: it may not know. */
    private void tellPeer(Subflow silent, long nowNs) {
        if (!connection.priorities.isRegularAlive() && connection.priorities.aliveBackup() != null) {
            priorityDue = true;
            priorityTold = true;
            connection.layer.touch(connection);
        } else if (isAddressShared(silent)) {
            decided(LivenessDecision.UNTOLD, silent);
        } else {
            takeBack(silent.localId(), nowNs);
            decided(LivenessDecision.TOLD_REMOVE_ADDR, silent);
        }
    }

    /** The address goes with every subflow that starts from it, for the peer will close them all. */
    private void takeBack(int id, long nowNs) {
        int reason = MptcpReason.of(LivenessDecision.TOLD_REMOVE_ADDR);
        connection.paths.signals.withdraw(new int[] {id}, reason);
        for (Subflow subflow : connection.subflows) {
            if (subflow.usable() && subflow.localId() == id) {
                subflow.reset(REASON_PERFORMANCE, nowNs);
                subflow.pathReason = reason;
            }
        }
    }

    /** The path managers have heard of the silence: they know best which backup is to be none. */
    private void replaceSilent(long nowNs) {
        Subflow backup = connection.priorities.aliveBackup();
        if (backup != null && !connection.priorities.isRegularAlive()) {
            connection.priorities.standIn(backup, nowNs);
        }
    }

    private boolean isAddressShared(Subflow silent) {
        for (Subflow subflow : connection.subflows) {
            boolean living = subflow.usable() && !subflow.stale;
            if (subflow != silent && living && subflow.localId() == silent.localId()) {
                return true;
            }
        }
        return false;
    }

    private void askAgain(Subflow subflow, long nowNs) {
        Pulse pulse = subflow.pulse;
        if (nowNs >= pulse.repeatNs()) {
            boolean another = connection.subflows.size() > 1;
            if (another && connection.receiver.hasHole() && nowNs - holeNs >= 2 * pulse.answerNs() && priorityTold) {
                // MP_PRIO alone did not move the peer to send what is missing again.
                tellPeer(subflow, nowNs);
            }
            repeat(subflow, nowNs);
        }
        nextNs = Math.min(nextNs, pulse.repeatNs());
    }

    private void repeat(Subflow subflow, long nowNs) {
        boolean idle = connection.sender.unacknowledged() == 0 && connection.sender.queued() == 0
                && holeNs == Deadlines.NONE;
        subflow.pulse.repeated(idle, nowNs);
        decided(LivenessDecision.PROBED_AGAIN, subflow);
        send(subflow);
    }

    // A path is back.

    private void recoverThoseHeard(long nowNs) {
        List<Subflow> subflows = connection.subflows;
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.stale && subflow.usable() && subflow.pulse.answered()) {
                recover(subflow, nowNs);
            }
        }
    }

    private void recover(Subflow subflow, long nowNs) {
        connection.stale(subflow, false);
        priorityTold = false;
        subflow.pulse.recovered();
        decided(LivenessDecision.RECOVERED, subflow);
        connection.layer.counters.subflowRecover.increment();
        subflow.tcb.pathAnswers(nowNs);
        connection.onUsable(subflow, nowNs);
        connection.paths.raise(new PathEvent.SubflowAnswered(subflow));
    }

    private void decided(LivenessDecision decision, Subflow about) {
        connection.layer.counters.decided(decision);
        switch (decision) {
            case SUSPECTED, COMPARED, PROBED_AGAIN -> {} // the probe says so
            case TOLD_REMOVE_ADDR, TOLD_PRIO, TOLD_PRIO_BACK -> {} // so does the ACK that tells the peer; see Priorities
            case CLEARED, SILENT, RECOVERED, REINJECTED, UNTOLD ->
                connection.decisions.note(MptcpReason.of(decision), about.number());
        }
    }
}
