package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.util.List;
import java.util.Map;

/**
 * What the kernel is to look like, as far as it is ours.
 *
 * @param rules which tables the packets of which TUNs are routed by
 * @param routes those tables; what leads nowhere comes first
 * @param firewall what may be forwarded, and what is masqueraded
 * @param settings in the order in which they are written
 * @param mtus bytes of IP by the kernel's device numbers
 */
record Desired(
        List<Rule> rules, List<Route> routes, NftTable firewall, List<Setting> settings, Map<Integer, Integer> mtus) {
    /**
     * A kernel setting.
     *
     * @param link the stack's index of the link it serves
     * @param key the path below {@code /proc/sys}
     * @param value what it is to be
     * @param device the kernel's number of the NIC it belongs to; 0 = of a TUN, whose settings go with it
     */
    record Setting(int link, String key, String value, int device) {}
}
