package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Computes what the kernel is to look like. A packet that comes in by a TUN is routed by that TUN's own table, which has the default
 * route of one NIC and leads nowhere without it: nothing falls through to the main table.
 */
final class Desires {
    /** Behind every other route of the table: the greatest metric that tools still print as a positive number. */
    private static final int LAST_RESORT = 2_000_000_000;
    private static final int METRIC = 10;
    private static final Prefix ALL_IPV4 = new Prefix(IpAddress.ANY_IPV4, 0);
    private static final Prefix ALL_IPV6 = new Prefix(IpAddress.ANY_IPV6, 0);

    private final HostConfig.Binding binding;
    private final Ipv6Way ipv6;
    private final List<Rule> rules = new ArrayList<>();
    private final List<Route> unreachable = new ArrayList<>();
    private final List<Route> reachable = new ArrayList<>();
    private final List<Desired.Setting> tunSettings = new ArrayList<>();
    private final List<Desired.Setting> nicSettings = new ArrayList<>();
    private final List<Desired.Mtu> mtus = new ArrayList<>();

    private Desires(HostConfig.Binding binding, Ipv6Way ipv6) {
        this.binding = binding;
        this.ipv6 = ipv6;
    }

    /**
     * What the kernel is to look like.
     *
     * @param opened settings that were changed before, whose NICs stay closed to others until they are restored
     * @param openBefore whether a setting allowed forwarding before anything was changed
     */
    static Desired of(
            List<BoundLink> links,
            HostConfig.Binding binding,
            Ipv6Way ipv6,
            Set<String> opened,
            Predicate<String> openBefore) {
        Desires desires = new Desires(binding, ipv6);
        links.forEach(desires::add);
        Set<String> closed = new LinkedHashSet<>();
        for (Desired.Setting setting : desires.nicSettings) {
            if (opened.contains(setting.key()) || !openBefore.test(setting.key())) {
                closed.add(setting.key());
            }
        }
        closed.addAll(opened);
        List<Route> routes = new ArrayList<>(desires.unreachable);
        routes.addAll(desires.reachable);
        List<Desired.Setting> settings = new ArrayList<>(desires.tunSettings);
        for (Desired.Setting setting : desires.nicSettings) {
            if (closed.contains(setting.key())) {
                settings.add(setting);
            }
        }
        return new Desired(
                List.copyOf(desires.rules),
                List.copyOf(routes),
                Firewall.table(links, closed),
                List.copyOf(settings),
                List.copyOf(desires.mtus));
    }

    private boolean binds(boolean v4) {
        return v4 || ipv6 != Ipv6Way.NONE;
    }

    private void add(BoundLink link) {
        NicFacts nic = link.wanted();
        if (link.tunDevice() != 0 && link.mtu() != 0) {
            mtus.add(new Desired.Mtu(link.index(), link.tunDevice(), link.mtu()));
        }
        for (boolean v4 : new boolean[] {true, false}) {
            if (!binds(v4)) {
                continue;
            }
            int table = binding.table() + link.index();
            rules.add(Rule.inputDevice(link.tun(), v4, table, table, binding.protocol()));
            unreachable.add(route(v4 ? ALL_IPV4 : ALL_IPV6, table)
                    .type(Route.RTN_UNREACHABLE)
                    .priority(LAST_RESORT)
                    .build());
            if (link.tunDevice() != 0 && (v4 || ipv6 == Ipv6Way.EACH)) {
                tunSettings.add(new Desired.Setting(link.index(), Settings.forwarding(link.tun(), v4), "1", 0));
            }
            if (nic != null && nic.carries(v4)) {
                lead(link.index(), nic, v4, table);
            }
        }
    }

    private void lead(int link, NicFacts nic, boolean v4, int table) {
        for (Prefix network : nic.networks()) {
            if (network.address().isIpv4() == v4) {
                reachable.add(route(network, table).device(nic.index()).priority(METRIC).build());
            }
        }
        Uplink uplink = nic.uplink(v4);
        if (uplink != null) {
            Route.Builder world = route(v4 ? ALL_IPV4 : ALL_IPV6, table).device(nic.index()).priority(METRIC);
            IpAddress gateway = uplink.gateway();
            // The gateway's own network is another table's: the kernel is not to look for it.
            reachable.add((gateway == null ? world : world.via(gateway).onlink()).build());
        }
        if (v4 || ipv6 == Ipv6Way.EACH) {
            nicSettings.add(new Desired.Setting(link, Settings.forwarding(nic.name(), v4), "1", nic.index()));
        }
    }

    private Route.Builder route(Prefix destination, int table) {
        return Route.to(destination).table(table).protocol(binding.protocol());
    }
}
