package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which subflows a connection should have, by the host's endpoints and limits, its addresses on links that are up, and the addresses
 * that the peer announced: a function of the view, remembering nothing.
 */
final class WantedPaths {
    private final PathView view;
    private final List<Endpoint> endpoints;
    private final List<LocalAddress> locals;
    private final List<RemoteAddress> accepted;
    private final Map<WantedPath.Ends, WantedPath> wanted = new LinkedHashMap<>();

    private WantedPaths(PathView view) {
        this.view = view;
        this.endpoints = view.endpoints().all();
        this.locals = view.localAddresses();
        this.accepted = accepted();
    }

    /** The paths in the order in which they should be opened; those that exist are among them. */
    static List<WantedPath> of(PathView view) {
        WantedPaths paths = new WantedPaths(view);
        paths.initial();
        paths.fromEndpoints();
        paths.toAnnounced();
        return List.copyOf(paths.wanted.values());
    }

    /** Why an address that the peer has just announced is not used now; {@code null} = it is, or need not be. */
    static @Nullable PathDecision refusal(PathView view, RemoteAddress told) {
        WantedPaths paths = new WantedPaths(view);
        RemoteAddress initial = view.initialRemote();
        if (told.address().equals(initial.address()) && (told.port() == 0 || told.port() == initial.port())) {
            return null;
        }
        if (paths.accepted.stream().noneMatch(remote -> remote.id() == told.id())) {
            return PathDecision.REFUSED_ADDRESS_LIMIT;
        }
        boolean reachable = paths.locals.stream().anyMatch(l -> Survey.sameFamily(l.address(), told.address()));
        return reachable ? null : PathDecision.REFUSED_FAMILY;
    }

    /** Where the connection began: opened again if it was lost, by the end that opened it. */
    private void initial() {
        if (view.serverSide() || view.remoteDeniesInitialAddress()) {
            return;
        }
        IpAddress address = view.initialLocal().address();
        Optional<LocalAddress> present = present(address, -1);
        boolean backup = endpoints.stream()
                .anyMatch(e -> e.port() == 0 && e.address().equals(address) && e.has(Endpoint.BACKUP));
        present.ifPresent(local -> want(local, view.initialRemote(), backup, PathDecision.OPENED_FROM_ENDPOINT));
    }

    private void fromEndpoints() {
        for (Endpoint endpoint : new Survey(view).endpoints()) {
            Optional<LocalAddress> local = present(endpoint.address(), endpoint.link());
            if (!endpoint.has(Endpoint.SUBFLOW) || local.isEmpty()) {
                continue;
            }
            boolean mesh = endpoint.has(Endpoint.FULLMESH);
            PathDecision decision = mesh ? PathDecision.OPENED_FULLMESH : PathDecision.OPENED_FROM_ENDPOINT;
            for (RemoteAddress remote : targets(endpoint.address(), mesh)) {
                want(local.get(), remote, endpoint.has(Endpoint.BACKUP), decision);
            }
        }
    }

    /**
     * Where an endpoint's subflows go: the peer's first address, or one it announced where that is forbidden or of the other family; to
     * all of them in a full mesh.
     */
    private List<RemoteAddress> targets(IpAddress from, boolean mesh) {
        var targets = new ArrayList<RemoteAddress>();
        RemoteAddress initial = view.initialRemote();
        if (!view.remoteDeniesInitialAddress() && Survey.sameFamily(from, initial.address())) {
            targets.add(initial);
        }
        for (RemoteAddress remote : accepted) {
            if ((mesh || targets.isEmpty()) && Survey.sameFamily(from, remote.address())) {
                targets.add(remote);
            }
        }
        return targets;
    }

    /** Each accepted address of the peer gets one subflow at least: from a laminar endpoint if there is one, else by route. */
    private void toAnnounced() {
        for (RemoteAddress remote : accepted) {
            boolean reached = wanted.keySet().stream()
                    .anyMatch(ends -> ends.remote().equals(remote.address()) && ends.remotePort() == remote.port());
            if (reached) {
                continue;
            }
            Optional<Endpoint> laminar = endpoints.stream()
                    .filter(e -> e.has(Endpoint.LAMINAR)
                            && Survey.sameFamily(e.address(), remote.address())
                            && present(e.address(), e.link()).isPresent()
                            && wanted.keySet().stream().noneMatch(ends -> ends.local().equals(e.address())))
                    .findFirst();
            if (laminar.isPresent()) {
                want(laminar.get().local(), remote, laminar.get().has(Endpoint.BACKUP),
                        PathDecision.OPENED_TO_ANNOUNCED);
            } else if (locals.stream().anyMatch(l -> Survey.sameFamily(l.address(), remote.address()))) {
                IpAddress any = remote.address().isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6;
                want(new LocalAddress(any, -1), remote, false, PathDecision.OPENED_TO_ANNOUNCED);
            }
        }
    }

    /** The announced addresses that limits let this connection use, first come first served, with their ports filled in. */
    private List<RemoteAddress> accepted() {
        RemoteAddress initial = view.initialRemote();
        int limit = view.endpoints().limits().addAddrAccepted();
        if (view.remoteDeniesInitialAddress()) {
            // Whoever forbids its first address means another one to be used: as Linux does, one is, whatever the limit.
            limit = Math.max(limit, 1);
        }
        var found = new ArrayList<RemoteAddress>();
        for (RemoteAddress remote : view.remoteAddresses()) {
            int port = remote.port() == 0 ? initial.port() : remote.port();
            boolean known = remote.address().equals(initial.address()) && port == initial.port();
            if (!known && found.size() < limit) {
                found.add(new RemoteAddress(remote.id(), remote.address(), port));
            }
        }
        return found;
    }

    private void want(LocalAddress local, RemoteAddress remote, boolean backup, PathDecision decision) {
        if (!Survey.sameFamily(local.address(), remote.address())) {
            return;
        }
        int localId = local.address().isUnspecified() ? 0 : view.localId(local);
        WantedPath path = new WantedPath(local, localId, remote, backup, decision);
        wanted.putIfAbsent(path.ends(), path);
    }

    private Optional<LocalAddress> present(IpAddress address, int link) {
        return locals.stream()
                .filter(l -> l.address().equals(address) && (link < 0 || l.link() == link))
                .findFirst();
    }
}
