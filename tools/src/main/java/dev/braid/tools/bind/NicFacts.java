package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as the kernel describes it at one moment.
 *
 * @param name at most 15 bytes
 * @param index the kernel's number of it
 * @param kind the driver of a virtual device, empty for a physical one
 * @param up whether it is switched on
 * @param running whether it is switched on and has a carrier
 * @param mtu bytes of IP
 * @param addresses those that connections can use as their source, link-local ones left out
 * @param uplink4 the preferred default route of IPv4 that leaves by it
 * @param uplink6 the same of IPv6
 * @param networks those that it is attached to
 */
record NicFacts(
        String name,
        int index,
        String kind,
        boolean up,
        boolean running,
        int mtu,
        List<Prefix> addresses,
        @Nullable Uplink uplink4,
        @Nullable Uplink uplink6,
        List<Prefix> networks) {
    /** Tunnels carry what other programs put in, over NICs that are bound themselves. */
    private static final Set<String> NEVER_FOUND = Set.of("tun", "wireguard", "gre", "gretap", "ip6gre", "ipip",
            "ip6tnl", "sit", "vti", "vti6", "xfrm", "dummy");

    /** The default route of this family, if any. */
    @Nullable
    Uplink uplink(boolean v4) {
        return v4 ? uplink4 : uplink6;
    }

    /** Whether there is an address of this family to send from. */
    boolean hasAddress(boolean v4) {
        return addresses.stream().anyMatch(prefix -> prefix.address().isIpv4() == v4);
    }

    /**
     * Whether what is masqueraded behind it in this family gets anywhere. Without an address of its own the kernel would masquerade as
     * another interface's.
     */
    boolean carries(boolean v4) {
        return running && hasAddress(v4) && uplink(v4) != null;
    }

    /** Whether it is one of those that are bound when nobody names any. */
    boolean isFound() {
        return (uplink4 != null || uplink6 != null) && !NEVER_FOUND.contains(kind) && !name.equals("lo");
    }

    /** The next routers of its default routes. */
    List<IpAddress> gateways() {
        List<IpAddress> gateways = new ArrayList<>();
        for (Uplink uplink : new @Nullable Uplink[] {uplink4, uplink6}) {
            IpAddress gateway = uplink == null ? null : uplink.gateway();
            if (gateway != null) {
                gateways.add(gateway);
            }
        }
        return gateways;
    }

    /** The lowest metric of its default routes, or the highest number. */
    int metric() {
        int best = Integer.MAX_VALUE;
        for (Uplink uplink : new @Nullable Uplink[] {uplink4, uplink6}) {
            if (uplink != null) {
                best = Math.min(best, uplink.metric());
            }
        }
        return best;
    }
}
