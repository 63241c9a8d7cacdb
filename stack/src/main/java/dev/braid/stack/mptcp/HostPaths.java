package dev.braid.stack.mptcp;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.EndpointException;
import dev.braid.stack.mptcp.path.Endpoints;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The host's side of path management: its endpoints and limits, and its addresses on links that are up. Each change is told to every
 * connection. Addresses of links get endpoints of their own, so that a host with several links uses them without being configured.
 * Core thread only.
 */
public final class HostPaths {
    private final MptcpLayer layer;
    private final Endpoints endpoints = new Endpoints();
    private final List<LocalAddress> addresses = new ArrayList<>();
    private final List<Integer> downLinks = new ArrayList<>();
    private final Map<Integer, Integer> roles = new HashMap<>();
    private final List<Consumer<PathReport>> watchers = new ArrayList<>(0);

    HostPaths(MptcpLayer layer) {
        this.layer = layer;
        endpoints.onChange(layer::raisePathEvent);
    }

    /** The host's endpoints and limits. */
    public Endpoints endpoints() {
        return endpoints;
    }

    /** A link has this address from now on. */
    public void addressAdded(IpAddress address, int link) {
        LocalAddress added = new LocalAddress(address, link);
        if (addresses.contains(added)) {
            return;
        }
        addresses.add(added);
        if (layer.config.linkEndpoints && isWorthAnEndpoint(address)) {
            addAutomatic(added);
        }
        if (!downLinks.contains(link)) {
            layer.raisePathEvent(new PathEvent.LocalAddressAdded(added));
        }
    }

    /** A link has this address no more. */
    public void addressRemoved(IpAddress address, int link) {
        LocalAddress removed = new LocalAddress(address, link);
        if (!addresses.remove(removed)) {
            return;
        }
        // First the path event: it tells peers, whatever becomes of the endpoint.
        layer.raisePathEvent(new PathEvent.LocalAddressRemoved(removed));
        Optional<Endpoint> automatic = endpoints.find(address, 0);
        if (automatic.isPresent() && automatic.get().has(Endpoint.AUTOMATIC)) {
            try {
                endpoints.remove(automatic.get().id());
            } catch (EndpointException e) {
                throw new IllegalStateException("an endpoint that was found is gone", e);
            }
        }
    }

    /** A link came up or went down. */
    public void linkChanged(int link, boolean up) {
        boolean was = !downLinks.contains(link);
        if (up == was) {
            return;
        }
        if (up) {
            downLinks.remove(Integer.valueOf(link));
        } else {
            downLinks.add(link);
        }
        layer.raisePathEvent(new PathEvent.LinkChanged(link, up));
    }

    /** What runs over a link may be known to nobody any more. */
    public void doubted(int link) {
        layer.raisePathEvent(new PathEvent.LinkDoubted(link));
    }

    /**
     * Says what a link's automatic endpoints are for, those of later addresses included.
     *
     * @param flags {@link Endpoint#BACKUP}, with or without {@link Endpoint#OVERFLOW}, or 0
     */
    public void role(int link, int flags) {
        roles.put(link, flags);
        for (Endpoint endpoint : endpoints.all()) {
            if (endpoint.link() == link && endpoint.has(Endpoint.AUTOMATIC)) {
                try {
                    endpoints.change(endpoint.id(), flags);
                } catch (EndpointException e) {
                    throw new IllegalStateException("an endpoint that was found is gone", e);
                }
            }
        }
    }

    /** The host's addresses on links that are up. A snapshot. */
    public List<LocalAddress> localAddresses() {
        return addresses.stream()
                .filter(address -> !downLinks.contains(address.link()))
                .toList();
    }

    /** Whether an endpoint announces this very port of the address. */
    boolean isAnnouncedPort(long hi, long lo, int port) {
        return endpoints.find(new IpAddress(hi, lo), port).isPresent();
    }

    /** This address is not to be used any more by connections that began with it. */
    public void initialAddressRemoved(IpAddress address) {
        layer.raisePathEvent(new PathEvent.InitialAddressRemoved(address));
    }

    /** Has every report told to {@code watcher} from now on, on the core's thread, in the middle of its work. */
    public void watch(Consumer<PathReport> watcher) {
        watchers.add(watcher);
    }

    /** Tells that watcher nothing any more. */
    public void unwatch(Consumer<PathReport> watcher) {
        watchers.remove(watcher);
    }

    void report(PathReport report) {
        for (Consumer<PathReport> watcher : watchers) {
            watcher.accept(report);
        }
    }

    private void addAutomatic(LocalAddress added) {
        if (endpoints.find(added.address(), 0).isPresent()) {
            return;
        }
        try {
            int flags = Endpoint.SUBFLOW | Endpoint.AUTOMATIC | roles.getOrDefault(added.link(), 0);
            endpoints.add(added.address(), 0, flags, added.link(), 0);
        } catch (EndpointException e) {
            // All identifiers are taken: the address serves connections that begin from it, and no other.
            layer.counters.endpointsFull.increment();
        }
    }

    private static boolean isWorthAnEndpoint(IpAddress address) {
        return !address.isLoopback() && !address.isLinkLocal();
    }
}
