package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.TestLinks;
import dev.braid.tundriver.netlink.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the stack is not for. */
final class RouteBypassTest {
    private static final IpAddress FAR = IpAddress.parse("203.0.113.1");

    /** The reason for an address when the kernel has this route for it: device 1 is the bound one, device 2 a VPN. */
    private static String reason(IpAddress to, @Nullable Route route) {
        var config = new HostConfig.Bypasses(List.of(Prefix.parse("10.8.0.0/16")), List.of());
        var links = new TestLinks(TestLinks.link(0, "eth0"));
        return new RouteBypass(config, links, _ -> route, index -> index == 1 ? "eth0" : "wg0").reason(to);
    }

    private static Route route(String to, int device, int type) {
        return Route.to(Prefix.parse(to)).device(device).type(type).build();
    }

    @Test
    void theDefaultRouteOfABoundLinkIsTheStacks() {
        assertThat(reason(FAR, route("0.0.0.0/0", 1, Route.RTN_UNICAST))).isEmpty();
        assertThat(reason(FAR, route("128.0.0.0/1", 1, Route.RTN_UNICAST))).isEmpty();
        assertThat(reason(FAR, null)).as("links may have what the main table lacks").isEmpty();
    }

    @Test
    void routesOfOthersAreNot() {
        assertThat(reason(FAR, route("0.0.0.0/0", 2, Route.RTN_UNICAST)))
                .isEqualTo("the default route leaves by wg0, which is not bound");
        assertThat(reason(FAR, route("203.0.113.0/24", 1, Route.RTN_UNICAST)))
                .isEqualTo("the route to 203.0.113.0/24 leaves by eth0");
        assertThat(reason(FAR, route("203.0.113.1/32", 1, Route.RTN_LOCAL))).isEqualTo("203.0.113.1/32 is this host");
        assertThat(reason(FAR, route("192.0.0.0/2", 1, Route.RTN_UNICAST)))
                .as("more than half of all is none of VPNs' halves")
                .isEqualTo("the route to 192.0.0.0/2 leaves by eth0");
    }

    @Test
    void whatTheHostRefusesTheKernelIsToRefuse() {
        assertThat(reason(FAR, route("0.0.0.0/0", 1, Route.RTN_UNREACHABLE)))
                .isEqualTo("the host's routes refuse " + FAR);
        int broadcast = 3; // of linux/rtnetlink.h
        assertThat(reason(FAR, route("203.0.113.255/32", 1, broadcast)))
                .isEqualTo("203.0.113.255/32 is no destination for connections");
    }

    @Test
    void networksOfLinksAndOfTheConfigurationAreNot() {
        Route theDefault = route("0.0.0.0/0", 1, Route.RTN_UNICAST);
        assertThat(reason(IpAddress.parse("192.168.10.9"), theDefault))
                .isEqualTo("192.168.10.0/24 is attached to eth0");
        assertThat(reason(IpAddress.parse("10.8.1.1"), theDefault)).isEqualTo("10.8.0.0/16 is configured to bypass");
        assertThat(reason(IpAddress.LOOPBACK_IPV6, theDefault)).isNotEmpty();
        assertThat(reason(IpAddress.parse("fe80::1"), theDefault)).isNotEmpty();
        assertThat(reason(IpAddress.parse("169.254.1.1"), theDefault)).isNotEmpty();
        // Block lists send names there, and to connect there is to connect to this host.
        assertThat(reason(IpAddress.ANY_IPV4, theDefault)).isNotEmpty();
    }

    @Test
    void namesBypassByTheirEnd() {
        var config = new HostConfig.Bypasses(List.of(), List.of("corp.example", "*.intern.example"));
        var bypass = new RouteBypass(config, new TestLinks(), _ -> null, _ -> "");
        assertThat(bypass.nameReason("corp.example")).isNotEmpty();
        assertThat(bypass.nameReason("a.b.intern.example")).isNotEmpty();
        assertThat(bypass.nameReason("intern.example")).isEmpty();
        assertThat(bypass.nameReason("xcorp.example")).isEmpty();
    }
}
