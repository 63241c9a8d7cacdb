package dev.braid.stack.mptcp.path;

import java.util.BitSet;

/**
 * What one connection has used of its host's endpoints, as Linux 6.18 counts it: each is used once, whether announced or opened from.
 * Linux has no successors; one of {@link KernelManager}'s begins with what the view shows.
 */
final class EndpointUse {
    private final BitSet used = new BitSet(Endpoints.MAX_ID + 1);
    private int announced;
    private int sources;
    private int accepted;
    /** The endpoint of the address that the connection began with; 0 = none. */
    private int initial;

    /** How many endpoints were announced. */
    int announced() {
        return announced;
    }

    /** How many endpoints were opened from, the initial one not counted. */
    int sources() {
        return sources;
    }

    /** How many addresses of the peer were taken up. */
    int accepted() {
        return accepted;
    }

    boolean has(Endpoint endpoint) {
        return used.get(endpoint.id());
    }

    boolean isInitial(Endpoint endpoint) {
        return endpoint.id() == initial;
    }

    /** The identifier that the connection has for the endpoint's address. */
    int idOf(Endpoint endpoint) {
        return isInitial(endpoint) ? 0 : endpoint.id();
    }

    /** The connection began with this endpoint's address: nothing else is done with it. */
    void began(Endpoint endpoint) {
        initial = endpoint.id();
        used.set(endpoint.id());
    }

    /** An endpoint of the address that the connection began with was added later. */
    void initialIs(Endpoint endpoint) {
        initial = endpoint.id();
    }

    void announce(Endpoint endpoint) {
        used.set(endpoint.id());
        announced++;
    }

    void withdraw() {
        announced--;
    }

    /** It is not used, and is not to be asked about again. */
    void pass(Endpoint endpoint) {
        used.set(endpoint.id());
    }

    void open(Endpoint endpoint) {
        used.set(endpoint.id());
        sources += isInitial(endpoint) ? 0 : 1;
    }

    void accept() {
        accepted++;
    }

    /** An address of the peer that was taken up is gone. */
    void giveUp() {
        accepted = Math.max(0, accepted - 1);
    }

    /** The endpoint may be used again. */
    void release(Endpoint endpoint) {
        if (endpoint.has(Endpoint.SUBFLOW) && has(endpoint) && !isInitial(endpoint)) {
            sources = Math.max(0, sources - 1);
        }
        used.clear(endpoint.id());
    }

    /** The endpoint is the host's no more. */
    void forget(Endpoint endpoint) {
        release(endpoint);
        if (isInitial(endpoint)) {
            initial = 0;
        }
    }

    /**
     * Counts what the connection has of an endpoint already, if anything. One that is to mesh fully is left to be used: it goes where no
     * subflow goes yet.
     */
    void adopt(Endpoint endpoint, PathView view) {
        if (has(endpoint)) {
            return;
        }
        int id = idOf(endpoint);
        if (endpoint.has(Endpoint.SIGNAL)
                && new Survey(view).announced(id, endpoint.address(), endpoint.port())) {
            announce(endpoint);
        }
        if (endpoint.has(Endpoint.SUBFLOW) && !endpoint.has(Endpoint.FULLMESH) && opensFrom(id, view)) {
            open(endpoint);
        }
    }

    /** Whether this end opened a subflow from there to where the connection began, or to what stands in for that. */
    private static boolean opensFrom(int localId, PathView view) {
        for (int i = 0; i < view.subflows(); i++) {
            PathSubflow subflow = view.subflow(i);
            boolean there = subflow.remoteId() == 0 || view.remoteDeniesInitialAddress();
            if (added(subflow) && subflow.localId() == localId && there) {
                return true;
            }
        }
        return false;
    }

    /** Counts the announced addresses of the peer that this end opened subflows to. */
    void adoptRemotes(PathView view) {
        BitSet taken = new BitSet();
        for (int i = 0; i < view.subflows(); i++) {
            if (added(view.subflow(i)) && view.subflow(i).remoteId() != 0) {
                taken.set(view.subflow(i).remoteId());
            }
        }
        accepted = taken.cardinality();
    }

    private static boolean added(PathSubflow subflow) {
        return subflow.number() != 0 && subflow.initiated() && !subflow.closing();
    }
}
