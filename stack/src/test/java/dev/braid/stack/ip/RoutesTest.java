package dev.braid.stack.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.rig.CoreRig;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final String ANY = "0.0.0.0";
    private final Link wifi = CoreRig.link(0, "10.1.0.2/24", "fe80::1/64", "fd01::2/64");
    private final Link lte = CoreRig.link(1, "10.2.0.2/16", "fd02::2/64");
    private final Link captured = new Link(2, "captured", List.of(Prefix.parse("10.9.0.2/24")), 1500, 0, 1, true);
    private final CoreRig rig = new CoreRig(CoreConfig.DEFAULT, wifi, lte, captured);

    @AfterEach
    void nothingLeaks() {
        rig.close();
    }

    private @Nullable IpPath route(String local, String remote) {
        IpAddress from = IpAddress.parse(local);
        IpAddress to = IpAddress.parse(remote);
        return rig.core.ip().route(from.hi(), from.lo(), to.hi(), to.lo());
    }

    private void expect(String local, String remote, int link, String source) {
        IpPath path = route(local, remote);
        assertThat(path).as(local + " to " + remote).isNotNull();
        assertThat(path.link()).isEqualTo(link);
        assertThat(new IpAddress(path.localHi(), path.localLo())).isEqualTo(IpAddress.parse(source));
        assertThat(new IpAddress(path.remoteHi(), path.remoteLo())).isEqualTo(IpAddress.parse(remote));
        assertThat(path.version()).isEqualTo(remote.indexOf(':') < 0 ? 4 : 6);
    }

    @Test
    void theSourceAddressSaysWhichLink() {
        expect("10.1.0.2", "93.184.216.34", 0, "10.1.0.2");
        expect("10.2.0.2", "93.184.216.34", 1, "10.2.0.2");
        expect("10.1.0.2", "10.2.0.9", 0, "10.1.0.2");
        expect("fd02::2", "2001:db8::1", 1, "fd02::2");
    }

    @Test
    void withoutASourceTheLinkInTheRemotesNetworkIsTaken() {
        expect(ANY, "10.2.0.9", 1, "10.2.0.2");
        expect(ANY, "10.1.0.9", 0, "10.1.0.2");
        expect("::", "fd02::9", 1, "fd02::2");
    }

    @Test
    void withoutANetworkInCommonTheFirstLinkIsTaken() {
        expect(ANY, "93.184.216.34", 0, "10.1.0.2");
    }

    @Test
    void aLinkLocalRemoteIsReachedFromALinkLocalAddressAndOthersFromOthers() {
        expect("::", "fe80::99", 0, "fe80::1");
        expect("::", "2001:db8::1", 0, "fd01::2");
    }

    @Test
    void aLinkThatIsDownIsNotTaken() {
        rig.core.onDevice(0, false, 1500, rig.nowNs);
        expect(ANY, "93.184.216.34", 1, "10.2.0.2");
        assertThat(route("10.1.0.2", "93.184.216.34")).isNull();
        rig.core.onDevice(0, true, 1500, rig.nowNs);
        expect("10.1.0.2", "93.184.216.34", 0, "10.1.0.2");
    }

    @Test
    void anAddressThatIsNotOursHasNoRoute() {
        assertThat(route("10.3.0.2", "93.184.216.34")).isNull();
        assertThat(rig.counter("IpOutNoRoutes")).isEqualTo(1);
    }

    @Test
    void theFamiliesDoNotMix() {
        assertThat(route("10.1.0.2", "2001:db8::1")).isNull();
        assertThat(rig.counter("Ip6OutNoRoutes")).isEqualTo(1);
    }

    @Test
    void nobodyCanBeReachedAtAnAddressThatIsNoHosts() {
        for (String remote : List.of(
                "0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "127.0.0.1", "::1", "10.2.255.255")) {
            assertThat(route(remote.indexOf(':') < 0 ? "10.2.0.2" : "fd02::2", remote)).as(remote).isNull();
        }
    }

    @Test
    void noLinkLeadsToOurselves() {
        assertThat(route(ANY, "10.1.0.2")).isNull();
    }

    @Test
    void aCapturingLinkIsNoRoute() {
        assertThat(route("10.9.0.2", "10.9.0.1")).isNull();
        expect(ANY, "10.9.0.1", 0, "10.1.0.2");
    }

    @Test
    void theReplyGoesBackTheWayThePacketCameFromTheAddressItWentTo() {
        var header = new IpHeader()
                .from(2, 1)
                .addresses(
                        4,
                        0,
                        IpAddress.parse("10.9.0.1").lo(),
                        0,
                        IpAddress.parse("93.184.216.34").lo());
        IpPath path = rig.core.ip().replyPath(header);
        assertThat(path).isNotNull();
        assertThat(path.link()).isEqualTo(2);
        assertThat(path.scope()).isEqualTo(1);
        assertThat(path.localLo()).isEqualTo(IpAddress.parse("93.184.216.34").lo());
        assertThat(rig.core.ip().replyPath(header, path)).as("reused").isSameAs(path);
        assertThat(rig.core.ip().replyPath(header.from(7, 0))).isNull();
    }

    @Test
    void twoLinksOfOneIndexAreRefused() {
        assertThatThrownBy(() -> new Routes(List.of(wifi, CoreRig.link(0, "10.5.0.1/24"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sim0");
    }
}
