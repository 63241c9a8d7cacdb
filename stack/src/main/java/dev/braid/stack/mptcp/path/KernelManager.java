package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Behaves as the in-kernel path manager of Linux 6.18 does, with its limitations: one ADD_ADDR at a time and each endpoint used once; an
 * announced address is used at once or never; nothing that failed is tried again; links and addresses of the host are not followed.
 * For comparison: {@link EndpointManager} is what a connection has by default.
 */
public final class KernelManager implements PathManager {
    /** What it is chosen by. */
    public static final String NAME = "kernel";

    /** Identifiers of endpoints that this connection has not used yet, as the complement of those it has. */
    private final BitSet used = new BitSet(Endpoints.MAX_ID + 1);
    /** Identifiers announced and neither echoed nor given up: the next announcement waits for them. */
    private int announcing = -1;

    private int announced;
    private int localsUsed;
    private int addressesAccepted;
    /** The endpoint that the connection began with; 0 = none. */
    private int initialEndpoint;

    private boolean begun;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
        Turn turn = new Turn(connection, commands);
        switch (event) {
            case PathEvent.Established _,PathEvent.Attached _ -> turn.proceed();
            case PathEvent.SubflowEstablished _ -> turn.proceed();
            case PathEvent.SubflowClosed _ -> turn.proceed();
            case PathEvent.AnnouncementEchoed echoed -> turn.announcementDone(echoed.announcement());
            case PathEvent.AnnouncementUnheard unheard -> turn.announcementDone(unheard.announcement());
            case PathEvent.AddressAnnounced told -> turn.addressAnnounced(told.address());
            case PathEvent.AddressRemoved told -> turn.addressRemoved(told.address());
            case PathEvent.EndpointAdded added -> turn.endpointAdded(added.endpoint());
            case PathEvent.EndpointRemoved removed -> turn.endpointRemoved(removed.endpoint());
            case PathEvent.InitialAddressRemoved gone -> turn.survey.closeInitial(gone, commands);
            case PathEvent.EndpointChanged changed -> turn.endpointChanged(changed.before(), changed.after());
            case PathEvent.SubflowSilent _,PathEvent.SubflowAnswered _,PathEvent.PriorityChanged _,PathEvent.LocalAddressAdded _,PathEvent.LocalAddressRemoved _,PathEvent.LinkChanged _,PathEvent.LinkDoubted _,PathEvent.LimitsChanged _,PathEvent.Woken _ ->
                {}
        }
    }

    /** One event's work: the state is the manager's, the view and the commands are the call's. */
    private final class Turn {
        private final PathView view;
        private final PathCommands commands;
        private final List<Endpoint> endpoints;
        private final Survey survey;
        private int added;

        Turn(PathView view, PathCommands commands) {
            this.view = view;
            this.commands = commands;
            this.endpoints = view.endpoints().all();
            this.survey = new Survey(view);
            this.added = survey.joined();
        }

        /** Announces the next endpoint, then opens subflows from endpoints while limits allow. */
        void proceed() {
            begin();
            if (!view.established()) {
                return;
            }
            Endpoint both = null;
            if (announced < survey.endpoints(Endpoint.SIGNAL)) {
                if (announcing >= 0) {
                    return;
                }
                Endpoint next = unused(Endpoint.SIGNAL);
                if (next != null) {
                    used.set(next.id());
                    announce(next);
                    both = next.has(Endpoint.SUBFLOW) ? next : null;
                }
            }
            if (!deniedWithoutLimit()) {
                openFromEndpoints(both);
            }
        }

        private void begin() {
            if (begun) {
                return;
            }
            begun = true;
            for (Endpoint endpoint : endpoints) {
                if (endpoint.port() == 0 && endpoint.address().equals(view.initialLocal().address())) {
                    used.set(endpoint.id());
                    initialEndpoint = endpoint.id();
                    if (endpoint.has(Endpoint.BACKUP) && view.subflows() > 0) {
                        commands.priority(view.subflow(0).number(), true);
                    }
                    return;
                }
            }
        }

        private void announce(Endpoint endpoint) {
            announced++;
            int id = idOf(endpoint);
            if (commands.announce(id, endpoint.address(), endpoint.port())) {
                announcing = id;
                commands.decided(PathDecision.ANNOUNCED);
            }
        }

        private void openFromEndpoints(@Nullable Endpoint first) {
            Endpoint next = first;
            while (localsUsed < survey.endpoints(Endpoint.SUBFLOW) && added < limit()) {
                Endpoint from = next != null ? next : unused(Endpoint.SUBFLOW);
                next = null;
                if (from == null) {
                    return;
                }
                used.set(from.id());
                if (from.id() != initialEndpoint) {
                    localsUsed++;
                }
                for (RemoteAddress remote : targets(from)) {
                    open(from, remote, PathDecision.OPENED_FROM_ENDPOINT);
                }
            }
        }

        private List<RemoteAddress> targets(Endpoint from) {
            if (from.has(Endpoint.FULLMESH)) {
                return meshTargets(from);
            }
            RemoteAddress initial = view.initialRemote();
            boolean possible = !view.remoteDeniesInitialAddress()
                    && Survey.sameFamily(from.address(), initial.address());
            return possible ? List.of(initial) : List.of();
        }

        /** One target for each identifier of the peer that a subflow goes to and none goes to from here. */
        private List<RemoteAddress> meshTargets(Endpoint from) {
            int localId = idOf(from);
            var taken = new BitSet();
            for (int i = 0; i < view.subflows(); i++) {
                if (view.subflow(i).localId() == localId) {
                    taken.set(view.subflow(i).remoteId());
                }
            }
            var targets = new ArrayList<RemoteAddress>();
            for (int i = 0; i < view.subflows(); i++) {
                PathSubflow subflow = view.subflow(i);
                int id = subflow.remoteId();
                boolean denied = id == 0 && view.remoteDeniesInitialAddress();
                if (denied || taken.get(id) || !Survey.sameFamily(from.address(), subflow.remoteAddress())) {
                    continue;
                }
                taken.set(id);
                targets.add(new RemoteAddress(id, subflow.remoteAddress(), subflow.remotePort()));
                if (added + targets.size() >= limit()) {
                    break;
                }
            }
            return targets;
        }

        void announcementDone(Announcement announcement) {
            if (announcement.id() == announcing) {
                announcing = -1;
            }
            proceed();
        }

        void addressAnnounced(RemoteAddress told) {
            begin();
            boolean wanted = told.id() == 0
                    ? told.address().equals(view.initialRemote().address())
                    : deniedWithoutLimit() || (accepts() && added < limit());
            if (!wanted && told.id() != 0) {
                commands.decided(added < limit()
                        ? PathDecision.REFUSED_ADDRESS_LIMIT
                        : PathDecision.REFUSED_SUBFLOW_LIMIT);
            }
            if (!wanted || survey.goesTo(told.address(), told.port())) {
                return;
            }
            int port = told.port() == 0 ? view.initialRemote().port() : told.port();
            RemoteAddress remote = new RemoteAddress(told.id(), told.address(), port);
            boolean opened = false;
            for (Endpoint from : locals(remote)) {
                opened |= open(from, remote, PathDecision.OPENED_TO_ANNOUNCED);
            }
            if (opened && told.id() != 0) {
                addressesAccepted++;
            }
        }

        /** From where an announced address is connected to; an endpoint with an unspecified address stands for "by route". */
        private List<Endpoint> locals(RemoteAddress remote) {
            boolean denied = remote.id() != 0 && deniedWithoutLimit();
            if (survey.endpoints(Endpoint.FULLMESH) > 0) {
                return meshLocals(remote, denied);
            }
            if (survey.endpoints(Endpoint.LAMINAR) > 0) {
                return laminarLocal(remote);
            }
            if (denied) {
                return subflowLocals(remote);
            }
            IpAddress any = remote.address().isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6;
            return List.of(new Endpoint(Endpoints.MAX_ID, any, 0, 0, -1));
        }

        private List<Endpoint> meshLocals(RemoteAddress remote, boolean denied) {
            var found = new ArrayList<Endpoint>();
            for (Endpoint endpoint : endpoints) {
                if (!endpoint.has(Endpoint.FULLMESH) || !Survey.sameFamily(endpoint.address(), remote.address())) {
                    continue;
                }
                if (denied && endpoint.has(Endpoint.SUBFLOW)) {
                    use(endpoint);
                }
                found.add(endpoint);
                if (added + found.size() >= limit()) {
                    break;
                }
            }
            return found;
        }

        private List<Endpoint> laminarLocal(RemoteAddress remote) {
            for (Endpoint endpoint : endpoints) {
                if (endpoint.has(Endpoint.LAMINAR)
                        && Survey.sameFamily(endpoint.address(), remote.address())
                        && !survey.startsFrom(idOf(endpoint))) {
                    if (endpoint.has(Endpoint.SUBFLOW)) {
                        use(endpoint);
                    }
                    return List.of(endpoint);
                }
            }
            return List.of();
        }

        private List<Endpoint> subflowLocals(RemoteAddress remote) {
            var found = new ArrayList<Endpoint>();
            while (localsUsed < survey.endpoints(Endpoint.SUBFLOW)) {
                Endpoint endpoint = unused(Endpoint.SUBFLOW);
                if (endpoint == null) {
                    break;
                }
                used.set(endpoint.id());
                if (endpoint.id() == initialEndpoint || !Survey.sameFamily(endpoint.address(), remote.address())) {
                    continue;
                }
                localsUsed++;
                found.add(endpoint);
                if (added + found.size() >= limit()) {
                    break;
                }
            }
            return found;
        }

        void addressRemoved(RemoteAddress told) {
            boolean removed = false;
            for (int number : survey.numbers()) {
                PathSubflow subflow = survey.subflow(number);
                if (subflow != null && subflow.remoteId() == told.id()) {
                    removed |= subflow.initiated() && number != 0;
                    commands.close(number);
                    commands.decided(PathDecision.CLOSED_REMOTE_GONE, number);
                }
            }
            if (removed && told.id() != 0 && addressesAccepted > 0) {
                addressesAccepted--;
            }
            proceed();
        }

        void endpointAdded(Endpoint endpoint) {
            if (endpoint.port() == 0 && endpoint.address().equals(view.initialLocal().address())) {
                initialEndpoint = endpoint.id();
            }
            proceed();
        }

        void endpointRemoved(Endpoint endpoint) {
            int id = idOf(endpoint);
            boolean told = survey.announced(id, endpoint.address(), endpoint.port());
            boolean carries = survey.carries(endpoint);
            if (told) {
                announced--;
            }
            if (announcing == id) {
                announcing = -1;
            }
            if (told || (carries && !endpoint.has(Endpoint.IMPLICIT))) {
                commands.withdraw(id);
            }
            if (carries) {
                for (int number : survey.numbers()) {
                    PathSubflow subflow = survey.subflow(number);
                    if (subflow != null && subflow.localId() == id) {
                        commands.close(number);
                        commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
                    }
                }
            }
            boolean was = used.get(endpoint.id());
            used.clear(endpoint.id());
            if (endpoint.has(Endpoint.SUBFLOW) && was && id != 0 && localsUsed > 0) {
                localsUsed--;
            }
            if (initialEndpoint == endpoint.id()) {
                initialEndpoint = 0;
            }
            proceed();
        }

        void endpointChanged(Endpoint before, Endpoint after) {
            int id = idOf(after);
            if (before.has(Endpoint.BACKUP) != after.has(Endpoint.BACKUP)) {
                for (int number : survey.numbers()) {
                    PathSubflow subflow = survey.subflow(number);
                    if (subflow != null && subflow.localId() == id) {
                        commands.priority(number, after.has(Endpoint.BACKUP));
                    }
                }
            }
            if (before.has(Endpoint.FULLMESH) != after.has(Endpoint.FULLMESH)) {
                for (int number : survey.numbers()) {
                    PathSubflow subflow = survey.subflow(number);
                    if (subflow != null && number != 0 && subflow.localId() == id) {
                        commands.close(number);
                        commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
                    }
                }
                if (used.get(after.id()) && id != 0 && localsUsed > 0) {
                    localsUsed--;
                }
                used.clear(after.id());
                proceed();
            }
        }

        // What there is.

        private boolean open(Endpoint from, RemoteAddress remote, PathDecision decision) {
            boolean byRoute = from.address().isUnspecified();
            LocalAddress local = from.local();
            int id = byRoute ? 0 : idOf(from);
            int number = commands.open(new SubflowPlan(
                    local, 0, id, remote.address(), remote.port(), remote.id(), from.has(Endpoint.BACKUP)));
            if (number < 0) {
                return false;
            }
            added++;
            commands.decided(from.has(Endpoint.FULLMESH) ? PathDecision.OPENED_FULLMESH : decision, number);
            return true;
        }

        private void use(Endpoint endpoint) {
            used.set(endpoint.id());
            if (endpoint.id() != initialEndpoint) {
                localsUsed++;
            }
        }

        private boolean accepts() {
            return addressesAccepted < view.endpoints().limits().addAddrAccepted();
        }

        /** The peer forbids its first address, and the limits accept no other: then one announced address is used all the same. */
        private boolean deniedWithoutLimit() {
            return view.remoteDeniesInitialAddress()
                    && localsUsed == 0
                    && view.endpoints().limits().addAddrAccepted() == 0
                    && added < limit();
        }

        private int limit() {
            return view.endpoints().limits().subflows();
        }

        private @Nullable Endpoint unused(int flag) {
            for (Endpoint endpoint : endpoints) {
                if (endpoint.has(flag) && !used.get(endpoint.id())) {
                    return endpoint;
                }
            }
            return null;
        }

        private int idOf(Endpoint endpoint) {
            return endpoint.id() == initialEndpoint ? 0 : endpoint.id();
        }
    }
}
