package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class DesiresTest {
    private static final Prefix OWN4 = Prefix.parse("192.168.0.2/24");
    private static final Prefix OWN6 = Prefix.parse("2001:db8::2/64");
    private static final Uplink GATEWAY4 = new Uplink(IpAddress.parse("192.168.0.1"), 100);
    private static final Uplink GATEWAY6 = new Uplink(IpAddress.parse("fe80::1"), 1024);

    private static NicFacts nic(boolean running, List<Prefix> addresses, @Nullable Uplink uplink4,
            @Nullable Uplink uplink6) {
        return new NicFacts(
                "wlan0", 3, "", true, running, 1_500, addresses, uplink4, uplink6,
                List.of(Prefix.parse("192.168.0.0/24")));
    }

    private static NicFacts whole() {
        return nic(true, List.of(OWN4, OWN6), GATEWAY4, GATEWAY6);
    }

    private static Desired desired(@Nullable NicFacts nic, Role role, Ipv6Way ipv6, Set<String> opened,
            boolean router) {
        BoundLink link = new BoundLink(1, "braid1", 9, "wlan0", nic, role, 1_400, false, "default");
        return Desires.of(List.of(link), BindingBed.BINDING, ipv6, opened, key -> router);
    }

    private static Desired desired(NicFacts nic, Ipv6Way ipv6) {
        return desired(nic, Role.PRIMARY, ipv6, Set.of(), false);
    }

    private static List<String> ways(Desired desired) {
        return desired.routes().stream()
                .map(route -> (route.type() == Route.RTN_UNREACHABLE ? "unreachable " : "")
                        + route.destination() + (route.gateway() == null ? "" : " via " + route.gateway()))
                .toList();
    }

    private static List<String> keys(Desired desired) {
        return desired.settings().stream().map(Desired.Setting::key).toList();
    }

    private static List<String> comments(Desired desired) {
        return desired.firewall().chains().stream()
                .flatMap(chain -> chain.rules().stream())
                .map(NftRule::comment)
                .toList();
    }

    @Test
    void aTunsPacketsGoByItsOwnTableOnly() {
        Desired desired = desired(whole(), Ipv6Way.EACH);
        assertThat(desired.rules()).containsExactly(
                Rule.inputDevice("braid1", true, 7701, 7701, 77), Rule.inputDevice("braid1", false, 7701, 7701, 77));
        assertThat(ways(desired)).containsExactly(
                "unreachable 0.0.0.0/0",
                "unreachable ::/0",
                "192.168.0.0/24",
                "0.0.0.0/0 via 192.168.0.1",
                "::/0 via fe80::1");
        assertThat(desired.mtus()).containsExactly(new Desired.Mtu(1, 9, 1_400));
    }

    @Test
    void aFamilyWithoutAnAddressLeadsNowhere() {
        assertThat(ways(desired(nic(true, List.of(OWN6), GATEWAY4, GATEWAY6), Ipv6Way.EACH)))
                .doesNotContain("0.0.0.0/0 via 192.168.0.1")
                .contains("::/0 via fe80::1");
    }

    @Test
    void aNicWithoutACarrierLeadsNowhere() {
        assertThat(ways(desired(nic(false, List.of(OWN4, OWN6), GATEWAY4, GATEWAY6), Ipv6Way.EACH)))
                .containsExactly("unreachable 0.0.0.0/0", "unreachable ::/0");
    }

    @Test
    void anUplinkWithoutAGatewayIsALink() {
        assertThat(ways(desired(nic(true, List.of(OWN4), new Uplink(null, 0), null), Ipv6Way.EACH)))
                .contains("0.0.0.0/0");
    }

    @Test
    void onOlderKernelsIpv4AloneIsBound() {
        Desired desired = desired(whole(), Ipv6Way.NONE);
        assertThat(desired.rules()).hasSize(1);
        assertThat(keys(desired))
                .containsExactly("net/ipv4/conf/braid1/forwarding", "net/ipv4/conf/wlan0/forwarding");
        assertThat(comments(desired)).contains("wlan0 closed v4").doesNotContain("wlan0 closed v6");
    }

    @Test
    void onAnIpv6RouterNothingIsSwitchedOnForIt() {
        assertThat(keys(desired(whole(), Ipv6Way.ROUTER))).noneMatch(key -> key.contains("ipv6"));
    }

    @Test
    void aRouterGoesOnForwarding() {
        Desired desired = desired(whole(), Role.PRIMARY, Ipv6Way.EACH, Set.of(), true);
        assertThat(keys(desired)).as("was on already").noneMatch(key -> key.contains("wlan0"));
        assertThat(comments(desired)).doesNotContain("wlan0 closed v4", "wlan0 closed v6").contains("braid1 out");
    }

    @Test
    void whatWasSwitchedOnStaysClosedWhenTheLinkIsOff() {
        Desired desired = desired(whole(), Role.OFF, Ipv6Way.EACH, Set.of("net/ipv4/conf/wlan0/forwarding"), false);
        assertThat(comments(desired)).containsExactly("braid1 astray", "braid1 uninvited", "wlan0 closed v4");
        assertThat(ways(desired)).containsExactly("unreachable 0.0.0.0/0", "unreachable ::/0");
    }

    @Test
    void theFirewallIsTheOneThatWasMeasured() {
        assertThat(comments(desired(whole(), Ipv6Way.EACH))).containsExactly(
                "braid1 astray",
                "braid1 invalid",
                "braid1 out",
                "braid1 in",
                "braid1 uninvited",
                "wlan0 closed v4",
                "wlan0 closed v6",
                "braid1 masquerade");
    }
}
