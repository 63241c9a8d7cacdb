package dev.braid.tools.kernel.laptop;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A laptop with three NICs of different rates and delays, each with a gateway, and the servers that it talks to.
 *
 * <pre>
 *   laptop  eth0  192.168.10.2 -- 40 Mbit/s  5 ms ------- 192.168.10.1 .254 \
 *           wifi0 192.168.11.2 -- 20 Mbit/s 15 ms ------- 192.168.11.1 .254  router -- server 203.0.113.1  Multipath TCP
 *           lte0  192.168.12.2 -- 20 Mbit/s 30 ms - NAT - 192.168.12.1 .254 /                 203.0.113.2  TCP alone
 *                                                                                             203.0.113.53 names
 * </pre>
 *
 * The same with IPv6: 2001:db8:10::2 and so on, the servers 2001:db8:ff::1, ::2.
 */
final class LaptopBed implements AutoCloseable {
    static final String MPTCP_SERVER = "203.0.113.1";
    static final String PLAIN_SERVER = "203.0.113.2";
    static final String NAME_SERVER = "203.0.113.53";
    static final int HTTP = 80;

    private final NetworkNamespace server = NetworkNamespace.create("server");
    private final NetworkNamespace router = NetworkNamespace.create("router");
    private final NetworkNamespace air = NetworkNamespace.create("air");
    private final NetworkNamespace laptop = NetworkNamespace.create("laptop");
    private final List<Nic> nics = new ArrayList<>();
    private final List<AutoCloseable> services = new ArrayList<>();

    private LaptopBed() {}

    /** With eth0, wifi0 and lte0. */
    static LaptopBed start() throws IOException {
        return start(NicPlan.eth(), NicPlan.wifi(), NicPlan.lte());
    }

    static LaptopBed start(NicPlan... plans) throws IOException {
        var bed = new LaptopBed();
        try {
            bed.prepare();
            for (NicPlan plan : plans) {
                bed.nics.add(new Nic(plan, bed.laptop, bed.air, bed.router));
            }
            bed.serve();
            return bed;
        } catch (IOException | RuntimeException e) {
            bed.close();
            throw e;
        }
    }

    private void prepare() {
        air.sysctl("net.ipv6.conf.default.disable_ipv6", "1");
        for (NetworkNamespace host : List.of(laptop, router, server)) {
            host.sysctl("net.ipv6.conf.default.accept_dad", "0");
            host.sysctl("net.ipv6.conf.default.accept_ra", "0");
            // A path that failed must not make the next connection slower.
            host.sysctl("net.ipv4.tcp_no_metrics_save", "1");
        }
        // What distributions have: the reverse of a packet's path must lead to where it came from.
        laptop.sysctl("net.ipv4.conf.all.rp_filter", "1");
        laptop.sysctl("net.ipv4.conf.default.rp_filter", "1");
        router.sysctl("net.ipv4.ip_forward", "1");
        router.sysctl("net.ipv6.conf.all.forwarding", "1");
        server.exec("ip", "mptcp", "limits", "set", "subflows", "8", "add_addr_accepted", "0");
        try (Rtnetlink ofServer = server.netlink(); Rtnetlink ofRouter = router.netlink()) {
            ofServer.createVeth("up0", "server", router.descriptor());
            int lo = ofServer.link("lo").index();
            for (String one : List.of(MPTCP_SERVER + "/32", PLAIN_SERVER + "/32", NAME_SERVER + "/32",
                    "2001:db8:ff::1/128", "2001:db8:ff::2/128")) {
                ofServer.addAddress(lo, Prefix.parse(one));
            }
            connect(ofServer, "up0", "198.51.100.2/30", "2001:db8:fe::2/64");
            connect(ofRouter, "server", "198.51.100.1/30", "2001:db8:fe::1/64");
            // The kernel's default elsewhere may be bbr: runs are compared.
            route(ofServer, "up0", "0.0.0.0/0", "198.51.100.1");
            route(ofServer, "up0", "::/0", "2001:db8:fe::1");
            route(ofRouter, "server", "203.0.113.0/24", "198.51.100.2");
            route(ofRouter, "server", "2001:db8:ff::/64", "2001:db8:fe::2");
        }
    }

    private static void connect(Rtnetlink netlink, String device, String v4, String v6) {
        int index = netlink.link(device).index();
        netlink.addAddress(index, Prefix.parse(v4));
        netlink.up(index);
        netlink.addAddress(index, Prefix.parse(v6));
    }

    private static void route(Rtnetlink netlink, String device, String to, String via) {
        netlink.addRoute(Route.to(Prefix.parse(to))
                .via(Prefix.parse(via + (via.indexOf(':') >= 0 ? "/128" : "/32")).address())
                .device(netlink.link(device).index())
                .congestionControl("cubic")
                .build());
    }

    private void serve() throws IOException {
        services.add(WebServer.mptcp(server, MPTCP_SERVER, HTTP));
        services.add(WebServer.mptcp(server, "2001:db8:ff::1", HTTP));
        services.add(WebServer.plain(server, PLAIN_SERVER, HTTP));
        services.add(WebServer.plain(server, "2001:db8:ff::2", HTTP));
        services.add(NameServer.start(server, NAME_SERVER));
    }

    /** Runs beside the other services, and ends with them. */
    void add(AutoCloseable service) {
        services.add(service);
    }

    NetworkNamespace laptop() {
        return laptop;
    }

    NetworkNamespace server() {
        return server;
    }

    NetworkNamespace router() {
        return router;
    }

    /** In the order of preference. */
    List<Nic> nics() {
        return List.copyOf(nics);
    }

    Nic nic(String name) {
        return nics.stream().filter(nic -> nic.name().equals(name)).findFirst().orElseThrow();
    }

    /** Ends everything, whatever of it fails to end. */
    @Override
    public void close() {
        var all = new ArrayList<AutoCloseable>(List.of(air, router, server));
        all.addAll(services);
        all.addAll(nics);
        all.add(laptop);
        IllegalStateException failure = null;
        for (AutoCloseable one : all.reversed()) {
            try {
                one.close();
            } catch (Exception e) {
                failure = failure == null ? new IllegalStateException("the bed does not end") : failure;
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
