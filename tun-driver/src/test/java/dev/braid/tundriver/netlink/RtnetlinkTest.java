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
