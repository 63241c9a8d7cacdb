package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.device.Deadlines;
import java.util.Optional;

/**
 * Has {@linkplain Endpoint#OVERFLOW overflow} endpoints' subflows, which are backups, carry besides the regular ones while the
 * connection moves much, and in place of them while none of them works. MP_PRIO tells the peer, so that it holds for what comes, too
 * (RFC 8684 section 3.3.8). Opens and announces nothing: {@link EndpointManager} is named before it.
 *
 * <p>Much is {@link #MUCH} bytes in {@link #SOON_NS}. Of data that this end sends, more than the regular paths have room for must wait
 * besides, and the overflow paths get no more than that; what waits at the peer nobody can see. It is over when less than {@link #LITTLE} bytes moved in {@link #CALM_NS}.
 *
 * <p>No timer runs while the connection moves little: it is looked at again whenever it has moved as much once more.
 */
public final class OverflowManager implements PathManager {
    /** What it is chosen by. */
    public static final String NAME = "overflow";

    /** A transfer rather than a page: at 4 Mbit/s or more a second link is worth its signals, and what it may cost. */
    private static final long MUCH = 1_000_000;

    private static final long SOON_NS = 2_000_000_000L;
    /** Less than 0.8 Mbit/s: what any link carries. */
    private static final long LITTLE = 500_000;

    private static final long CALM_NS = 5_000_000_000L;

    /** Overflow paths carry, since the connection moves much. */
    private boolean carries;
    /** What moves is counted since then; meaningless while there is no overflow path. */
    private long sinceNs;

    private long sentBefore;
    private long receivedBefore;
    private boolean counting;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
        if (connection.serverSide() || !connection.established()) {
            return;
        }
        if (event instanceof PathEvent.EndpointChanged told
                && told.before().has(Endpoint.OVERFLOW)
                && !told.after().has(Endpoint.OVERFLOW)) {
            letGo(told.after(), connection, commands);
        }
        if (!hasOverflow(connection)) {
            counting = false;
            carries = false;
            commands.wakeAt(Deadlines.NONE);
            commands.wakeAtMoved(Long.MAX_VALUE);
            return;
        }
        if (!counting) {
            counting = true;
            countFrom(connection, nowNs);
        }
        look(connection, commands, nowNs);
        boolean needed = carries || !regularWorks(connection);
        for (int i = 0; i < connection.subflows(); i++) {
            PathSubflow subflow = connection.subflow(i);
            if (isPath(subflow) && isOverflow(connection, subflow) && subflow.localBackup() == needed) {
                if (needed) {
                    commands.overflow(subflow.number());
                } else {
                    commands.priority(subflow.number(), true);
                }
            }
        }
    }

    /** Looks at what moved, and asks to be woken when it is worth another look. */
    private void look(PathView connection, PathCommands commands, long nowNs) {
        long sent = connection.sent() - sentBefore;
        long received = connection.received() - receivedBefore;
        long tookNs = nowNs - sinceNs;
        if (carries && tookNs >= CALM_NS) {
            if (sent + received < LITTLE) {
                carries = false;
                commands.decided(PathDecision.OVERFLOW_ENDED);
            }
            countFrom(connection, nowNs);
        } else if (!carries && sent + received >= MUCH) {
            boolean waits = received >= sent || connection.queued() > 0;
            if (tookNs <= SOON_NS && waits) {
                carries = true;
                commands.decided(PathDecision.OVERFLOW_BEGUN);
            }
            countFrom(connection, nowNs);
        }
        commands.wakeAt(carries ? sinceNs + CALM_NS : Deadlines.NONE);
        commands.wakeAtMoved(carries ? Long.MAX_VALUE : sentBefore + receivedBefore + MUCH);
    }

    private void countFrom(PathView connection, long nowNs) {
        sinceNs = nowNs;
        sentBefore = connection.sent();
        receivedBefore = connection.received();
    }

    /** The subflows of an endpoint that is for overflow no more are what it says from now on. */
    private static void letGo(Endpoint endpoint, PathView connection, PathCommands commands) {
        boolean backup = endpoint.has(Endpoint.BACKUP);
        for (int i = 0; i < connection.subflows(); i++) {
            PathSubflow subflow = connection.subflow(i);
            boolean from = subflow.localAddress().equals(endpoint.address());
            if (from && isPath(subflow) && (subflow.localBackup() != backup || subflow.yields())) {
                commands.priority(subflow.number(), backup);
            }
        }
    }

    private static boolean hasOverflow(PathView connection) {
        for (int i = 0; i < connection.subflows(); i++) {
            if (isPath(connection.subflow(i)) && isOverflow(connection, connection.subflow(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether data gets through without overflow paths and backups. */
    private static boolean regularWorks(PathView connection) {
        for (int i = 0; i < connection.subflows(); i++) {
            PathSubflow subflow = connection.subflow(i);
            boolean wanted = !subflow.localBackup() && !subflow.remoteBackup();
            if (subflow.usable() && !subflow.stale() && wanted && !isOverflow(connection, subflow)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOverflow(PathView connection, PathSubflow subflow) {
        Optional<Endpoint> from = connection.endpoints().find(subflow.localAddress(), 0);
        return from.isPresent() && from.get().has(Endpoint.OVERFLOW);
    }

    private static boolean isPath(PathSubflow subflow) {
        return subflow.established() && !subflow.closing();
    }
}
