package dev.braid.stack.ip;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.core.Link;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which link a packet leaves by. There is no routing table: every link is a way to everywhere, and the source address says
 * which one, as the host's own policy rules do. Core's thread only; allocation-free.
 */
public final class Routes {
    private final Link[] links;
    private final @Nullable Link[] byIndex;

    /**
     * Routes over these links.
     *
     * @throws IllegalArgumentException when two links have one index
     */
    public Routes(List<Link> links) {
        this.links = links.toArray(new Link[0]);
        int most = 0;
        for (Link link : links) {
            most = Math.max(most, link.index());
        }
        byIndex = new Link[most + 1];
        for (Link link : links) {
            if (byIndex[link.index()] != null) {
                throw new IllegalArgumentException(
                        "links " + byIndex[link.index()] + " and " + link + " have one index");
            }
            byIndex[link.index()] = link;
        }
    }

    /** The link of this device, or {@code null}. */
    public @Nullable Link link(int device) {
        return device >= 0 && device < byIndex.length ? byIndex[device] : null;
    }

    /** Whether some link, up or down, has this address. */
    public boolean owns(long hi, long lo) {
        for (Link link : links) {
            if (link.owns(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /** Whether some link of this scope, up or down, has this address. */
    boolean owns(int scope, long hi, long lo) {
        for (Link link : links) {
            if (link.scope() == scope && link.owns(hi, lo)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The link to reach a remote address by: it is up, has the local address if one is given, else any of the remote's
     * family, and, among such, the longest network with the remote in it; the first listed of equals. Links that capture are
     * never chosen: what is captured is answered the way it came.
     *
     * @param localHi high half of the source address; unspecified = any
     */
    @Nullable
    Link choose(long localHi, long localLo, long remoteHi, long remoteLo) {
        boolean anySource = IpAddress.isUnspecified(localHi, localLo);
        if (!anySource && IpAddress.isIpv4(localHi, localLo) != IpAddress.isIpv4(remoteHi, remoteLo)) {
            return null;
        }
        if (IpAddress.isLoopback(remoteHi, remoteLo) || owns(remoteHi, remoteLo)) {
            return null;
        }
        Link best = null;
        int bestBits = -2;
        for (Link link : links) {
            if (!link.up() || link.capture() || !link.isUnicast(remoteHi, remoteLo)) {
                continue;
            }
            boolean usable = anySource ? link.sourceFor(remoteHi, remoteLo) != null : link.owns(localHi, localLo);
            int bits = link.onLinkBits(remoteHi, remoteLo);
            if (usable && bits > bestBits) {
                best = link;
                bestBits = bits;
            }
        }
        return best;
    }
}
