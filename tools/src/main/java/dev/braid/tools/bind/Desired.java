package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.util.List;

/**
 * What the kernel is to look like, as far as it is ours.
 *
 * @param rules which tables the packets of which TUNs are routed by
 * @param routes those tables; what leads nowhere comes first
 * @param firewall what may be forwarded, and what is masqueraded
 * @param settings in the order in which they are written
 * @param mtus of the TUNs
 */
record Desired(
        List<Rule> rules, List<Route> routes, NftTable firewall, List<Setting> settings, List<Mtu> mtus) {
    /**
     * A kernel setting.
     *
     * @param link the stack's index of the link it serves
     * @param key the path below {@code /proc/sys}
     * @param value what it is to be
     * @param device the kernel's number of the NIC it belongs to; 0 = of a TUN, whose settings go with it
     */
    record Setting(int link, String key, String value, int device) {}

    /**
     * How long a TUN's packets may be.
     *
     * @param link the stack's index of the link
     * @param device the kernel's number of the TUN
     * @param bytes of IP
     */
    record Mtu(int link, int device, int bytes) {}
}
