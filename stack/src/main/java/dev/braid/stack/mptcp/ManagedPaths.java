package dev.braid.stack.mptcp;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.PathCommands;
import dev.braid.stack.mptcp.path.PathDecision;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.path.SubflowPlan;
import org.jspecify.annotations.Nullable;

/** One path manager on one connection: brings it events, and has done what it commands meanwhile. Core thread only. */
final class ManagedPaths implements PathCommands {
    final PathManager manager;
    private final MptcpConnection connection;
    private final ConnectionPaths paths;
    private long wakeNs = Deadlines.NONE;
    private long wakeMoved = Long.MAX_VALUE;
    private long nowNs;

    ManagedPaths(MptcpConnection connection, ConnectionPaths paths, PathManager manager) {
        this.connection = connection;
        this.paths = paths;
        this.manager = manager;
    }

    void tell(PathEvent event, long nowNs) {
        this.nowNs = nowNs;
        manager.onEvent(event, paths, this, nowNs);
    }

    void wake(long nowNs) {
        boolean late = nowNs >= wakeNs;
        boolean much = connection.counts.moved() >= wakeMoved;
        if (late || much) {
            wakeNs = late ? Deadlines.NONE : wakeNs;
            wakeMoved = much ? Long.MAX_VALUE : wakeMoved;
            tell(new PathEvent.Woken(), nowNs);
        }
    }

    /** How many bytes moved it is to be woken at; {@link Long#MAX_VALUE} = at none. */
    long wakeMoved() {
        return wakeMoved;
    }

    long wakeNs() {
        return wakeNs;
    }

    @Override
    public int open(SubflowPlan plan) {
        if (!paths.mayOpen()) {
            return -1;
        }
        Subflow opened = connection.roster.join(plan, nowNs);
        return opened == null ? -1 : opened.number();
    }

    @Override
    public void close(int subflow) {
        Subflow found = find(subflow);
        if (found != null) {
            if (found.established()) {
                found.close(nowNs);
            } else {
                found.reset(0, nowNs);
            }
        }
    }

    @Override
    public void reset(int subflow, int reason) {
        Subflow found = find(subflow);
        if (found != null) {
            found.reset(reason, nowNs);
        }
    }

    @Override
    public void suspect(int subflow) {
        Subflow found = find(subflow);
        if (found != null) {
            connection.liveness.suspect(found, nowNs);
            connection.decisions.taken(PathDecision.DOUBTED, found);
        }
    }

    @Override
    public void measure(int subflow) {
        Subflow found = find(subflow);
        if (found != null && found.usable()) {
            found.pulse.asked(MptcpReason.of(PathDecision.MEASURED));
            found.tcb.demandProbe();
            connection.decisions.taken(PathDecision.MEASURED, found);
        }
    }

    @Override
    public boolean announce(int id, IpAddress address, int port) {
        return paths.signals.announce(id, address, port, nowNs);
    }

    @Override
    public void withdraw(int... ids) {
        paths.signals.withdraw(ids, MptcpReason.of(PathDecision.WITHDRAWN));
        connection.decisions.taken(PathDecision.WITHDRAWN, null);
    }

    @Override
    public void priority(int subflow, boolean backup) {
        Subflow found = find(subflow);
        if (found != null) {
            connection.priorities.want(found, backup, false, nowNs);
        }
    }

    @Override
    public void overflow(int subflow) {
        Subflow found = find(subflow);
        if (found != null) {
            connection.priorities.want(found, false, true, nowNs);
        }
    }

    @Override
    public void wakeAt(long deadlineNs) {
        wakeNs = deadlineNs;
    }

    @Override
    public void wakeAtMoved(long bytes) {
        wakeMoved = bytes;
    }

    @Override
    public void decided(PathDecision decision, int subflow) {
        connection.decisions.taken(decision, find(subflow));
    }

    private @Nullable Subflow find(int number) {
        for (Subflow subflow : connection.subflows) {
            if (subflow.number() == number) {
                return subflow;
            }
        }
        return null;
    }
}
