package dev.braid.tools.testbed;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.LinkStatistics;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netlink.Rule;
import dev.braid.tundriver.netns.NetworkNamespace;

/**
 * One path of a {@link Testbed}: a NIC of the client's, a router of its own behind it, and a NIC of the server's. Braid has a TUN on
 * it, whose traffic the client's kernel routes over the NIC and over no other.
 *
 * <pre>
 *   client: braidN 10.77.N.2 -forwarded- NIC 198.18.N.2 ===tbf=== 198.18.N.1 router 198.19.N.1 ------- 198.19.N.2 :server
 * </pre>
 */
public final class BedPath implements AutoCloseable {
    private static final String UPLINK = "up0";
    private static final int RTPROT_STATIC = Route.RTPROT_STATIC;
    private static final int FIRST_TABLE = 100;
    private static final int RULES_FROM = 1000;

    private final int number;
    private final PathSpec spec;
    private final NetworkNamespace router;
    private final Rtnetlink ofClient;
    private final int nic;

    BedPath(int number, PathSpec spec, NetworkNamespace client, NetworkNamespace server) {
        this.number = number;
        this.spec = spec;
        router = NetworkNamespace.create("router-" + spec.name());
        ofClient = client.netlink();
        try (Rtnetlink ofServer = server.netlink();
                Rtnetlink ofRouter = router.netlink()) {
            ofClient.createVeth(spec.name(), spec.name(), router.descriptor());
            ofServer.createVeth(spec.name(), UPLINK, router.descriptor());
            nic = bringUp(ofClient, spec.name(), clientPrefix());
            bringUp(ofRouter, spec.name(), Prefix.parse("198.18." + number + ".1/24"));
            bringUp(ofRouter, UPLINK, Prefix.parse("198.19." + number + ".1/24"));
            int far = bringUp(ofServer, spec.name(), Prefix.parse("198.19." + number + ".2/24"));
            // The kernel's default elsewhere may be bbr: like is compared with like.
            for (Prefix net : new Prefix[] {tunNet(), clientNet()}) {
                ofServer.addRoute(Route.to(net).via(routerToServer()).device(far).congestionControl("cubic").build());
            }
            ofRouter.addRoute(Route.to(tunNet()).via(clientPrefix().address()).device(link(ofRouter, spec.name()))
                    .build());
            ofRouter.addRoute(Route.to(Testbed.SERVER_NET)
                    .via(Prefix.parse("198.19." + number + ".2/24").address())
                    .device(link(ofRouter, UPLINK))
                    .build());
            for (Prefix net : new Prefix[] {tunNet(), clientNet()}) {
                ofClient.addRule(Rule.from(net, table(), RULES_FROM + number, RTPROT_STATIC));
            }
            addRoutes();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        forwarding(true);
        shape(client);
        shape(router);
    }

    private static int bringUp(Rtnetlink netlink, String device, Prefix address) {
        int index = link(netlink, device);
        netlink.addAddress(index, address);
        netlink.up(index);
        return index;
    }

    private static int link(Rtnetlink netlink, String device) {
        return netlink.link(device).index();
    }

    /** Routes that the kernel forgets when the NIC goes down. */
    private void addRoutes() {
        ofClient.replaceRoute(Route.to(Testbed.SERVER_NET).via(routerToClient()).device(nic).table(table())
                .congestionControl("cubic").build());
        ofClient.replaceRoute(Route.to(Testbed.SERVER_NET).via(routerToClient()).device(nic).priority(number + 1)
                .congestionControl("cubic").build());
    }

    private int table() {
        return FIRST_TABLE + number;
    }

    private Prefix clientPrefix() {
        return Prefix.parse("198.18." + number + ".2/24");
    }

    private Prefix clientNet() {
        return Prefix.parse("198.18." + number + ".0/24");
    }

    private Prefix tunNet() {
        return Prefix.parse("10.77." + number + ".0/24");
    }

    private IpAddress routerToClient() {
        return Prefix.parse("198.18." + number + ".1/24").address();
    }

    private IpAddress routerToServer() {
        return Prefix.parse("198.19." + number + ".1/24").address();
    }

    private void shape(NetworkNamespace host) {
        host.exec("tc", "qdisc", "replace", "dev", spec.name(), "root", "tbf", "rate", spec.mbit() + "mbit", "burst",
                "16kb", "latency", "50ms");
    }

    private void forwarding(boolean on) {
        router.sysctl("net.ipv4.ip_forward", on ? "1" : "0");
    }

    /** The NIC's and the path's name. */
    public String name() {
        return spec.name();
    }

    /** Rate in each direction, Ethernet bytes counted. */
    public int mbit() {
        return spec.mbit();
    }

    /** The name of Braid's TUN. */
    public String tun() {
        return "braid" + number;
    }

    /** Braid's address on it with its prefix length. */
    public String tunPrefix() {
        return "10.77." + number + ".2/24";
    }

    /** Braid's address on it. */
    public String tunAddress() {
        return "10.77." + number + ".2";
    }

    /** The address the client's kernel has on the NIC. */
    public String nicAddress() {
        return "198.18." + number + ".2";
    }

    /** What the NIC has carried, both stacks' traffic together; bytes with Ethernet headers. */
    public LinkStatistics statistics() {
        return ofClient.statistics(nic);
    }

    /** From now on packets vanish beyond the NIC, both ways; what the router has queued too. */
    public void silence() {
        forwarding(false);
        router.exec("tc", "qdisc", "del", "dev", spec.name(), "root");
    }

    /** Ends {@link #silence}. */
    public void unsilence() {
        shape(router);
        forwarding(true);
    }

    /** Switches the NIC off, and with it the TUN that is bound to it. */
    public void down() {
        ofClient.down(nic);
        var tun = ofClient.lookupLink(tun());
        if (tun != null) {
            ofClient.down(tun.index());
        }
    }

    /** Ends {@link #down}. */
    public void up() {
        var tun = ofClient.lookupLink(tun());
        if (tun != null) {
            ofClient.up(tun.index());
        }
        ofClient.up(nic);
        addRoutes();
    }

    /** Takes the kernel's address on the NIC away. */
    public void removeAddress() {
        ofClient.deleteAddress(nic, clientPrefix());
    }

    /** Ends {@link #removeAddress}. */
    public void restoreAddress() {
        ofClient.addAddress(nic, clientPrefix());
        addRoutes();
    }

    @Override
    public void close() {
        ofClient.close();
        router.close();
    }
}
