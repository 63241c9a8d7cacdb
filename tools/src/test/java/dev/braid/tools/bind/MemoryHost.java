package dev.braid.tools.bind;

import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.OperState;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A kernel in memory, which refuses what it is told to. */
final class MemoryHost implements KernelHost {
    private static final int IFF_UP_RUNNING = 1 | 1 << 16;

    final List<Rule> rules = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();
    final Map<String, String> settings = new TreeMap<>();
    /** Requests by their names, such as {@code rule 7700}. */
    Predicate<String> refuses = request -> false;

    private final Map<Integer, Link> links = new TreeMap<>();
    private @Nullable NftTable firewall;

    /** One of Linux 6.17, which is no router. */
    MemoryHost() {
        settings.put("net/ipv4/conf/all/forwarding", "0");
        settings.put("net/ipv6/conf/all/forwarding", "0");
        settings.put("net/ipv6/conf/default/force_forwarding", "0");
    }

    /** Adds a device that is switched on and has a carrier, or not. */
    Link device(int index, String name, boolean on) {
        Link link = new Link(index, name, "", on ? IFF_UP_RUNNING : 0, 1_500, 1_000, OperState.UNKNOWN, null);
        links.put(index, link);
        settings.putIfAbsent("net/ipv4/conf/" + name + "/forwarding", "0");
        settings.putIfAbsent("net/ipv6/conf/" + name + "/force_forwarding", "0");
        return link;
    }

    /** What {@code sysctl net.ipv4.ip_forward} does. */
    void router4(boolean on) {
        settings.replaceAll((key, value) -> Settings.isV4(key) ? on ? "1" : "0" : value);
    }

    private void request(String what) {
        if (refuses.test(what)) {
            throw new LinuxException("this host", what, Errno.EPERM, "");
        }
    }

    @Override
    public List<Link> links() {
        return List.copyOf(links.values());
    }

    @Override
    public List<Rule> rules() {
        return List.copyOf(rules);
    }

    @Override
    public void addRule(Rule rule) {
        request("rule " + rule.priority());
        rules.add(rule);
    }

    @Override
    public void deleteRule(Rule rule) {
        request("no rule " + rule.priority());
        rules.remove(rule);
    }

    @Override
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    @Override
    public void putRoute(Route route) {
        request("route " + route.table());
        routes.removeIf(other -> other.destination().equals(route.destination())
                && other.table() == route.table()
                && other.priority() == route.priority());
        routes.add(route);
    }

    @Override
    public void deleteRoute(Route route) {
        request("no route " + route.table());
        routes.remove(route);
    }

    @Override
    public @Nullable NftTable firewall(String name) {
        return firewall;
    }

    @Override
    public void putFirewall(NftTable table) {
        request("firewall");
        firewall = table;
    }

    @Override
    public boolean deleteFirewall(String name) {
        boolean there = firewall != null;
        firewall = null;
        return there;
    }

    @Override
    public @Nullable String setting(String key) {
        return settings.get(key);
    }

    @Override
    public void putSetting(String key, String value) throws IOException {
        if (refuses.test(key)) {
            throw new IOException(key + " is read-only");
        }
        settings.put(key, value);
    }

    @Override
    public void mtu(int device, int bytes) {
        request("mtu " + device);
    }

    @Override
    public void close() {}
}
