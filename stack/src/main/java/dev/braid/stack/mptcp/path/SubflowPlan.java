package dev.braid.stack.mptcp.path;

import dev.braid.fastpath.wire.IpAddress;

/**
 * A subflow to be opened.
 *
 * @param local where it starts: address and link
 * @param localPort its port there; 0 = any free one
 * @param localId what the peer shall know that address by
 * @param remote where it goes: of the same family
 * @param remotePort 1..65535
 * @param remoteId what the peer calls that address
 * @param backup whether it is to be used only where no other path is
 */
public record SubflowPlan(
        LocalAddress local,
        int localPort,
        int localId,
        IpAddress remote,
        int remotePort,
        int remoteId,
        boolean backup) {
    /** @throws IllegalArgumentException when the families differ or a number is out of range */
    public SubflowPlan {
        if (local.address().isIpv4() != remote.isIpv4()) {
            throw new IllegalArgumentException("no path from " + local.address() + " to " + remote);
        }
        if (localPort < 0 || localPort > 65_535 || remotePort < 1 || remotePort > 65_535) {
            throw new IllegalArgumentException("ports " + localPort + " and " + remotePort);
        }
        if (localId < 0 || localId > 255 || remoteId < 0 || remoteId > 255) {
            throw new IllegalArgumentException("identifiers " + localId + " and " + remoteId);
        }
    }
}
