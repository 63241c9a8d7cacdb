package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.tcp.TcpFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Linux's endpoints and limits, without its limitations: all addresses are announced at once, what the peer announces is kept and used
 * when limits allow, what was lost is opened again, and the host's links and addresses are followed. IPv4 and IPv6 mix wherever both
 * ends have both.
 *
 * <p>It compares what there should be ({@link WantedPaths}) with what there is, whatever happened: so a manager that is put on a
 * connection in the middle of its life finds its way.
 */
public final class EndpointManager implements PathManager {
    /** What it is chosen by. */
    public static final String NAME = "endpoints";

    private final Retries retries = new Retries();
    private final RemovedAddresses removed = new RemovedAddresses();
    /** Addresses of endpoints that the host had on a link that was up: those it has no more are lost, others may be a translator's. */
    private final Set<IpAddress> had = new HashSet<>(0);
    /** Addresses whose endpoints were taken away while the connection ran: no route is to choose them. */
    private final Set<IpAddress> takenAway = new HashSet<>(0);
    /** The address that the connection began with is not to be used any more: somebody said so, or took its endpoint away. */
    private boolean initialUnwanted;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
        switch (event) {
            case PathEvent.SubflowEstablished told -> retries.established(told.subflow().number(), nowNs);
            case PathEvent.SubflowClosed told -> closed(told, nowNs);
            case PathEvent.SubflowAnswered told -> removed.answered(told.subflow().number());
            case PathEvent.AddressAnnounced told -> announced(told.address(), connection, commands);
            case PathEvent.AddressRemoved told -> removed.begin(told.address(), connection, commands, nowNs);
            case PathEvent.LocalAddressAdded _ -> startAgain(commands);
            case PathEvent.LocalAddressRemoved told -> {
                localGone(told.address(), connection, commands);
                startAgain(commands);
            }
            case PathEvent.LinkChanged told -> linkChanged(told, connection, commands);
            case PathEvent.LinkDoubted told -> linkDoubted(told.link(), connection, commands);
            case PathEvent.EndpointAdded told -> {
                initialUnwanted &= !isInitial(told.endpoint(), connection);
                takenAway.remove(told.endpoint().address());
            }
            case PathEvent.EndpointRemoved told -> {
                endpointRemoved(told.endpoint(), connection, commands);
                takenAway.add(told.endpoint().address());
                initialUnwanted |= isInitial(told.endpoint(), connection);
            }
            case PathEvent.InitialAddressRemoved told -> {
                if (new Survey(connection).closeInitial(told, commands)) {
                    initialUnwanted = true;
                }
            }
            case PathEvent.EndpointChanged told -> endpointChanged(told, connection, commands);
            case PathEvent.Established _ -> demoteFirst(connection, commands);
            case PathEvent.Attached _ -> takeOver(connection, commands);
            case PathEvent.MayOpen _,PathEvent.SubflowSilent _,PathEvent.PriorityChanged _,PathEvent.AnnouncementEchoed _,PathEvent.AnnouncementUnheard _,PathEvent.LimitsChanged _,PathEvent.Woken _ ->
                {}
        }
        removed.expire(connection, commands, nowNs);
        reconcile(connection, commands, nowNs);
    }

    /** Announces and opens what is missing, and asks to be woken when that may succeed which cannot now. */
    private void reconcile(PathView view, PathCommands commands, long nowNs) {
        for (int late = retries.overdue(nowNs); late >= 0; late = retries.overdue(nowNs)) {
            PathSubflow subflow = new Survey(view).subflow(late);
            if (subflow != null && subflow.srttNs() > 0) {
                // Its SYN was answered: the path is there, and what is left of the handshake has timers of its own.
                retries.answered(late);
            } else {
                retries.abandoned(late, nowNs);
                commands.close(late);
                commands.decided(PathDecision.ABANDONED, late);
            }
        }
        if (view.established()) {
            announce(view, commands);
        }
        if (view.mayOpen()) {
            open(view, commands, nowNs);
        }
        commands.wakeAt(Math.min(retries.nextDeadlineNs(nowNs), removed.nextDeadlineNs()));
    }

    private void announced(RemoteAddress told, PathView view, PathCommands commands) {
        retries.forgive(told);
        PathDecision refusal = WantedPaths.refusal(view, told);
        if (refusal != null) {
            commands.decided(refusal);
        }
    }

    /** MP_CAPABLE cannot say that the first subflow is a backup (RFC 8684 section 3.1): MP_PRIO says so afterwards. */
    private static void demoteFirst(PathView view, PathCommands commands) {
        if (view.subflows() == 0 || !view.subflow(0).initiated()) {
            return;
        }
        Optional<Endpoint> from = view.endpoints().find(view.subflow(0).localAddress(), 0);
        if (from.isPresent() && from.get().has(Endpoint.BACKUP)) {
            commands.priority(view.subflow(0).number(), true);
        }
    }

    /** What a predecessor made backups or regular is again what its endpoint says. */
    private static void takeOver(PathView view, PathCommands commands) {
        for (int i = 0; i < view.subflows(); i++) {
            PathSubflow subflow = view.subflow(i);
            Optional<Endpoint> from = view.endpoints().find(subflow.localAddress(), 0);
            boolean backup = from.isPresent() && from.get().has(Endpoint.BACKUP);
            if (subflow.initiated() && !subflow.closing() && subflow.localBackup() != backup) {
                commands.priority(subflow.number(), backup);
            }
        }
    }

    private void startAgain(PathCommands commands) {
        retries.startAgain().forEach(commands::close);
    }

    private void announce(PathView view, PathCommands commands) {
        Survey survey = new Survey(view);
        for (Endpoint endpoint : view.endpoints().all()) {
            if (!endpoint.has(Endpoint.SIGNAL)
                    || isInitial(endpoint, view)
                    || isLost(endpoint.address(), survey)
                    || survey.announced(endpoint.id(), endpoint.address(), endpoint.port())) {
                continue;
            }
            if (commands.announce(endpoint.id(), endpoint.address(), endpoint.port())) {
                commands.decided(PathDecision.ANNOUNCED);
            }
        }
    }

    /** Whether nobody can be reached at the address until it returns. */
    private boolean isLost(IpAddress address, Survey survey) {
        if (survey.has(address)) {
            had.add(address);
            return false;
        }
        return had.contains(address);
    }

    private void open(PathView view, PathCommands commands, long nowNs) {
        for (WantedPath path : WantedPaths.of(view)) {
            Survey survey = new Survey(view);
            boolean unwanted = initialUnwanted && path.localId() == 0 && !path.byRoute();
            if (unwanted || path.exists(survey) || !retries.mayOpen(path.ends(), nowNs)) {
                continue;
            }
            if (survey.room() == 0) {
                commands.decided(PathDecision.REFUSED_SUBFLOW_LIMIT);
                return;
            }
            Optional<WantedPath> permitted = permitted(path, view);
            if (permitted.isEmpty()) {
                continue;
            }
            boolean again = retries.isReopening(path.ends());
            int number = commands.open(permitted.get().plan());
            retries.opened(path.ends(), number, nowNs);
            if (number >= 0) {
                commands.decided(again ? PathDecision.REOPENED : path.decision(), number);
            }
        }
    }

    /** A path by route is one from another address than those that were taken away, if there is one. */
    private Optional<WantedPath> permitted(WantedPath path, PathView view) {
        if (!path.byRoute() || takenAway.isEmpty()) {
            return Optional.of(path);
        }
        return view.localAddresses().stream()
                .filter(local -> Survey.sameFamily(local.address(), path.remote().address()))
                .filter(local -> !takenAway.contains(local.address()))
                .findFirst()
                .map(local -> path.from(local, view.localId(local)));
    }

    private void closed(PathEvent.SubflowClosed told, long nowNs) {
        PathSubflow subflow = told.subflow();
        removed.closed(subflow.number());
        if (!subflow.initiated()) {
            return;
        }
        boolean refused = told.failure() == null || told.failure() == TcpFailure.REFUSED
                || told.failure() == TcpFailure.RESET;
        PeerReset reset = told.reset();
        boolean passes = reset != null && reset.passes();
        var ends = new WantedPath.Ends(subflow.localAddress(), subflow.remoteAddress(), subflow.remotePort());
        retries.closed(ends, subflow.number(), subflow.established(), refused && !passes, nowNs);
    }

    /** Nothing can be sent from the address any more: the peer hears of it over another path. */
    private static void localGone(LocalAddress gone, PathView view, PathCommands commands) {
        Survey survey = new Survey(view);
        int id = view.localId(gone);
        boolean announced = view.announcements().stream().anyMatch(a -> a.id() == id);
        if (announced || survey.startsFrom(id)) {
            commands.withdraw(id);
        }
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            if (subflow != null && subflow.localAddress().equals(gone.address())) {
                commands.reset(number, 0);
                commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
            }
        }
    }

    /** A link that went down takes its subflows with it, but for the last one: the link may return before the peer gives up. */
    private void linkChanged(PathEvent.LinkChanged told, PathView view, PathCommands commands) {
        if (told.up()) {
            startAgain(commands);
            return;
        }
        Survey survey = new Survey(view);
        boolean another = false;
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            another |= subflow != null && subflow.link() != told.link() && subflow.usable() && !subflow.stale();
        }
        if (!another) {
            return;
        }
        takeBack(told.link(), view, commands);
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            if (subflow != null && subflow.link() == told.link()) {
                commands.reset(number, 0);
                commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
            }
        }
    }

    /** The identifiers of subflows over the link, and of what else was announced and is lost now. */
    private void takeBack(int link, PathView view, PathCommands commands) {
        Survey survey = new Survey(view);
        var ids = new TreeSet<Integer>();
        for (int i = 0; i < view.subflows(); i++) {
            if (view.subflow(i).link() == link) {
                ids.add(view.subflow(i).localId());
            }
        }
        for (Announcement announcement : view.announcements()) {
            if (isLost(announcement.address(), survey)) {
                ids.add(announcement.id());
            }
        }
        ids.forEach(commands::withdraw);
    }

    /** Each is asked whether it lives: who knows nothing of it any more answers with a reset, and it begins anew. */
    private void linkDoubted(int link, PathView view, PathCommands commands) {
        Survey survey = new Survey(view);
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            if (subflow != null && subflow.link() == link) {
                commands.suspect(number);
            }
        }
        startAgain(commands);
    }

    private static void endpointRemoved(Endpoint endpoint, PathView view, PathCommands commands) {
        Survey survey = new Survey(view);
        int id = isInitial(endpoint, view) ? 0 : endpoint.id();
        boolean carries = survey.carries(endpoint);
        if (survey.announced(id, endpoint.address(), endpoint.port())
                || (carries && !endpoint.has(Endpoint.IMPLICIT))) {
            commands.withdraw(id);
        }
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            if (subflow != null && subflow.localId() == id) {
                commands.close(number);
                commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
            }
        }
    }

    /** Whether the endpoint is of the address that the connection began with, whose identifier there is 0. */
    private static boolean isInitial(Endpoint endpoint, PathView view) {
        return endpoint.port() == 0 && endpoint.address().equals(view.initialLocal().address());
    }

    private static void endpointChanged(PathEvent.EndpointChanged told, PathView view, PathCommands commands) {
        Survey survey = new Survey(view);
        Endpoint after = told.after();
        boolean reprioritised = told.before().has(Endpoint.BACKUP) != after.has(Endpoint.BACKUP);
        boolean meshGone = told.before().has(Endpoint.FULLMESH) && !after.has(Endpoint.FULLMESH);
        List<WantedPath> wanted = WantedPaths.of(view);
        for (int number : survey.numbers()) {
            PathSubflow subflow = survey.subflow(number);
            if (subflow == null || !subflow.localAddress().equals(after.address())) {
                continue;
            }
            var ends = new WantedPath.Ends(subflow.localAddress(), subflow.remoteAddress(), subflow.remotePort());
            if (meshGone && subflow.initiated() && wanted.stream().noneMatch(w -> w.ends().equals(ends))) {
                commands.close(number);
                commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
            } else if (reprioritised) {
                commands.priority(number, after.has(Endpoint.BACKUP));
            }
        }
    }
}
