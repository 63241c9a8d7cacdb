package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.SubflowPlan;
import dev.braid.stack.tcp.Tcb;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.stack.tcp.TcpSegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which subflows a connection has: takes further ones in, tells the connection's parts when one may be used and when one is gone. Core
 * thread only.
 */
final class SubflowRoster {
    private final MptcpConnection connection;
    private final MptcpLayer layer;
    /** The connection's list of subflows, which nobody else changes once it has begun. */
    private final List<Subflow> subflows;
    /** The initial one is number 0. */
    private int nextNumber = 1;

    SubflowRoster(MptcpConnection connection) {
        this.connection = connection;
        layer = connection.layer;
        subflows = connection.subflows;
    }

    /** A further subflow, of a TCB that is to be opened or was made for a peer's SYN. */
    Subflow add(Tcb tcb, boolean initiated) {
        var subflow = new Subflow(connection, tcb, nextNumber++, initiated);
        tcb.user(subflow);
        subflows.add(subflow);
        return subflow;
    }

    /**
     * Opens a further subflow (RFC 8684 section 3.2): its SYN leaves with the next flush.
     *
     * @return {@code null} when the connection takes none, or the SYN could not be sent: counted
     */
    @Nullable
    Subflow join(SubflowPlan plan, long nowNs) {
        if (!takesMore()) {
            return null;
        }
        Tcb tcb = layer.tcp.open(Unaccepted.USER, SubflowSettings.of(connection.settings));
        Subflow subflow = add(tcb, true);
        subflow.localId = plan.localId();
        subflow.remoteId = plan.remoteId();
        subflow.localBackup = plan.backup();
        subflow.handshake = new JoinHandshake(connection, subflow, (int) layer.entropy.nextLong());
        tcb.attach(subflow);
        IpAddress from = plan.local().address();
        IpAddress to = plan.remote();
        TcpFailure why = layer.tcp.connect(
                tcb, from.hi(), from.lo(), plan.localPort(), to.hi(), to.lo(), plan.remotePort(), nowNs);
        if (why == null) {
            if (from.isUnspecified()) {
                subflow.localId = connection.paths.localIdOf(tcb.localHi(), tcb.localLo(), tcb.localPort());
            }
            connection.paths.signals.onUsed(subflow.localId);
            return subflow;
        }
        subflows.remove(subflow);
        (why == TcpFailure.ADDRESS_IN_USE || why == TcpFailure.ADDRESS_NOT_AVAILABLE
                ? layer.counters.mpJoinSynTxBindErr
                : layer.counters.mpJoinSynTxConnectErr)
                .increment();
        return null;
    }

    /** Whether the peer may add a subflow with this SYN, or third ACK, as far as limits do not count. */
    boolean acceptsJoin(TcpSegment syn) {
        Tcb first = connection.initial.tcb;
        boolean denied = !layer.config.allowJoinInitialAddressPort
                && syn.dstPort == first.localPort()
                && syn.dstHi == first.localHi()
                && syn.dstLo == first.localLo();
        return takesMore() && !denied;
    }

    private boolean takesMore() {
        return connection.isFullyEstablished() && !connection.fallenBack && connection.life.isOpen();
    }

    /** Lets each subflow do what is due, and notices which became usable and which are gone. */
    void work(long nowNs) {
        for (int i = 0; i < subflows.size(); i++) {
            Subflow subflow = subflows.get(i);
            if (subflow.gone()) {
                subflows.remove(i--);
                onGone(subflow, nowNs);
                continue;
            }
            subflow.work(nowNs);
            if (subflow.becomesReady()) {
                onReady(subflow, nowNs);
            }
        }
    }

    /** When {@link #work} has something to do by itself. */
    long deadlineNs() {
        long next = Deadlines.NONE;
        for (int i = 0; i < subflows.size(); i++) {
            next = Math.min(next, subflows.get(i).deadlineNs());
        }
        return next;
    }

    private void onReady(Subflow subflow, long nowNs) {
        connection.receiver.onSubflow(subflow);
        connection.onUsable(subflow, nowNs);
        connection.counts.subflowsEver++;
        MptcpObserver observer = layer.observer;
        if (observer != null) {
            observer.onSubflow(connection, subflow, subflow.tcb);
        }
        if (subflow != connection.initial) {
            connection.paths.onSubflowEstablished(subflow);
        }
    }

    private void onGone(Subflow subflow, long nowNs) {
        TcpFailure why = subflow.tcb.failure();
        if (why != null) {
            connection.life.onSubflowFailed(why);
        }
        subflow.receiver.release();
        connection.sender.forget(subflow, nowNs);
        if (why == TcpFailure.RESET || (why == TcpFailure.REFUSED && subflow.handshake instanceof JoinHandshake)) {
            connection.liveness.onReset(nowNs);
        }
        MptcpObserver observer = layer.observer;
        if (observer != null) {
            observer.onSubflowClosed(connection, subflow, subflow.tcb);
        }
        connection.paths.onSubflowClosed(subflow, why);
    }
}
