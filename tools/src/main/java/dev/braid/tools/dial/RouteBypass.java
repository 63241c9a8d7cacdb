package dev.braid.tools.dial;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Bypass;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Links;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel where it would send a packet: the stack is for what leaves by a bound interface's default route, all else (this host,
 * attached networks, routes of other VPNs) is the kernel's. Any thread.
 */
public final class RouteBypass implements Bypass {
    private final HostConfig.Bypasses config;
    private final Links links;
    private final Function<IpAddress, @Nullable Route> routes;
    private final IntFunction<String> deviceNames;

    /** A bypass by the routes of the namespace that {@code netlink} was opened in, which must be this process's. */
    public RouteBypass(HostConfig.Bypasses config, Links links, Rtnetlink netlink) {
        this(config, links, netlink::lookupRoute, RouteBypass::deviceName);
    }

    /**
     * A bypass by any routes.
     *
     * @param routes the kernel's own choice for an address; {@code null} = none
     * @param deviceNames the name of a device by its index; empty = there is none
     */
    RouteBypass(HostConfig.Bypasses config, Links links, Function<IpAddress, @Nullable Route> routes,
            IntFunction<String> deviceNames) {
        this.config = config;
        this.links = links;
        this.routes = routes;
        this.deviceNames = deviceNames;
    }

    private static String deviceName(int index) {
        try {
            NetworkInterface device = NetworkInterface.getByIndex(index);
            return device == null ? "" : device.getName();
        } catch (SocketException e) {
            return "";
        }
    }

    @Override
    public String reason(IpAddress remote) {
        for (Prefix network : config.networks()) {
            if (network.contains(remote)) {
                return network + " is configured to bypass";
            }
        }
        if (remote.isLoopback() || remote.isUnspecified() || remote.isLinkLocal()) {
            return remote + " is of this host or its link alone";
        }
        List<LinkView> all = links.all();
        for (LinkView link : all) {
            for (Prefix network : link.networks()) {
                if (network.contains(remote)) {
                    return network + " is attached to " + link.nic();
                }
            }
        }
        Route route = routes.apply(remote);
        // Without a route of the kernel's there may still be a link that has one, as its table outlives the main one's default.
        if (route == null) {
            return "";
        }
        // The stack's tables know nothing of that: the kernel is to say so itself.
        return route.type() == Route.RTN_UNREACHABLE ? "the host's routes refuse " + remote : reason(route, all);
    }

    private String reason(Route route, List<LinkView> all) {
        if (route.type() == Route.RTN_LOCAL) {
            return route.destination() + " is this host";
        }
        if (route.type() != Route.RTN_UNICAST) {
            return route.destination() + " is no destination for connections";
        }
        String device = deviceNames.apply(route.device());
        if (!isDefault(route.destination())) {
            return "the route to " + route.destination() + " leaves by " + device;
        }
        boolean bound = all.stream().anyMatch(link -> link.nic().equals(device));
        return bound ? "" : "the default route leaves by " + device + ", which is not bound";
    }

    /** The default route, or one of the two halves that VPNs and the like lay over it. */
    private static boolean isDefault(Prefix destination) {
        return destination.length() <= 1;
    }

    @Override
    public String nameReason(String host) {
        for (String pattern : config.names()) {
            boolean matches = pattern.startsWith("*.") ? host.endsWith(pattern.substring(1)) : host.equals(pattern);
            if (matches) {
                return pattern + " is configured to bypass";
            }
        }
        return "";
    }
}
