package dev.braid.tools.daemon;

import dev.braid.fastpath.device.DeviceException;
import dev.braid.tools.host.LinkView;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rates of all links, from the counters of their TUNs in the network namespace of the thread that made this. Any thread. */
final class RateMeter implements AutoCloseable {
    private final Rtnetlink netlink = Rtnetlink.open();
    private final Map<String, LinkRates> rates = new HashMap<>();

    /** Looks at the counters now. */
    synchronized void sample(List<LinkView> links, long nowNs) {
        for (LinkView link : links) {
            sample(link.tun(), nowNs);
        }
    }

    private void sample(String tun, long nowNs) {
        try {
            Link device = netlink.lookupLink(tun);
            if (device != null) {
                rates.computeIfAbsent(tun, _ -> new LinkRates()).sample(netlink.statistics(device.index()), nowNs);
            }
        } catch (DeviceException e) {
            // It went between the two requests, or the meter was closed: its rates stay those of the sample before.
        }
    }

    /** What a link's last samples say, added to a report. */
    synchronized void report(LinkView link, Map<String, Object> into) {
        LinkRates found = rates.getOrDefault(link.tun(), new LinkRates());
        into.put("rx_bytes", found.rxBytes());
        into.put("tx_bytes", found.txBytes());
        into.put("rx_mbit_s", Math.round(found.rxMbit() * 100) / 100.0);
        into.put("tx_mbit_s", Math.round(found.txMbit() * 100) / 100.0);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
