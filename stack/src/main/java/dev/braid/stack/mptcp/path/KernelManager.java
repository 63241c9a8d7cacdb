package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Behaves as the in-kernel path manager of Linux 6.18 does, with its limitations: one ADD_ADDR for each event, and hardly any once the
 * limit of subflows is reached; each endpoint used once; an announced address is used at once or never; nothing that failed is tried
 * again; links and addresses of the host are not followed.
 * For comparison: {@link EndpointManager} is what a connection has by default.
 */
public final class KernelManager implements PathManager {
    /** What it is chosen by. */
    public static final String NAME = "kernel";

    private final EndpointUse use = new EndpointUse();
    /** Something may be left to announce or to open: Linux's work_pending. Nothing but the end of a subflow makes it true again. */
    private boolean pending = true;

    private boolean begun;
    /** Linux opens them before the peer is sure of the keys, and may be refused for good: as many, a moment later. */
    private final List<Held> held = new ArrayList<>(0);

    /** A subflow for when there {@linkplain PathView#mayOpen may be} further ones. */
    private record Held(SubflowPlan plan, PathDecision decision) {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void onEvent(PathEvent event, PathView connection, PathCommands commands, long nowNs) {
        Turn turn = new Turn(connection, commands);
        switch (event) {
            case PathEvent.Established _,PathEvent.Attached _ -> turn.proceed();
            case PathEvent.SubflowEstablished _,PathEvent.AnnouncementEchoed _,PathEvent.AnnouncementUnheard _ ->
                turn.resume();
            case PathEvent.MayOpen _ -> turn.openHeld();
            case PathEvent.SubflowClosed closed -> turn.subflowClosed(closed.subflow());
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
            this.survey = new Survey(view);
            this.endpoints = survey.endpoints();
            this.added = survey.joined() + held.size();
        }

        /** Announces the next endpoint, then opens subflows from endpoints while limits allow. */
        void proceed() {
            begin();
            if (!view.established()) {
                return;
            }
            Endpoint both = null;
            if (use.announced() < count(Endpoint.SIGNAL)) {
                Endpoint next = unused(Endpoint.SIGNAL);
                if (next != null) {
                    announce(next);
                    both = next.has(Endpoint.SUBFLOW) ? next : null;
                }
            }
            Endpoint left = deniedWithoutLimit() ? both : openFromEndpoints(both);
            if (left != null) {
                use.open(left);
            }
            pending = hasWork();
        }

        /** The same, where something is left to do. */
        void resume() {
            if (pending) {
                proceed();
            }
        }

        void subflowClosed(PathSubflow subflow) {
            if (subflow.number() != 0 || pending) {
                lookAgain();
            }
        }

        /** There may be room again for another subflow. */
        private void lookAgain() {
            added = survey.joined() + held.size();
            pending = hasWork();
            resume();
        }

        private boolean hasWork() {
            return added != limit() && endpoints.stream().anyMatch(endpoint -> !use.has(endpoint));
        }

        private void begin() {
            if (begun) {
                return;
            }
            begun = true;
            view.endpoints().find(view.initialLocal().address(), 0).ifPresent(this::beginFrom);
            endpoints.forEach(endpoint -> use.adopt(endpoint, view));
            use.adoptRemotes(view);
        }

        private void beginFrom(Endpoint endpoint) {
            use.began(endpoint);
            PathSubflow first = survey.subflow(0);
            if (endpoint.has(Endpoint.BACKUP) && first != null && !first.localBackup()) {
                commands.priority(0, true);
            }
        }

        private void announce(Endpoint endpoint) {
            use.announce(endpoint);
            if (commands.announce(use.idOf(endpoint), endpoint.address(), endpoint.port())) {
                commands.decided(PathDecision.ANNOUNCED);
            }
        }

        /** Opens from one that was announced, if any, and from what was not used yet; answers that one if it found no room. */
        private @Nullable Endpoint openFromEndpoints(@Nullable Endpoint first) {
            Endpoint next = first;
            while (use.sources() < count(Endpoint.SUBFLOW) && added < limit()) {
                Endpoint from = next != null ? next : unused(Endpoint.SUBFLOW);
                next = null;
                if (from == null) {
                    break;
                }
                use.open(from);
                for (RemoteAddress remote : targets(from)) {
                    open(from, remote, PathDecision.OPENED_FROM_ENDPOINT);
                }
            }
            return next;
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
            int localId = use.idOf(from);
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
                use.accept();
            }
        }

        /** From where an announced address is connected to; an endpoint with an unspecified address stands for "by route". */
        private List<Endpoint> locals(RemoteAddress remote) {
            boolean denied = remote.id() != 0 && deniedWithoutLimit();
            if (count(Endpoint.FULLMESH) > 0) {
                return meshLocals(remote, denied);
            }
            if (count(Endpoint.LAMINAR) > 0) {
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
                    use.open(endpoint);
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
                        && !survey.startsFrom(use.idOf(endpoint))) {
                    if (endpoint.has(Endpoint.SUBFLOW)) {
                        use.open(endpoint);
                    }
                    return List.of(endpoint);
                }
            }
            return List.of();
        }

