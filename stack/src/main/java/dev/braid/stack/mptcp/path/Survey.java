package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Questions that path managers ask of a view. Each answer is of the moment it is asked in. */
final class Survey {
    private final PathView view;

    Survey(PathView view) {
        this.view = view;
    }

    static boolean sameFamily(IpAddress one, IpAddress other) {
        return one.isIpv4() == other.isIpv4();
    }

    /** The host's endpoints that are for this connection. */
    List<Endpoint> endpoints() {
        return view.endpoints().all().stream().filter(this::concerns).toList();
    }

    /** Whether an endpoint is for this connection: one that came with a link's address serves what this host opens. */
    boolean concerns(Endpoint endpoint) {
        return !(endpoint.has(Endpoint.AUTOMATIC) && view.serverSide());
    }

    /** Subflows that were joined to the first, by either end, those still being opened included: what limits count. */
    int joined() {
        int found = 0;
        for (int i = 0; i < view.subflows(); i++) {
            found += view.subflow(i).number() != 0 && !view.subflow(i).closing() ? 1 : 0;
        }
        return found;
    }

    /** How many more subflows the limit allows; 0 or more. */
    int room() {
        return Math.max(0, view.endpoints().limits().subflows() - joined());
    }

    /** Whether a subflow goes to the address, and to the port if one is given. */
    boolean goesTo(IpAddress address, int port) {
        for (int i = 0; i < view.subflows(); i++) {
            PathSubflow subflow = view.subflow(i);
            if (!subflow.closing()
                    && subflow.remoteAddress().equals(address)
                    && (port == 0 || subflow.remotePort() == port)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a subflow goes from one address to another, at that port. */
    boolean connects(IpAddress local, IpAddress remote, int remotePort) {
        for (int i = 0; i < view.subflows(); i++) {
            PathSubflow subflow = view.subflow(i);
            if (!subflow.closing()
                    && subflow.localAddress().equals(local)
                    && subflow.remoteAddress().equals(remote)
                    && subflow.remotePort() == remotePort) {
                return true;
            }
        }
        return false;
    }

    /** Whether a subflow starts from the local address of this identifier. */
    boolean startsFrom(int localId) {
        for (int i = 0; i < view.subflows(); i++) {
            if (!view.subflow(i).closing() && view.subflow(i).localId() == localId) {
                return true;
            }
        }
        return false;
    }

    /** Whether a subflow uses the endpoint's address, and its port if it has one. */
    boolean carries(Endpoint endpoint) {
        for (int i = 0; i < view.subflows(); i++) {
            PathSubflow subflow = view.subflow(i);
            if (!subflow.closing()
                    && subflow.localAddress().equals(endpoint.address())
                    && (endpoint.port() == 0 || subflow.localPort() == endpoint.port())) {
                return true;
            }
        }
        return false;
    }

    /** Whether the address was announced under this identifier, and not withdrawn. */
    boolean announced(int id, IpAddress address, int port) {
        for (Announcement announcement : view.announcements()) {
            if (announcement.id() == id
                    && announcement.port() == port
                    && announcement.address().equals(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the host has the address, on a link that is up. */
    boolean has(IpAddress address) {
        for (LocalAddress local : view.localAddresses()) {
            if (local.address().equals(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether another subflow than this one can carry data now. */
    boolean anotherUsable(int than) {
        for (int i = 0; i < view.subflows(); i++) {
            PathSubflow subflow = view.subflow(i);
            if (subflow.number() != than && subflow.usable() && !subflow.stale()) {
                return true;
            }
        }
        return false;
    }

    /** The numbers of all subflows: a copy, for walks in the course of which some are closed. */
    int[] numbers() {
        int[] numbers = new int[view.subflows()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = view.subflow(i).number();
        }
        return numbers;
    }

    /** The subflow of this number; {@code null} when it is gone. */
    @Nullable
    PathSubflow subflow(int number) {
        for (int i = 0; i < view.subflows(); i++) {
            if (view.subflow(i).number() == number) {
                return view.subflow(i);
            }
        }
        return null;
    }

    /** Has the address with identifier 0 withdrawn and its subflows closed; answers whether it was this connection's. */
    boolean closeInitial(PathEvent.InitialAddressRemoved gone, PathCommands commands) {
        if (!view.initialLocal().address().equals(gone.address())) {
            return false;
        }
        commands.withdraw(0);
        for (int number : numbers()) {
            PathSubflow subflow = subflow(number);
            if (subflow != null && subflow.localId() == 0) {
                commands.close(number);
                commands.decided(PathDecision.CLOSED_LOCAL_GONE, number);
            }
        }
        return true;
    }
}
