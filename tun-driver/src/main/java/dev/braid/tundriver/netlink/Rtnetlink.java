package dev.braid.tundriver.netlink;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes the links, addresses, routes and rules of one network namespace: that of the thread which called
 * {@link #open}. Any thread may then use it.
 *
 * <p>Every method but the lookups throws {@link LinuxException} with the device, the request, the error and the kernel's
 * own words when the kernel refuses.
 */
public final class Rtnetlink implements AutoCloseable {
    private static final long LOCAL_ROUTE_LIMIT_NS = 1_000_000_000L;

    private final NetlinkSocket socket;

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** A client of the calling thread's network namespace. */
    public static Rtnetlink open() {
        return new Rtnetlink(NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE, false));
    }

    // Links.

    /** All devices. */
    public synchronized List<Link> links() {
        return parse(LinkMessages.list(), "links", "RTM_GETLINK", LinkMessages::parse);
    }

    /** The device of this name, or null when there is none. */
    public synchronized @Nullable Link lookupLink(String name) {
        try {
            return parse(LinkMessages.lookup(name), name, "RTM_GETLINK", LinkMessages::parse).getFirst();
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENODEV) {
                return null;
            }
            throw e;
        }
    }

    /** The device of this name. */
    public synchronized Link link(String name) {
        return parse(LinkMessages.lookup(name), name, "RTM_GETLINK", LinkMessages::parse).getFirst();
    }

    /** The device's counters. */
    public synchronized LinkStatistics statistics(int device) {
        var request = LinkMessages.lookup(device);
        return LinkMessages.statistics(socket.transact(request, "device " + device, "RTM_GETLINK").getFirst());
    }

    /** Switches the device on. */
    public synchronized void up(int device) {
        change(LinkMessages.flags(device, Link.IFF_UP, Link.IFF_UP), device, "RTM_NEWLINK (up)");
    }

    /** Switches the device off; its routes go, its IPv6 addresses too. */
    public synchronized void down(int device) {
        change(LinkMessages.flags(device, 0, Link.IFF_UP), device, "RTM_NEWLINK (down)");
    }

    /** Sets the largest IP packet, in bytes. */
    public synchronized void mtu(int device, int bytes) {
        change(LinkMessages.change(device, LinkMessages.IFLA_MTU, bytes), device, "RTM_NEWLINK (mtu " + bytes + ")");
    }

    /** Sets how many packets wait in the device's queue before it drops. */
    public synchronized void txQueueLength(int device, int packets) {
        String call = "RTM_NEWLINK (txqueuelen " + packets + ")";
        change(LinkMessages.change(device, LinkMessages.IFLA_TXQLEN, packets), device, call);
    }

    /** Moves the device into the namespace that {@code namespace}, an open descriptor, refers to. */
    public synchronized void moveTo(int device, int namespace) {
        change(LinkMessages.change(device, LinkMessages.IFLA_NET_NS_FD, namespace), device, "RTM_NEWLINK (netns)");
    }

    /** Removes a virtual device. */
    public synchronized void deleteLink(int device) {
        change(LinkMessages.delete(device), device, "RTM_DELLINK");
    }

    /** Makes a pair of connected Ethernet devices in this namespace, both switched off. */
    public synchronized void createVeth(String name, String peer) {
        socket.transact(LinkMessages.createVeth(name, peer, -1), name, "RTM_NEWLINK (veth)");
    }

    /** Makes a pair whose other end is in the namespace that {@code peerNamespace}, an open descriptor, refers to. */
    public synchronized void createVeth(String name, String peer, int peerNamespace) {
        socket.transact(LinkMessages.createVeth(name, peer, peerNamespace), name, "RTM_NEWLINK (veth)");
    }

    // Addresses.

    /** All addresses of all devices. */
    public synchronized List<LinkAddress> addresses() {
        return parse(AddressMessages.list(), "addresses", "RTM_GETADDR", AddressMessages::parse);
    }

    /** Gives the device an address, and with it a route to its network; IPv6 without duplicate-address detection. */
    public synchronized void addAddress(int device, Prefix prefix) {
        change(AddressMessages.add(device, prefix), device, "RTM_NEWADDR " + prefix);
    }

    /**
     * Waits until the kernel takes packets for an IPv6 address that was just added, a second at most: it sends from it at once,
     * but a work queue makes the local route, and a reply that comes sooner is dropped. IPv4 takes them at once.
     */
    public void awaitTaken(IpAddress address) {
        long deadline = System.nanoTime() + LOCAL_ROUTE_LIMIT_NS;
        while (!address.isIpv4() && !isLocal(address) && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
    }

    private boolean isLocal(IpAddress address) {
        Prefix host = new Prefix(address, address.bits());
        return routes().stream()
                .anyMatch(route -> route.table() == Route.TABLE_LOCAL && route.destination().equals(host));
    }

    /** Takes an address away. */
    public synchronized void deleteAddress(int device, Prefix prefix) {
        change(AddressMessages.delete(device, prefix), device, "RTM_DELADDR " + prefix);
    }

    // Routes.

    /** All routes of all tables, IPv4 first. */
    public synchronized List<Route> routes() {
        List<Route> found = new ArrayList<>();
        for (int family : Family.BOTH) {
            found.addAll(parse(RouteMessages.list(family), "routes", "RTM_GETROUTE", RouteMessages::parse));
        }
        return found;
    }

    /**
     * The route that packets from this host to {@code to} take, by the rules and tables as they are now: the kernel's own
     * choice, with the destination as that route has it.
     *
     * @return null when there is none; of type {@link Route#RTN_UNREACHABLE}, to the address alone, when the route says that
     *     packets are refused or dropped (the kernel does not tell which route that is)
     */
    public synchronized @Nullable Route lookupRoute(IpAddress to) {
        try {
            return RouteMessages.parse(socket.transact(RouteMessages.lookup(to), "route to " + to, "RTM_GETROUTE")
                    .getFirst());
        } catch (LinuxException e) {
            return switch (e.errno()) {
                // A kernel without the address's family (ipv6.disable=1) does not support the question.
                case Errno.ENETUNREACH, Errno.EOPNOTSUPP -> null;
                case Errno.EHOSTUNREACH, Errno.EACCES, Errno.EINVAL ->
                    Route.to(new Prefix(to, to.bits())).type(Route.RTN_UNREACHABLE).build();
                default -> throw e;
            };
        }
    }

    /** Adds a route. */
    public synchronized void addRoute(Route route) {
        change(RouteMessages.add(route), route.device(), "RTM_NEWROUTE " + route.destination());
    }

    /** Adds a route, in the place of one with the same destination, table and priority. */
    public synchronized void replaceRoute(Route route) {
        change(RouteMessages.replace(route), route.device(), "RTM_NEWROUTE " + route.destination());
    }

    /** Removes a route. */
    public synchronized void deleteRoute(Route route) {
        change(RouteMessages.delete(route), route.device(), "RTM_DELROUTE " + route.destination());
    }

    // Rules.

    /** All rules that choose a table, IPv4 first. */
    public synchronized List<Rule> rules() {
        List<Rule> found = new ArrayList<>();
        for (int family : Family.BOTH) {
            found.addAll(parse(RuleMessages.list(family), "rules", "RTM_GETRULE", RuleMessages::parse));
        }
        return found;
    }

    /** Adds a rule. */
    public synchronized void addRule(Rule rule) {
        socket.transact(RuleMessages.add(rule), "rule " + rule.priority(), "RTM_NEWRULE");
    }

    /** Removes a rule. */
    public synchronized void deleteRule(Rule rule) {
        socket.transact(RuleMessages.delete(rule), "rule " + rule.priority(), "RTM_DELRULE");
    }

    private void change(Request request, int device, String call) {
        try {
            socket.transact(request, "", call);
        } catch (LinuxException e) {
            throw e.about(subject(device));
        }
    }

    private <T> List<T> parse(Request request, String subject, String call, Function<Reply, @Nullable T> parser) {
        List<T> found = new ArrayList<>();
        for (Reply reply : socket.transact(request, subject, call)) {
            T entry = parser.apply(reply);
            if (entry != null) {
                found.add(entry);
            }
        }
        return found;
    }

    /** The device's name, for messages; asked for only when something went wrong. */
    private String subject(int device) {
        if (device == 0) {
            return "network";
        }
        try {
            List<Link> found = parse(LinkMessages.lookup(device), "", "RTM_GETLINK", LinkMessages::parse);
            return found.isEmpty() ? "device " + device : found.getFirst().name();
        } catch (LinuxException e) {
            return "device " + device;
        }
    }

    /** Closes the client. */
    @Override
    public synchronized void close() {
        socket.close();
    }
}