        private List<Endpoint> subflowLocals(RemoteAddress remote) {
            var found = new ArrayList<Endpoint>();
            while (use.sources() < count(Endpoint.SUBFLOW)) {
                Endpoint endpoint = unused(Endpoint.SUBFLOW);
                if (endpoint == null) {
                    break;
                }
                if (use.isInitial(endpoint) || !Survey.sameFamily(endpoint.address(), remote.address())) {
                    use.pass(endpoint);
                    continue;
                }
                use.open(endpoint);
                found.add(endpoint);
                if (added + found.size() >= limit()) {
                    break;
                }
            }
            return found;
        }

        void addressRemoved(RemoteAddress told) {
            held.removeIf(of -> of.plan().remoteId() == told.id());
            boolean closed = false;
            boolean removed = false;
            for (int number : survey.numbers()) {
                PathSubflow subflow = survey.subflow(number);
                if (subflow != null && subflow.remoteId() == told.id()) {
                    removed |= subflow.initiated() && number != 0;
                    closed = true;
                    commands.close(number);
                    commands.decided(PathDecision.CLOSED_REMOTE_GONE, number);
                }
            }
            if (removed && told.id() != 0) {
                use.giveUp();
            }
            if (closed) {
                lookAgain();
            }
        }

        void endpointAdded(Endpoint endpoint) {
            if (isInitialAddress(endpoint)) {
                use.initialIs(endpoint);
            }
            proceed();
        }

        void endpointRemoved(Endpoint endpoint) {
            held.removeIf(of -> of.plan().local().equals(endpoint.local()));
            int id = use.idOf(endpoint);
            boolean told = survey.announced(id, endpoint.address(), endpoint.port());
            boolean carries = survey.carries(endpoint);
            if (told && use.has(endpoint)) {
                use.withdraw();
            }
            if (told || (carries && !endpoint.has(Endpoint.IMPLICIT))) {
                commands.withdraw(id);
            }
            if (carries) {
                close(id, 0);
            }
            use.forget(endpoint);
            if (carries) {
                lookAgain();
            }
        }

        void endpointChanged(Endpoint before, Endpoint after) {
            boolean configured = !after.has(Endpoint.IMPLICIT | Endpoint.AUTOMATIC);
            if (before.has(Endpoint.IMPLICIT) && configured) {
                endpointAdded(after);
                return;
            }
            if (before.has(Endpoint.AUTOMATIC) && configured && !use.isInitial(after)) {
                use.release(before);
                use.adopt(after, view);
            }
            if (before.has(Endpoint.BACKUP) != after.has(Endpoint.BACKUP)) {
                reprioritise(after);
            }
            boolean meshes = before.has(Endpoint.FULLMESH) != after.has(Endpoint.FULLMESH);
            if (meshes && after.has(Endpoint.SUBFLOW)) {
                close(use.idOf(after), 1);
                use.release(after);
                added = survey.joined();
                proceed();
            } else if (before.has(Endpoint.AUTOMATIC) && configured) {
                proceed();
            }
        }

        private void reprioritise(Endpoint endpoint) {
            for (int number : survey.numbers()) {
                PathSubflow subflow = survey.subflow(number);
                if (subflow != null && subflow.localId() == use.idOf(endpoint)) {
                    commands.priority(number, endpoint.has(Endpoint.BACKUP));
                }
            }
        }

        /** Closes the subflows from the address of this identifier whose numbers are no smaller than {@code least}. */
        private void close(int localId, int least) {
            for (int number : survey.numbers()) {
                PathSubflow subflow = survey.subflow(number);
                if (subflow != null && number >= least && subflow.localId() == localId) {
                    commands.close(number);
                    commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
                }
            }
        }

        private boolean isInitialAddress(Endpoint endpoint) {
            return endpoint.port() == 0
                    && endpoint.address().equals(view.initialLocal().address());
        }

        // What there is.

        private boolean open(Endpoint from, RemoteAddress remote, PathDecision decision) {
            boolean byRoute = from.address().isUnspecified();
            LocalAddress local = from.local();
            int id = byRoute ? 0 : use.idOf(from);
            SubflowPlan plan = new SubflowPlan(
                    local, 0, id, remote.address(), remote.port(), remote.id(), from.has(Endpoint.BACKUP));
            PathDecision why = from.has(Endpoint.FULLMESH) ? PathDecision.OPENED_FULLMESH : decision;
            boolean opened = view.mayOpen() ? open(plan, why) : held.add(new Held(plan, why));
            added += opened ? 1 : 0;
            return opened;
        }

        private boolean open(SubflowPlan plan, PathDecision why) {
            int number = commands.open(plan);
            if (number < 0) {
                return false;
            }
            commands.decided(why, number);
            return true;
        }

        void openHeld() {
            held.forEach(of -> open(of.plan(), of.decision()));
            held.clear();
        }

        private boolean accepts() {
            return use.accepted() < view.endpoints().limits().addAddrAccepted();
        }

        /** The peer forbids its first address, and the limits accept no other: then one announced address is used all the same. */
        private boolean deniedWithoutLimit() {
            return view.remoteDeniesInitialAddress()
                    && use.sources() == 0
                    && view.endpoints().limits().addAddrAccepted() == 0
                    && added < limit();
        }

        private int limit() {
            return view.endpoints().limits().subflows();
        }

        private int count(int flag) {
            int found = 0;
            for (Endpoint endpoint : endpoints) {
                found += endpoint.has(flag) ? 1 : 0;
            }
            return found;
        }

        private @Nullable Endpoint unused(int flag) {
            for (Endpoint endpoint : endpoints) {
                if (endpoint.has(flag) && !use.has(endpoint)) {
                    return endpoint;
                }
            }
            return null;
        }
    }
}
