package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.LinkAddress;
import dev.braid.tundriver.netlink.LinkEvent;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What netlink has told of the devices, their addresses and the main table's routes. A monitor remembers all that it has told, to tell
 * differences; this is the part from which NICs are known, and can be told by anybody. One thread.
 */
final class FactBook {
    private final Map<Integer, Link> devices = new TreeMap<>();
    private final Map<Integer, Set<LinkAddress>> addresses = new HashMap<>();
    private final Set<Route> routes = new LinkedHashSet<>();

    /** What there is now. */
    static FactBook read(Rtnetlink netlink) {
        FactBook book = new FactBook();
        netlink.links().forEach(link -> book.onEvent(new LinkEvent.LinkChanged(link)));
        netlink.addresses().forEach(address -> book.onEvent(new LinkEvent.AddressChanged(address)));
        netlink.routes().forEach(route -> book.onEvent(new LinkEvent.RouteAdded(route)));
        return book;
    }

    /** Takes one piece of news; answers whether it is any to the book, and not of rules and settings or other tables. */
    boolean onEvent(LinkEvent event) {
        return switch (event) {
            case LinkEvent.LinkChanged changed -> !changed.link().equals(
                    devices.put(changed.link().index(), changed.link()));
            case LinkEvent.LinkRemoved removed -> devices.remove(removed.link().index()) != null;
            case LinkEvent.AddressChanged changed -> {
                forget(changed.address());
                yield addresses.computeIfAbsent(changed.address().device(), device -> new LinkedHashSet<>())
                        .add(changed.address());
            }
            case LinkEvent.AddressRemoved removed -> forget(removed.address());
            case LinkEvent.RouteAdded added -> added.route().table() == Route.TABLE_MAIN && routes.add(added.route());
            case LinkEvent.RouteRemoved removed -> routes.remove(removed.route());
            default -> false;
        };
    }

    private boolean forget(LinkAddress address) {
        Set<LinkAddress> known = addresses.get(address.device());
        return known != null && known.removeIf(other -> other.prefix().equals(address.prefix()));
    }

    /** All devices by name, in the order in which they were made. */
    Map<String, NicFacts> nics() {
        Map<String, NicFacts> found = new LinkedHashMap<>();
        for (Link link : devices.values()) {
            found.put(link.name(), facts(link));
        }
        return found;
    }

    private NicFacts facts(Link link) {
        List<Prefix> own = new ArrayList<>();
        for (LinkAddress address : addresses.getOrDefault(link.index(), Set.of())) {
            IpAddress ip = address.prefix().address();
            if (address.usable() && !ip.isLinkLocal() && !ip.isLoopback()) {
                own.add(address.prefix());
            }
        }
        Uplink uplink4 = null;
        Uplink uplink6 = null;
        Set<Prefix> networks = new TreeSet<>(FactBook::compare);
        for (Route route : routes) {
            Prefix to = route.destination();
            if (route.device() != link.index() || route.type() != Route.RTN_UNICAST) {
                continue;
            }
            if (to.length() == 0 && to.address().isIpv4()) {
                uplink4 = better(uplink4, route);
            } else if (to.length() == 0) {
                uplink6 = better(uplink6, route);
            } else if (route.gateway() == null && !to.address().isLinkLocal()) {
                networks.add(to);
            }
        }
        return new NicFacts(
                link.name(),
                link.index(),
                link.kind(),
                link.up(),
                link.running(),
                link.mtu(),
                List.copyOf(own),
                uplink4,
                uplink6,
                List.copyOf(networks));
    }

    /** Networks in an order of their own, so that equal facts are equal lists. */
    private static int compare(Prefix one, Prefix other) {
        int byAddress = one.address().compareTo(other.address());
        return byAddress != 0 ? byAddress : Integer.compare(one.length(), other.length());
    }

    private static Uplink better(@Nullable Uplink known, Route route) {
        if (known != null && Integer.compareUnsigned(route.priority(), known.metric()) >= 0) {
            return known;
        }
        return new Uplink(route.gateway(), route.priority());
    }
}
