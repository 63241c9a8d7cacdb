package dev.braid.tools.bind;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.Link;
import dev.braid.tundriver.netlink.NftChain;
import dev.braid.tundriver.netlink.NftExpression;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Nftables;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A host with two NICs, each with a gateway, in a namespace; devices of the TUNs' names stand for the TUNs. A firewall table, a rule and
 * a route of somebody else's are there, too.
 */
final class BindingBed implements AutoCloseable {
    static final HostLog SILENT = (level, line) -> {};
    static final HostConfig.Binding BINDING = new HostConfig.Binding(
            7700, 77, Prefix.parse("198.19.77.0/24"), Prefix.parse("fd77:b1a1:d::/48"), "auto", 2);

    final NetworkNamespace host = NetworkNamespace.create("host");
    final Rtnetlink netlink = host.netlink();

    BindingBed() {
        for (int i = 0; i < 2; i++) {
            String nic = nic(i);
            int index = pair(nic);
            netlink.addAddress(index, Prefix.parse("192.168." + i + ".2/24"));
            netlink.addAddress(index, Prefix.parse("2001:db8:" + i + "::2/64"));
            world(i, "192.168." + i + ".1", 100 * (i + 1));
            world(i, "2001:db8:" + i + "::1", 100 * (i + 1));
        }
        netlink.addRule(Rule.from(Prefix.parse("10.9.0.0/16"), 254, 500, 4));
        netlink.addRoute(Route.to(Prefix.parse("10.9.0.0/16"))
                .via(IpAddress.parse("192.168.0.1"))
                .device(index(nic(0)))
                .table(7705)
                .build());
        try (Nftables nftables = host.call(Nftables::open)) {
            nftables.replace(new NftTable("other", List.of(new NftChain(
                    "forward",
                    NftChain.Hook.FORWARD,
                    0,
                    NftChain.Type.FILTER,
                    List.of(NftRule.of(
                            "foreign",
                            new NftExpression.InputDevice("dmz0", true),
                            new NftExpression.Count(),
                            new NftExpression.Drop()))))));
        }
    }

    static String nic(int i) {
        return "nic" + i;
    }

    /** A default route over a NIC. */
    void world(int i, String gateway, int metric) {
        netlink.addRoute(toWorld(i, gateway, metric));
    }

    Route toWorld(int i, String gateway, int metric) {
        IpAddress router = IpAddress.parse(gateway);
        Prefix all = new Prefix(router.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6, 0);
        return Route.to(all).via(router).device(index(nic(i))).priority(metric).build();
    }

    /** What TUNs look like to whoever binds them. */
    void makeTuns() {
        pair("braid0");
        pair("braid1");
    }

    /** What the end of the stack does. */
    void removeTuns() {
        for (int i = 0; i < 2; i++) {
            Link tun = netlink.lookupLink("braid" + i);
            if (tun != null) {
                netlink.deleteLink(tun.index());
            }
        }
    }

    int pair(String name) {
        netlink.createVeth(name, "x" + name);
        int index = index(name);
        netlink.up(index);
        netlink.up(index("x" + name));
        return index;
    }

    int index(String device) {
        return netlink.link(device).index();
    }

    static HostConfig config() {
        return config(List.of());
    }

    static HostConfig config(List<HostConfig.LinkConfig> links) {
        return new HostConfig(
                links,
                Goal.AGGREGATE,
                Map.of(),
                new HostConfig.Proxy(List.of(), Map.of(), 1, 1, 0),
                new HostConfig.Dns(List.of()),
                new HostConfig.Bypasses(List.of(), List.of()),
                BINDING,
                new HostConfig.Admin(""),
                Map.of(),
                new HostConfig.Doctor(""));
    }

    static HostConfig.LinkConfig link(String nic, Role role) {
        return new HostConfig.LinkConfig(nic, Optional.of(role), Optional.empty(), 0);
    }

    /** Everything that binding could have touched, and what is to stay. */
    List<String> snapshot() throws IOException {
        List<String> all = new ArrayList<>();
        netlink.rules().forEach(rule -> all.add(rule.toString()));
        netlink.routes().stream()
                // Neighbours' and multicast routes come and go by themselves.
                .filter(route -> route.table() != Route.TABLE_LOCAL)
                .filter(route -> !route.destination().address().isMulticast())
                .filter(route -> !route.destination().address().isLinkLocal())
                .forEach(route -> all.add(route.toString()));
        netlink.addresses().stream()
                // Duplicate-address detection of link-local ones goes on meanwhile.
                .filter(address -> !address.prefix().address().isLinkLocal())
                .forEach(address -> all.add(address.toString()));
        all.addAll(settings());
        try (Nftables nftables = host.call(Nftables::open)) {
            nftables.bases().forEach(base -> all.add(base.toString()));
            all.add(String.valueOf(nftables.read("other")));
        }
        return all.stream().sorted().toList();
    }

    /** Which interfaces forward, and who is listened to. */
    private List<String> settings() throws IOException {
        return host.<List<String>, IOException>call(() -> {
            Map<String, String> found = new TreeMap<>();
            for (String folder : List.of("/proc/sys/net/ipv4/conf", "/proc/sys/net/ipv6/conf")) {
                try (Stream<Path> files = Files.walk(Path.of(folder), 2)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        String name = file.getFileName().toString();
                        if (name.contains("forwarding") || name.equals("rp_filter") || name.equals("accept_ra")) {
                            found.put(file.toString(), Files.readString(file).strip());
                        }
                    }
                }
            }
            return found.entrySet().stream().map(Map.Entry::toString).toList();
        });
    }

    @Override
    public void close() {
        netlink.close();
        host.close();
    }
}
