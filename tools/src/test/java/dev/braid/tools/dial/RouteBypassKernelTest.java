package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.TestLinks;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel itself says of a laptop's routes, with a VPN beside the link that is bound. */
@Tag("kernel")
@Timeout(30)
final class RouteBypassKernelTest {
    private static final String FAR = "203.0.113.1";
    private static final String FAR6 = "2001:db8:ff::1";

    private final NetworkNamespace host = NetworkNamespace.create("host");
    private final Rtnetlink netlink = host.netlink();

    @BeforeEach
    void makeDevices() {
        device("eth0", "192.168.10.2/24", "2001:db8:10::2/64");
        device("wg0", "10.9.0.2/32", "fd09::2/128");
        ip("route add default via 192.168.10.1");
        ip("-6 route add default via 2001:db8:10::1");
    }

    @AfterEach
    void removeHost() {
        netlink.close();
        host.close();
    }

    private void device(String name, String... addresses) {
        netlink.createVeth(name, "x" + name);
        netlink.up(netlink.link("x" + name).index());
        int index = netlink.link(name).index();
        netlink.up(index);
        for (String address : addresses) {
            netlink.addAddress(index, Prefix.parse(address));
        }
    }

    private void ip(String words) {
        host.exec(("ip " + words).split(" "));
    }

    private String reason(String to) {
        var config = new HostConfig.Bypasses(List.of(), List.of());
        var bypass = new RouteBypass(config, new TestLinks(TestLinks.link(0, "eth0")), netlink);
        return host.call(() -> bypass.reason(IpAddress.parse(to)));
    }

    @Test
    void whatLeavesByTheBoundDefaultRouteIsTheStacks() {
        assertThat(reason(FAR)).isEmpty();
        assertThat(reason(FAR6)).isEmpty();
        ip("route del default");
        assertThat(reason(FAR)).as("the link's table may outlive the main one's default").isEmpty();
    }

    @Test
    void thisHostItsNetworksAndWhatIsNobodyAreTheKernels() {
        assertThat(reason("10.9.0.2")).isEqualTo("10.9.0.2/32 is this host");
        assertThat(reason("fd09::2")).isEqualTo("fd09::2/128 is this host");
        assertThat(reason("192.168.10.77")).isEqualTo("192.168.10.0/24 is attached to eth0");
        assertThat(reason("2001:db8:10::77")).contains("2001:db8:10::/64");
        assertThat(reason("224.0.0.251")).isNotEmpty();
    }

    @Test
    void aVpnWithRoutesOfItsOwnKeepsThem() {
        ip("route add 10.9.0.0/16 dev wg0");
        ip("-6 route add fd09::/48 dev wg0");
        assertThat(reason("10.9.4.5")).isEqualTo("the route to 10.9.0.0/16 leaves by wg0");
        assertThat(reason("fd09::5")).isEqualTo("the route to fd09::/48 leaves by wg0");
        assertThat(reason(FAR)).isEmpty();
    }

    @Test
    void aVpnThatLaysTwoHalvesOverTheDefaultRouteHasEverything() {
        for (String half : List.of("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1")) {
            ip((half.contains(":") ? "-6 " : "") + "route add " + half + " dev wg0");
        }
        assertThat(reason(FAR)).isEqualTo("the default route leaves by wg0, which is not bound");
        assertThat(reason(FAR6)).isEqualTo("the default route leaves by wg0, which is not bound");
    }

    @Test
    void aVpnWithATableOfItsOwnHasEverything() {
        for (String family : List.of("-4", "-6")) {
            ip(family + " route add default dev wg0 table 51820");
            ip(family + " rule add not fwmark 51820 table 51820");
            ip(family + " rule add table main suppress_prefixlength 0");
        }
        assertThat(reason(FAR)).isEqualTo("the default route leaves by wg0, which is not bound");
        assertThat(reason(FAR6)).isEqualTo("the default route leaves by wg0, which is not bound");
        assertThat(reason("192.168.10.77")).isEqualTo("192.168.10.0/24 is attached to eth0");
    }

    @Test
    void whatTheHostsRoutesRefuseIsNotLedAroundThem() {
        ip("route add unreachable 10.66.0.0/16");
        ip("route add prohibit 10.67.0.0/16");
        ip("route add blackhole 10.68.0.0/16");
        ip("-6 route add unreachable fd66::/48");
        for (String refused : List.of("10.66.0.1", "10.67.0.1", "10.68.0.1", "fd66::1")) {
            assertThat(reason(refused)).isEqualTo("the host's routes refuse " + refused);
        }
    }
}
