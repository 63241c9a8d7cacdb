package dev.braid.tools.nic;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.LivePaths;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.LinkAddress;
import dev.braid.tundriver.netlink.LinkEvent;
import dev.braid.tundriver.netlink.LinkMonitor;
import dev.braid.tundriver.netlink.MonitorThread;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Has a stack's links follow the NICs that their traffic leaves by: a TUN stays up when the NIC behind it goes down, loses its carrier
 * or its addresses, or disappears, and the stack would take that for silence. What netlink tells becomes a path event.
 */
public final class NicWatch {
    /** Who is told: {@link LivePaths#changeLink}. */
    @FunctionalInterface
    interface Links {
        void change(String link, boolean up) throws IOException;
    }

    private final Map<String, String> linksByNic;
    private final Links links;
    private final Map<String, Boolean> told = new HashMap<>();
    private final Map<Integer, Nic> nics = new HashMap<>();

    /** What is known of a NIC that a link leaves by. */
    private static final class Nic {
        final String name;
        boolean running;
        /** It had an address once: without one what leaves by it is masqueraded as nothing any more. */
        boolean hadAddress;
        final Set<IpAddress> addresses = new HashSet<>();

        Nic(String name) {
            this.name = name;
        }

        boolean carries() {
            return running && (!hadAddress || !addresses.isEmpty());
        }
    }

    NicWatch(Map<String, String> linksByNic, Links links) {
        this.linksByNic = Map.copyOf(linksByNic);
        this.links = links;
    }

    /**
     * Starts to watch the NICs of the calling thread's network namespace; what they are now is told first.
     *
     * @param linksByNic the stack's links by the names of the NICs behind them
     * @return ends the watch when it is closed; to be closed before the stack
     */
    public static MonitorThread start(LivePaths paths, Map<String, String> linksByNic) {
        NicWatch watch = new NicWatch(linksByNic, paths::changeLink);
        LinkMonitor monitor = LinkMonitor.open(EnumSet.of(LinkMonitor.Topic.LINKS, LinkMonitor.Topic.ADDRESSES));
        return MonitorThread.start(monitor, watch::onEvent);
    }

    void onEvent(LinkEvent event) {
        switch (event) {
            case LinkEvent.LinkChanged changed -> {
                Link link = changed.link();
                Nic nic = nics.computeIfAbsent(link.index(), index -> new Nic(link.name()));
                nic.running = link.running();
                tell(nic.name, nic.carries());
            }
            case LinkEvent.LinkRemoved removed -> {
                nics.remove(removed.link().index());
                tell(removed.link().name(), false);
            }
            case LinkEvent.AddressChanged changed -> onAddress(changed.address(), changed.address().usable());
            case LinkEvent.AddressRemoved removed -> onAddress(removed.address(), false);
            case LinkEvent.RouteAdded _,LinkEvent.RouteRemoved _,LinkEvent.RuleAdded _,LinkEvent.RuleRemoved _ -> {
                // How the host routes is not the stack's concern.
            }
            case LinkEvent.SettingsChanged _ -> {
                // Nor are the NICs' settings.
            }
        }
    }

    private void onAddress(LinkAddress address, boolean usable) {
        Nic nic = nics.get(address.device());
        IpAddress ip = address.prefix().address();
        if (nic == null || ip.isLinkLocal()) {
            return;
        }
        if (usable) {
            nic.hadAddress = true;
            nic.addresses.add(ip);
        } else {
            nic.addresses.remove(ip);
        }
        tell(nic.name, nic.carries());
    }

    private void tell(String nic, boolean up) {
        String link = linksByNic.get(nic);
        if (link == null || Boolean.valueOf(up).equals(told.put(nic, up))) {
            return;
        }
        try {
            links.change(link, up);
        } catch (IOException e) {
            // The stack has ended: nobody is left to be told.
        }
    }
}
