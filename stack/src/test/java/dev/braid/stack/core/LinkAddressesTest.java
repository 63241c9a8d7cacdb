package dev.braid.stack.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.mptcp.HostPaths;
import dev.braid.stack.mptcp.path.Endpoint;
import dev.braid.stack.mptcp.path.LocalAddress;
import dev.braid.stack.rig.CoreRig;
import dev.braid.stack.rig.PacketBytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Links whose addresses come and go. */
final class LinkAddressesTest {
    private static final String WIFI = "10.1.0.2";
    private static final String LTE = "10.2.0.2";
    private static final String LTE_LATER = "10.2.0.77";

    private final Link wifi = CoreRig.link(0, WIFI + "/24");
    private final Link lte = CoreRig.link(1, LTE + "/24", "fd02::2/64");
    private final CoreRig rig = new CoreRig(CoreConfig.DEFAULT, wifi, lte);
    private final HostPaths paths = rig.core.mptcp().hostPaths();

    private static LocalAddress at(String address, int link) {
        return new LocalAddress(IpAddress.parse(address), link);
    }

    private List<String> automatic() {
        return paths.endpoints().all().stream()
                .filter(endpoint -> endpoint.has(Endpoint.AUTOMATIC))
                .map(endpoint -> endpoint.address() + " " + endpoint.id() + " " + endpoint.link())
                .toList();
    }

    @Test
    void eachAddressOfALinkIsAnEndpoint() {
        try (rig) {
            assertThat(paths.localAddresses()).containsExactly(at(WIFI, 0), at(LTE, 1), at("fd02::2", 1));
            assertThat(automatic()).containsExactly("10.1.0.2 1 0", "10.2.0.2 2 1", "fd02::2 3 1");
        }
    }

    @Test
    void linkLocalAddressesAreNone() {
        try (rig) {
            rig.core.onAddresses(0, List.of(Prefix.parse("fe80::1/64"), Prefix.parse(WIFI + "/24")), rig.nowNs);
            assertThat(automatic()).hasSize(3);
        }
    }

    @Test
    void whatTheLinkIsTakesEffectForArrivalsAtOnce() {
        try (rig) {
            rig.core.onAddresses(1, List.of(Prefix.parse(LTE_LATER + "/24")), rig.nowNs);
            rig.receive(echo("10.2.0.1", LTE), 1);
            assertThat(rig.sent()).as("the address is gone").isEmpty();
            rig.receive(echo("10.2.0.1", LTE_LATER), 1);
            assertThat(rig.sent()).hasSize(1);
        }
    }

    @Test
    void endpointsFollowTheAddresses() {
        try (rig) {
            rig.core.onAddresses(1, List.of(Prefix.parse(LTE_LATER + "/24")), rig.nowNs);
            assertThat(automatic()).containsExactly("10.1.0.2 1 0", "10.2.0.77 3 1");
            assertThat(paths.localAddresses()).containsExactly(at(WIFI, 0), at(LTE_LATER, 1));
        }
    }

    @Test
    void aConfiguredEndpointOutlivesItsAddress() throws Exception {
        try (rig) {
            paths.endpoints().add(IpAddress.parse(LTE), 0, Endpoint.SIGNAL, -1, 0);
            assertThat(automatic()).containsExactly("10.1.0.2 1 0", "fd02::2 3 1");
            rig.core.onAddresses(1, List.of(), rig.nowNs);
            assertThat(paths.endpoints().find(IpAddress.parse(LTE), 0)).isPresent();
        }
    }

    @Test
    void aLinkThatIsDownLendsNoAddresses() {
        try (rig) {
            rig.core.onDevice(1, false, 1_500, rig.nowNs);
            assertThat(paths.localAddresses()).containsExactly(at(WIFI, 0));
            assertThat(automatic()).as("but keeps its endpoints").hasSize(3);
            rig.core.onDevice(1, true, 1_500, rig.nowNs);
            assertThat(paths.localAddresses()).hasSize(3);
        }
    }

    @Test
    void aLinkThatCarriesNothingIsDownWhateverItsDeviceTells() {
        try (rig) {
            rig.core.onCarried(1, false, rig.nowNs);
            rig.core.onDevice(1, true, 1_400, rig.nowNs);
            assertThat(paths.localAddresses()).containsExactly(at(WIFI, 0));
            rig.core.onDevice(1, false, 1_400, rig.nowNs);
            rig.core.onCarried(1, true, rig.nowNs);
            assertThat(paths.localAddresses()).containsExactly(at(WIFI, 0));
            rig.core.onDevice(1, true, 1_400, rig.nowNs);
            assertThat(paths.localAddresses()).hasSize(3);
        }
    }

    @Test
    void aLinksRoleIsThatOfItsLaterAddressesToo() {
        try (rig) {
            paths.role(1, Endpoint.BACKUP);
            rig.core.onAddresses(1, List.of(Prefix.parse(LTE_LATER + "/24")), rig.nowNs);
            assertThat(backups()).containsExactly(LTE_LATER);
            paths.role(1, 0);
            assertThat(backups()).isEmpty();
        }
    }

    private List<String> backups() {
        return paths.endpoints().all().stream().filter(e -> e.has(Endpoint.BACKUP)).map(e -> e.address().toString())
                .toList();
    }

    @Test
    void anUnknownDeviceIsIgnored() {
        try (rig) {
            rig.core.onCarried(7, false, rig.nowNs);
            rig.core.onAddresses(7, List.of(Prefix.parse(LTE_LATER + "/24")), rig.nowNs);
            assertThat(paths.localAddresses()).hasSize(3);
        }
    }

    private static byte[] echo(String from, String to) {
        return PacketBytes.packet(from, to).echo(5, 6, PacketBytes.pattern(8)).build();
    }
}
