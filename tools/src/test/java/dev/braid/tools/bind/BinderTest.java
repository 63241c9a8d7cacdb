package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Nftables;
import dev.braid.tundriver.netlink.Route;
import dev.braid.tundriver.netlink.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A binder on a host of the kernel's whose tables, NICs and addresses change under it. */
@Tag("kernel")
@Timeout(60)
final class BinderTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    @TempDir Path folder;

    private final ToldStack stack = new ToldStack();
    private final List<String> told = stack.told;
    private BindingBed bed;
    private List<String> before;
    private HostClaim claim;
    private Binder binder;

    @BeforeEach
    void bind() throws IOException {
        bed = new BindingBed();
        before = bed.snapshot();
        bed.host.<Void, IOException>call(() -> {
            claim = HostClaim.take(folder, BindingBed.BINDING, BindingBed.SILENT);
            bed.makeTuns();
            binder = Binder.start(BindingBed.config(), claim, stack, 2, BindingBed.SILENT);
            return null;
        });
    }

    @AfterEach
    void removeHost() {
        bed.close();
    }

    /** Ends everything as the daemon does; the host is as it was. */
    private void end() throws IOException {
        binder.close();
        bed.removeTuns();
        bed.host.<Void, IOException>call(() -> {
            claim.close();
            return null;
        });
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private List<Route> routes(int table) {
        return bed.netlink.routes().stream().filter(route -> route.table() == table).toList();
    }

    private String read(String key) {
        return bed.host.exec("cat", "/proc/sys/" + key).strip();
    }

    private LinkView view(String nic) {
        return binder.links().all().stream()
                .filter(link -> link.nic().equals(nic))
                .findFirst()
                .orElseThrow();
    }

    private void awaitUse(String nic, LinkUse use) {
        await(nic + " " + use, () -> view(nic).use() == use);
    }

    @Test
    void foundNicsAreBoundAndEverythingIsUndone() throws IOException {
        assertThat(binder.links().all()).extracting(LinkView::nic).containsExactly("nic0", "nic1");
        assertThat(binder.links().all()).extracting(LinkView::use).containsOnly(LinkUse.USED);
        assertThat(view("nic1").v4()).isEqualTo(IpAddress.parse("198.19.77.6"));
        assertThat(view("nic1").v6()).isEqualTo(IpAddress.parse("fd77:b1a1:d:1::2"));
        assertThat(routes(7701)).extracting(Route::gateway).contains(IpAddress.parse("192.168.1.1"));
        assertThat(read("net/ipv4/conf/nic0/forwarding")).isEqualTo("1");
        assertThat(read("net/ipv4/ip_forward")).as("the host is no router").isEqualTo("0");
        end();
        assertThat(bed.snapshot()).isEqualTo(before);
        assertThat(told).endsWith("braid0 gone", "braid1 gone");
        assertThat(folder.resolve(Journal.FILE)).doesNotExist();
    }

    @Test
    void whatOthersTakeAwayIsPutBack() throws IOException {
        List<String> bound = bed.snapshot();
        bed.host.exec("ip", "rule", "del", "priority", "7700");
        await("the rule", () -> bed.netlink.rules().stream().anyMatch(rule -> rule.v4() && rule.priority() == 7700));
        bed.host.exec("ip", "route", "flush", "table", "7701");
        await("the routes",
                () -> routes(7701).stream().filter(route -> route.destination().address().isIpv4()).count() == 3);
        bed.host.sysctl("net/ipv4/conf/nic0/forwarding", "0");
        await("the setting", () -> read("net/ipv4/conf/nic0/forwarding").equals("1"));
        try (Nftables nftables = bed.host.call(Nftables::open)) {
            nftables.delete(Firewall.TABLE);
            await("the firewall", () -> nftables.read(Firewall.TABLE) != null);
        }
        assertThat(bed.snapshot()).isEqualTo(bound);
        end();
        assertThat(bed.snapshot()).isEqualTo(before);
    }

    @Test
    void aNicThatIsSwitchedOffAndOnTakesItsLinkAlong() throws IOException {
        told.clear();
        bed.netlink.down(bed.index("nic1"));
        awaitUse("nic1", LinkUse.NO_CARRIER);
        assertThat(told).containsExactly("braid1 gone");
        assertThat(routes(7701)).extracting(Route::type).containsOnly(Route.RTN_UNREACHABLE);
        bed.netlink.up(bed.index("nic1"));
        bed.world(1, "192.168.1.1", 200);
        awaitUse("nic1", LinkUse.USED);
        await("carried", () -> told.contains("braid1 carried"));
        assertThat(routes(7701)).extracting(Route::gateway).contains(IpAddress.parse("192.168.1.1"));
        end();
    }

    @Test
    void aDefaultRouteThatGoesTakesItsFamilyAlong() throws IOException {
        told.clear();
        bed.netlink.deleteRoute(bed.toWorld(0, "2001:db8::1", 100));
        await("IPv6 gone", () -> view("nic0").v6() == null);
        assertThat(told).containsExactly("braid0 without IPv6");
        bed.netlink.deleteRoute(bed.toWorld(0, "192.168.0.1", 100));
        awaitUse("nic0", LinkUse.NO_ROUTE);
        bed.world(0, "192.168.0.1", 100);
        awaitUse("nic0", LinkUse.USED);
        end();
    }

    @Test
    void anotherGatewayLeavesConnectionsAlone() throws IOException {
        told.clear();
        bed.world(1, "192.168.1.254", 150);
        await("the new gateway", () -> routes(7701).stream()
                .anyMatch(route -> IpAddress.parse("192.168.1.254").equals(route.gateway())));
        bed.netlink.deleteRoute(bed.toWorld(1, "192.168.1.1", 200));
        assertThat(routes(7701)).extracting(Route::gateway).doesNotContain(IpAddress.parse("192.168.1.1"));
        assertThat(told).isEmpty();
        end();
    }

    @Test
    void aReplacedAddressMakesConnectionsStrange() throws IOException {
        told.clear();
        int nic = bed.index("nic1");
        bed.netlink.addAddress(nic, Prefix.parse("192.168.77.9/24"));
        bed.netlink.deleteAddress(nic, Prefix.parse("192.168.1.2/24"));
        await("told of it", () -> told.contains("braid1 strange"));
        assertThat(told).containsExactly("braid1 strange");
        end();
    }

    @Test
    void aRoleByCommandCountsAtOnce() throws IOException {
        told.clear();
        binder.links().role("nic1", Role.BACKUP);
        assertThat(view("nic1").use()).isEqualTo(LinkUse.STANDBY);
        binder.links().role("nic0", Role.OFF);
        assertThat(view("nic0").use()).isEqualTo(LinkUse.OFF);
        assertThat(view("nic1").use()).as("nothing better is left").isEqualTo(LinkUse.USED);
        assertThat(told).containsExactly("1 backup", "braid0 gone");
        assertThatThrownBy(() -> binder.links().role("eth9", Role.OFF))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no link eth9; there are nic1, nic0");
        end();
    }

    @Test
    void anOverflowLinkWaitsBehindPrimariesAndBeforeBackups() throws IOException {
        told.clear();
        binder.links().role("nic1", Role.OVERFLOW);
        assertThat(view("nic1").use()).isEqualTo(LinkUse.WAITING);
        binder.links().role("nic0", Role.BACKUP);
        assertThat(view("nic1").use()).as("no primary is left").isEqualTo(LinkUse.USED);
        assertThat(view("nic0").use()).as("overflow comes before backup").isEqualTo(LinkUse.STANDBY);
        assertThat(told).containsExactly("1 overflow", "0 backup");
        end();
    }

    @Test
    void aLinkThatStaysSilentIsSuspectUntilItAnswers() throws IOException {
        binder.links().heard(1, false);
        assertThat(view("nic1").use()).isEqualTo(LinkUse.USED);
        binder.links().heard(1, false);
        awaitUse("nic1", LinkUse.SUSPECT);
        binder.links().heard(1, true);
        awaitUse("nic1", LinkUse.USED);
        end();
    }

    @Test
    void aRenamedNicGivesItsLinkUpAndIsSetBack() throws IOException {
        bed.host.exec("ip", "link", "set", "nic1", "down");
        bed.host.exec("ip", "link", "set", "nic1", "name", "wan1");
        await("gone", () -> binder.links().all().stream()
                .noneMatch(link -> link.nic().equals("nic1") && link.use() != LinkUse.NO_NIC));
        end();
        assertThat(read("net/ipv4/conf/wan1/forwarding")).isEqualTo("0");
        assertThat(read("net/ipv6/conf/wan1/force_forwarding")).isEqualTo("0");
    }

    @Test
    void aSecondDaemonWithAnotherFolderIsRefusedAndUndoesNothing(@TempDir Path other) throws IOException {
        List<String> bound = bed.snapshot();
        assertThatThrownBy(() -> bed.host.<HostClaim, IOException>call(
                () -> HostClaim.take(other, BindingBed.BINDING, BindingBed.SILENT)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("braid0 already");
        assertThat(bed.snapshot()).isEqualTo(bound);
        end();
    }

    @Test
    void aHostThatBecomesARouterForwardsForOthersAgain() throws IOException {
        try (Nftables nftables = bed.host.call(Nftables::open)) {
            assertThat(comments(nftables)).contains("nic0 closed v4", "nic0 closed v6");
            bed.host.sysctl("net/ipv4/ip_forward", "1");
            bed.host.sysctl("net/ipv6/conf/all/forwarding", "1");
            await("open", () -> comments(nftables).stream().noneMatch(comment -> comment.contains("closed")));
        }
        end();
        assertThat(read("net/ipv4/conf/nic0/forwarding")).as("the router's own wish").isEqualTo("1");
        assertThat(read("net/ipv6/conf/nic0/force_forwarding")).as("ours").isEqualTo("0");
    }

    private static List<String> comments(Nftables nftables) {
        NftTable table = nftables.read(Firewall.TABLE);
        return table == null
                ? List.of("closed")
                : table.chains().stream()
                        .flatMap(chain -> chain.rules().stream())
                        .map(NftRule::comment)
                        .toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDefectThatEndsTheFollowingIsKnownAndEverythingIsUndone(boolean error) throws IOException {
        assertThat(binder.failure()).isNull();
        stack.defect = () -> {
            if (error) {
                throw new OutOfMemoryError("a defect");
            }
            throw new IllegalStateException("a defect");
        };
        bed.netlink.down(bed.index("nic1"));
        await("its end", () -> binder.failure() != null);
        assertThat(binder.failure()).hasMessage("a defect");
        await("nothing is carried any more", () -> told.contains("braid0 gone"));
        assertThatThrownBy(() -> binder.links().role("nic0", Role.OFF)).hasMessage("links are not bound any more");
        end();
        assertThat(read("net/ipv4/conf/nic0/forwarding")).isEqualTo("0");
        assertThat(folder.resolve(Journal.FILE)).doesNotExist();
    }

    @Test
    void whatIsGoneAlreadyIsNoRefusal() throws IOException {
        Route away = bed.toWorld(0, "192.168.0.1", 4711);
        Rule unknown = Rule.inputDevice("braid9", true, 7709, 7709, 77);
        claim.host().deleteRoute(away);
        claim.host().deleteRule(unknown);
        assertThat(binder.links().all()).extracting(LinkView::use).containsOnly(LinkUse.USED);
        end();
    }

    @Test
    void aClosedInterfaceStaysClosedToOthers() throws IOException {
        try (Nftables nftables = bed.host.call(Nftables::open)) {
            binder.links().role("nic1", Role.OFF);
            assertThat(comments(nftables))
                    .contains("nic1 closed v4", "nic1 closed v6", "braid1 astray", "braid1 uninvited");
        }
        end();
    }
}
