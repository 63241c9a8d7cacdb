package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;

/**
 * A subflow that there should be.
 *
 * @param local where it starts; an unspecified address = where the route to the remote one does
 * @param localId the identifier of that address, if it is specified
 * @param remote where it goes, with its port
 */
record WantedPath(LocalAddress local, int localId, RemoteAddress remote, boolean backup, PathDecision decision) {
    /** What makes it the same path as another. */
    record Ends(IpAddress local, IpAddress remote, int remotePort) {}

    Ends ends() {
        return new Ends(local.address(), remote.address(), remote.port());
    }

    boolean byRoute() {
        return local.address().isUnspecified();
    }

    /** The same from a certain address. */
    WantedPath from(LocalAddress address, int id) {
        return new WantedPath(address, id, remote, backup, decision);
    }

    /** Whether a subflow of the view is this path. */
    boolean exists(Survey survey) {
        return byRoute()
                ? survey.goesTo(remote.address(), remote.port())
                : survey.connects(local.address(), remote.address(), remote.port());
    }

    SubflowPlan plan() {
        return new SubflowPlan(local, 0, byRoute() ? 0 : localId, remote.address(), remote.port(), remote.id(), backup);
    }
}
