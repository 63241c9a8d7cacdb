package dev.braid.tundriver.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.sys.Errno;
import dev.braid.tundriver.sys.LinuxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@Kernel
class RtnetlinkTest {
    private NetworkNamespace ns;
    private Rtnetlink netlink;
    private int device;

    @BeforeEach
    void makeNamespaceWithAPair() {
        ns = NetworkNamespace.create("netlink");
        netlink = ns.netlink();
        netlink.createVeth("a", "b");
        device = netlink.link("a").index();
    }

    @AfterEach
    void close() {
        netlink.close();
        ns.close();
    }

    @Test
    void linksAreListedAndFoundByName() {
        assertThat(netlink.links()).extracting(Link::name).containsExactlyInAnyOrder("lo", "a", "b");
        assertThat(netlink.link("a").kind()).isEqualTo("veth");
        assertThat(netlink.lookupLink("c")).isNull();
        assertThatThrownBy(() -> netlink.link("c"))
                .isInstanceOf(LinuxException.class)
                .hasMessageStartingWith("c: RTM_GETLINK: ENODEV (No such device): ")
                .hasMessageContaining("no such device in this network namespace");
    }

    @Test
    void aClientThatWasClosedRefuses() {
        Rtnetlink closed = ns.netlink();
        closed.close();
        assertThatThrownBy(closed::links).isInstanceOf(LinuxException.class).hasMessageContaining("was closed");
        assertThatThrownBy(() -> closed.lookupRoute(IpAddress.parse("192.0.2.1")))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    void stateMtuAndQueueLengthAreSet() {
        assertThat(netlink.link("a").up()).isFalse();
        netlink.up(device);
        netlink.up(netlink.link("b").index());
        netlink.mtu(device, 1400);
        netlink.txQueueLength(device, 4321);
        Link a = netlink.link("a");
        assertThat(a.up()).isTrue();
        assertThat(a.running()).isTrue();
        assertThat(a.operState()).isEqualTo(OperState.UP);
        assertThat(a.mtu()).isEqualTo(1400);
        assertThat(a.txQueueLength()).isEqualTo(4321);
        netlink.down(device);
        assertThat(netlink.link("a").up()).isFalse();
        assertThat(netlink.link("b").running()).isFalse();
    }

    @Test
    void aRefusedChangeTellsTheDeviceTheErrorAndTheKernelsWords() {
        assertThatThrownBy(() -> netlink.mtu(device, 20))
                .isInstanceOf(LinuxException.class)
                .hasMessageStartingWith("a: RTM_NEWLINK (mtu 20): EINVAL (Invalid argument): the kernel says \"")
                .hasMessageContaining("mtu");
        assertThatThrownBy(() -> netlink.up(9_999))
                .hasMessageStartingWith("device 9999: RTM_NEWLINK (up): ENODEV (No such device)");
    }

    @Test
    void aLinkIsDeletedWithItsPeer() {
        netlink.deleteLink(device);
        assertThat(netlink.links()).extracting(Link::name).containsExactly("lo");
    }

    @Test
    void addressesOfBothFamiliesAreAddedListedAndDeleted() {
        netlink.up(device);
        netlink.up(netlink.link("b").index());
        Prefix v4 = Prefix.parse("10.77.0.1/24");
        Prefix v6 = Prefix.parse("fd77::1/64");
        netlink.addAddress(device, v4);
        netlink.addAddress(device, v6);
        assertThat(netlink.addresses())
                .filteredOn(address -> address.device() == device)
                .filteredOn(address -> !address.prefix().address().isLinkLocal())
                .allMatch(LinkAddress::usable, "usable at once")
                .extracting(LinkAddress::prefix)
                .containsExactlyInAnyOrder(v4, v6);
        assertThatThrownBy(() -> netlink.addAddress(device, v4))
                .hasMessageStartingWith("a: RTM_NEWADDR 10.77.0.1/24: EEXIST (File exists)")
                .hasMessageContaining("exists already");
        netlink.deleteAddress(device, v4);
        netlink.deleteAddress(device, v6);
        assertThat(netlink.addresses()).extracting(LinkAddress::prefix).doesNotContain(v4, v6);
        assertThatThrownBy(() -> netlink.deleteAddress(device, v4))
                .hasMessageContaining("EADDRNOTAVAIL")
                .hasMessageContaining("nothing like it to remove");
    }

    @Test
    void routesCarryTableProtocolPriorityAndMetrics() {
        netlink.up(device);
        netlink.up(netlink.link("b").index());
        netlink.addAddress(device, Prefix.parse("10.77.0.1/24"));
        netlink.addAddress(device, Prefix.parse("fd77::1/64"));
        Route v4 = Route.to(Prefix.parse("10.99.0.0/16"))
                .via(IpAddress.parse("10.77.0.2"))
                .device(device)
                .source(IpAddress.parse("10.77.0.1"))
                .table(7_001)
                .protocol(77)
                .priority(5)
                .mtu(1_380)
                .congestionControl("reno")
                .build();
        Route v6 = Route.to(Prefix.parse("::/0"))
                .via(IpAddress.parse("fd77::2"))
                .device(device)
                .table(7_001)
                .protocol(77)
                .priority(5)
                .build();
        netlink.addRoute(v4);
        netlink.addRoute(v6);
        assertThat(netlink.routes()).filteredOn(route -> route.table() == 7_001).containsExactly(v4, v6);
        assertThatThrownBy(() -> netlink.addRoute(v4)).hasMessageContaining("EEXIST");
        netlink.deleteRoute(v4);
        netlink.deleteRoute(v6);
        assertThat(netlink.routes()).noneMatch(route -> route.table() == 7_001);
        assertThatThrownBy(() -> netlink.deleteRoute(v4))
                .isInstanceOfSatisfying(LinuxException.class, e -> assertThat(e.errno())
                        .isEqualTo(Errno.ESRCH));
    }

    @Test
    void aRouteThroughAnUnreachableGatewaySaysWhatIsMissing() {
        netlink.up(device);
        Route route = Route.to(Prefix.parse("0.0.0.0/0"))
                .via(IpAddress.parse("192.0.2.1"))
                .device(device)
                .build();
        assertThatThrownBy(() -> netlink.addRoute(route))
                .hasMessageStartingWith(
                        "a: RTM_NEWROUTE 0.0.0.0/0: ENETUNREACH (Network is unreachable): the kernel says")
                .hasMessageEndingWith(
                        "the gateway is not reachable by any address of the device; add the address first");
    }

    @Test
    void rulesAreAddedListedAndDeleted() {
        Rule rule = Rule.from(Prefix.parse("10.77.0.2/32"), 7_002, 1_000, 77);
        Rule rule6 = Rule.from(Prefix.parse("fd77::/64"), 7_002, 1_001, 77);
        netlink.addRule(rule);
        netlink.addRule(rule6);
        assertThat(netlink.rules()).contains(rule, rule6);
        netlink.deleteRule(rule);
        netlink.deleteRule(rule6);
        assertThat(netlink.rules()).doesNotContain(rule, rule6);
    }

    @Test
    void aRuleForADeviceOutlivesIt() {
        for (boolean v4 : new boolean[] {true, false}) {
            Rule rule = Rule.inputDevice("a", v4, 7_700, 7_700, 77);
            netlink.addRule(rule);
            assertThat(netlink.rules()).contains(rule);
        }
        netlink.deleteLink(device);
        assertThat(netlink.rules()).contains(Rule.inputDevice("a", true, 7_700, 7_700, 77));
        netlink.deleteRule(Rule.inputDevice("a", true, 7_700, 7_700, 77));
        assertThat(netlink.rules()).filteredOn(rule -> rule.protocol() == 77).hasSize(1);
    }

    @Test
    void aGatewayOutsideTheDevicesNetworksCanBeToldToBeOnItsLink() {
        netlink.up(device);
        netlink.addAddress(device, Prefix.parse("10.77.0.1/32"));
        netlink.addAddress(device, Prefix.parse("fd77::1/128"));
        for (String gateway : new String[] {"192.0.2.1", "fd99::1"}) {
            IpAddress router = IpAddress.parse(gateway);
            Route route = Route.to(new Prefix(router.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6, 0))
                    .via(router)
                    .device(device)
                    .table(7_700)
                    .priority(10)
                    .onlink()
                    .build();
            netlink.addRoute(route);
            assertThat(netlink.routes()).contains(route);
            netlink.deleteRoute(route);
            assertThat(netlink.routes()).doesNotContain(route);
        }
    }

    @Test
    void theKernelTellsWhichRouteItChooses() {
        netlink.up(device);
        netlink.up(netlink.link("b").index());
        netlink.up(netlink.link("lo").index());
        for (String[] net : new String[][] {
            {"10.77.0.1/24", "10.77.0.2", "10.77.0.9", "198.51.100.1", "203.0.113.0/24", "203.0.113.7"},
            {"fd77::1/64", "fd77::2", "fd77::9", "2001:db8:1::1", "2001:db8:2::/48", "2001:db8:2::7"}
        }) {
            Prefix own = Prefix.parse(net[0]);
            IpAddress gateway = IpAddress.parse(net[1]);
            IpAddress away = IpAddress.parse(net[3]);
            netlink.addAddress(device, own);
            netlink.awaitTaken(own.address());
            assertThat(netlink.lookupRoute(away)).isNull();

            Prefix any = new Prefix(gateway.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6, 0);
            netlink.addRoute(Route.to(any).via(gateway).device(device).build());
            Route.Builder refusing = Route.to(Prefix.parse(net[4])).type(Route.RTN_UNREACHABLE);
            netlink.addRoute(refusing.build());
            assertThat(netlink.lookupRoute(away)).satisfies(route -> {
                assertThat(route.destination()).isEqualTo(any);
                assertThat(route.gateway()).isEqualTo(gateway);
                assertThat(route.device()).isEqualTo(device);
                assertThat(route.type()).isEqualTo(Route.RTN_UNICAST);
            });
            assertThat(netlink.lookupRoute(IpAddress.parse(net[2]))).satisfies(route -> {
                assertThat(route.destination().length()).isEqualTo(own.length());
                assertThat(route.gateway()).isNull();
            });
            assertThat(netlink.lookupRoute(own.address()))
                    .satisfies(route -> assertThat(route.type()).isEqualTo(Route.RTN_LOCAL));
            assertThat(netlink.lookupRoute(IpAddress.parse(net[5])))
                    .satisfies(route -> assertThat(route.type()).isEqualTo(Route.RTN_UNREACHABLE));
        }
    }

    @Test
    void countersAreRead() throws Exception {
        netlink.up(device);
        netlink.up(netlink.link("b").index());
        netlink.addAddress(device, Prefix.parse("fd77::1/64"));
        ns.call(() -> java.net.InetAddress.ofLiteral("fd77::2").isReachable(50));
        assertThat(netlink.statistics(device).txPackets()).isPositive();
    }

    @Test
    void listsSeveralDatagramsLongAreComplete() {
        netlink.up(device);
        for (int i = 0; i < 700; i++) {
            netlink.addAddress(device, new Prefix(IpAddress.ofIpv4(0x0a4d0000 + 256 + i), 16));
        }
        assertThat(netlink.addresses()).filteredOn(a -> a.device() == device && a.prefix().address().isIpv4())
                .hasSize(700);
    }
}
