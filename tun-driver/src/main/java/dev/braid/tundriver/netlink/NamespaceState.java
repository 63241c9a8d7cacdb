package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor's listener has been told about a namespace. Everything goes through here, single messages and whole
 * tables alike, so that the listener hears of differences only, and of each once.
 */
final class NamespaceState {
    private final Map<Integer, Link> links = new HashMap<>();
    private final Map<AddressKey, LinkAddress> addresses = new HashMap<>();
    private final Set<Route> routes = new LinkedHashSet<>();
    private final Set<Rule> rules = new LinkedHashSet<>();

    private record AddressKey(int device, Prefix prefix) {
        static AddressKey of(LinkAddress address) {
            return new AddressKey(address.device(), address.prefix());
        }
    }

    /**
     * Takes one notification.
     *
     * @return whether IPv4 routes may have gone with it: the kernel announces none of those that it drops because their
     *     device or their source address went
     */
    boolean apply(Reply reply, Consumer<LinkEvent> listener) {
        return switch (reply.type()) {
            case Rtm.RTM_NEWLINK -> changed(LinkMessages.parse(reply), listener);
            case Rtm.RTM_DELLINK -> removed(LinkMessages.parse(reply), listener);
            case Rtm.RTM_NEWADDR -> changed(AddressMessages.parse(reply), listener);
            case Rtm.RTM_DELADDR -> removed(AddressMessages.parse(reply), listener);
            case Rtm.RTM_NEWROUTE -> added(RouteMessages.parse(reply), reply.replaces(), listener);
            case Rtm.RTM_DELROUTE -> removed(RouteMessages.parse(reply), listener);
            case Rtm.RTM_NEWRULE -> added(RuleMessages.parse(reply), listener);
            case Rtm.RTM_DELRULE -> removed(RuleMessages.parse(reply), listener);
            case Rtm.RTM_NEWNETCONF -> {
                listener.accept(new LinkEvent.SettingsChanged(SettingsMessages.device(reply)));
                yield false;
            }
            default -> false;
        };
    }

    private boolean changed(@Nullable Link link, Consumer<LinkEvent> listener) {
        if (link == null) {
            return false;
        }
        Link before = links.put(link.index(), link);
        if (link.equals(before)) {
            return false;
        }
        listener.accept(new LinkEvent.LinkChanged(link));
        return before != null && before.up() && !link.up();
    }

    private boolean removed(@Nullable Link link, Consumer<LinkEvent> listener) {
        Link before = link == null ? null : links.remove(link.index());
        if (before == null) {
            return false;
        }
        listener.accept(new LinkEvent.LinkRemoved(before));
        return true;
    }

    private boolean changed(@Nullable LinkAddress address, Consumer<LinkEvent> listener) {
        if (address != null && !address.equals(addresses.put(AddressKey.of(address), address))) {
            listener.accept(new LinkEvent.AddressChanged(address));
        }
        return false;
    }

    private boolean removed(@Nullable LinkAddress address, Consumer<LinkEvent> listener) {
        LinkAddress before = address == null ? null : addresses.remove(AddressKey.of(address));
        if (before == null) {
            return false;
        }
        listener.accept(new LinkEvent.AddressRemoved(before));
        return true;
    }

    private boolean added(@Nullable Route route, boolean replaces, Consumer<LinkEvent> listener) {
        if (route == null || routes.contains(route)) {
            return false;
        }
        if (replaces) {
            for (Route other : List.copyOf(routes)) {
                if (inSamePlace(route, other)) {
                    removed(other, listener);
                }
            }
        }
        routes.add(route);
        listener.accept(new LinkEvent.RouteAdded(route));
        return false;
    }

    private static boolean inSamePlace(Route one, Route other) {
        return one.destination().equals(other.destination())
                && one.table() == other.table()
                && one.priority() == other.priority();
    }

    private boolean removed(@Nullable Route route, Consumer<LinkEvent> listener) {
        if (route != null && routes.remove(route)) {
            listener.accept(new LinkEvent.RouteRemoved(route));
        }
        return false;
    }

    private boolean added(@Nullable Rule rule, Consumer<LinkEvent> listener) {
        if (rule != null && rules.add(rule)) {
            listener.accept(new LinkEvent.RuleAdded(rule));
        }
        return false;
    }

    private boolean removed(@Nullable Rule rule, Consumer<LinkEvent> listener) {
        if (rule != null && rules.remove(rule)) {
            listener.accept(new LinkEvent.RuleRemoved(rule));
        }
        return false;
    }

    /** Takes the whole table of devices. */
    void replaceLinks(List<Link> all, Consumer<LinkEvent> listener) {
        Set<Integer> present = new HashSet<>();
        all.forEach(link -> present.add(link.index()));
        for (Link link : List.copyOf(links.values())) {
            if (!present.contains(link.index())) {
                removed(link, listener);
            }
        }
        all.forEach(link -> changed(link, listener));
    }

    /** Takes the whole table of addresses. */
    void replaceAddresses(List<LinkAddress> all, Consumer<LinkEvent> listener) {
        Set<AddressKey> present = new HashSet<>();
        all.forEach(address -> present.add(AddressKey.of(address)));
        for (LinkAddress address : List.copyOf(addresses.values())) {
            if (!present.contains(AddressKey.of(address))) {
                removed(address, listener);
            }
        }
        all.forEach(address -> changed(address, listener));
    }

    /** Takes the whole table of routes. */
    void replaceRoutes(List<Route> all, Consumer<LinkEvent> listener) {
        Set<Route> present = new HashSet<>(all);
        List<Route> gone = new ArrayList<>(routes);
        gone.removeAll(present);
        gone.forEach(route -> removed(route, listener));
        all.forEach(route -> added(route, false, listener));
    }

    /** Takes the whole table of rules. */
    void replaceRules(List<Rule> all, Consumer<LinkEvent> listener) {
        List<Rule> gone = new ArrayList<>(rules);
        gone.removeAll(new HashSet<>(all));
        gone.forEach(rule -> removed(rule, listener));
        all.forEach(rule -> added(rule, listener));
    }
}
