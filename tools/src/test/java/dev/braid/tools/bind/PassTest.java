package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Role;
import dev.braid.tundriver.netlink.LinkAddress;
import dev.braid.tundriver.netlink.LinkEvent;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pass makes of news, on a kernel in memory and with time as an argument. */
final class PassTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int LINKS = 2;

    @TempDir Path folder;

    private final MemoryHost host = new MemoryHost();
    private final ToldStack stack = new ToldStack();
    private final List<String> log = new ArrayList<>();
    private final Suspicion suspicion = new Suspicion();
    private final BoundLinks links = new BoundLinks(BindingBed.BINDING, suspicion, (nic, role) -> {}, () -> {});
    private HostClaim claim;
    private Pass pass;
    private long nowNs;

    /** A host with two NICs. */
    private void begin(HostConfig.LinkConfig... configured) throws IOException {
        claim = HostClaim.take(
                folder, BindingBed.BINDING, (level, line) -> log.add(level + " " + line), RunLock.take(folder), host);
        pass = new Pass(
                BindingBed.config(List.of(configured)),
                claim,
                stack,
                LINKS,
                (level, line) -> log.add(level + " " + line),
                suspicion,
                links,
                nic -> false,
                nowNs);
        for (int i = 0; i < LINKS; i++) {
            nic(i, true);
            pass.onEvent(new LinkEvent.LinkChanged(host.device(20 + i, "braid" + i, true)));
        }
        make();
    }

    @AfterEach
    void end() throws IOException {
        if (claim != null) {
            claim.close();
        }
    }

    private void make() throws IOException {
        pass.makeIfDue(nowNs);
    }

    private void look() throws IOException {
        pass.demand();
        make();
    }

    private void nic(int i, boolean on) {
        int index = 10 + i;
        Prefix own = Prefix.parse("192.168." + i + ".2/24");
        pass.onEvent(new LinkEvent.LinkChanged(host.device(index, "nic" + i, on)));
        pass.onEvent(new LinkEvent.AddressChanged(new LinkAddress(index, own, 0)));
        pass.onEvent(new LinkEvent.RouteAdded(Route.to(new Prefix(IpAddress.ANY_IPV4, 0))
                .via(IpAddress.parse("192.168." + i + ".1"))
                .device(index)
                .priority(i)
                .build()));
    }

    private LinkView view(String nic) {
        return links.all().stream().filter(link -> link.nic().equals(nic)).findFirst().orElseThrow();
    }

    private List<String> comments() {
        return host.firewall(Firewall.TABLE).chains().stream()
                .flatMap(chain -> chain.rules().stream())
                .map(NftRule::comment)
                .toList();
    }

    @Test
    void aLinkThatTheKernelRefusesIsNotUsedByTheStack() throws IOException {
        host.refuses = "rule 7701"::equals;
        begin();
        assertThat(view("nic1").use()).isEqualTo(LinkUse.NOT_BOUND);
        assertThat(view("nic1").v4()).isNull();
        assertThat(stack.told).contains("braid1 gone").doesNotContain("braid0 gone");
        look();
        assertThat(stack.told.stream().filter("braid1 gone"::equals)).as("told once").hasSize(1);
        host.refuses = request -> false;
        look();
        assertThat(view("nic1").use()).isEqualTo(LinkUse.USED);
        assertThat(stack.told).endsWith("braid1 carried");
    }

    @Test
    void withoutTheFirewallNothingIsRoutedOrUsed() throws IOException {
        host.refuses = "firewall"::equals;
        begin();
        assertThat(host.rules).isEmpty();
        assertThat(stack.told).contains("braid0 gone", "braid1 gone");
        assertThat(log).filteredOn(line -> line.startsWith("ERROR")).hasSize(1);
    }

    @Test
    void aTunsMtuThatIsRefusedIsThatLinksAffair() throws IOException {
        host.refuses = "mtu 20"::equals;
        begin(new HostConfig.LinkConfig("nic0", Optional.empty(), Optional.empty(), 1_400),
                new HostConfig.LinkConfig("nic1", Optional.empty(), Optional.empty(), 0));
        assertThat(view("nic0").use()).isEqualTo(LinkUse.NOT_BOUND);
        assertThat(view("nic1").use()).isEqualTo(LinkUse.USED);
    }

    @Test
    void whatWasPutBackIsToldAndWhatWasRefusedIsNot() throws IOException {
        begin();
        log.clear();
        host.rules.clear();
        host.refuses = "rule 7701"::equals;
        look();
        assertThat(log).anyMatch(line -> line.startsWith("NOTICE put back what was missing: rule 7700"))
                .noneMatch(line -> line.contains("put back") && line.contains("rule 7701"));
    }

    @Test
    void anotherGatewayIsNoRepair() throws IOException {
        begin();
        log.clear();
        pass.onEvent(new LinkEvent.RouteAdded(Route.to(new Prefix(IpAddress.ANY_IPV4, 0))
                .via(IpAddress.parse("192.168.1.254"))
                .device(11)
                .priority(0)
                .build()));
        make();
        assertThat(host.routes).extracting(Route::gateway).contains(IpAddress.parse("192.168.1.254"));
        assertThat(log).isEmpty();
    }

    @Test
    void aFightIsToldOnceAndSlowedButNewsOfNicsIsNot() throws IOException {
        begin();
        log.clear();
        for (int i = 0; i <= 10; i++) {
            host.rules.clear();
            pass.disturbed();
            make();
            assertThat(host.rules).isNotEmpty();
            nowNs += SECOND_NS / 10;
        }
        assertThat(log).filteredOn(line -> line.startsWith("WARNING another program keeps taking away")).hasSize(1);
        host.rules.clear();
        pass.disturbed();
        make();
        assertThat(host.rules).as("waits").isEmpty();
        assertThat(pass.nextNs()).isEqualTo(nowNs + SECOND_NS * 9 / 10);
        nic(1, false);
        make();
        assertThat(stack.told).contains("braid1 gone");
        host.rules.clear();
        pass.disturbed();
        nowNs = pass.nextNs();
        make();
        assertThat(host.rules).as("its time has come").isNotEmpty();
        assertThat(log).filteredOn(line -> line.contains("put back")).as("the first ten, and the warning").hasSize(11);
    }

    @Test
    void anAuditLooksThoughNothingWasTold() throws IOException {
        begin();
        host.rules.clear();
        nowNs = pass.nextNs() - 1;
        make();
        assertThat(host.rules).isEmpty();
        nowNs++;
        make();
        assertThat(host.rules).isNotEmpty();
    }

    @Test
    void anIpv6RouterGoesOnForwardingOnNewKernelsToo() throws IOException {
        host.settings.put("net/ipv6/conf/all/forwarding", "1");
        begin();
        assertThat(host.settings).containsEntry("net/ipv6/conf/nic0/force_forwarding", "0");
        assertThat(comments()).contains("nic0 closed v4").doesNotContain("nic0 closed v6");
    }

    @Test
    void aHostThatBecomesARouterStaysOne() throws IOException {
        begin();
        assertThat(comments()).contains("nic0 closed v4");
        host.router4(true);
        look();
        assertThat(comments()).doesNotContain("nic0 closed v4").contains("braid0 out");
        end();
        claim = null;
        assertThat(host.settings).containsEntry("net/ipv4/conf/nic0/forwarding", "1");
    }

    @Test
    void aHostThatIsARouterForAWhileIsClosedAgain() throws IOException {
        begin();
        host.router4(true);
        look();
        host.router4(false);
        look();
        assertThat(comments()).contains("nic0 closed v4");
        assertThat(host.settings).containsEntry("net/ipv4/conf/nic0/forwarding", "1");
        end();
        claim = null;
        assertThat(host.settings).containsEntry("net/ipv4/conf/nic0/forwarding", "0");
    }

    @Test
    void anInterfaceThatARouterHadClosedStaysClosedAndIsSetBack() throws IOException {
        host.device(10, "nic0", true);
        host.device(11, "nic1", true);
        host.router4(true);
        host.settings.put("net/ipv4/conf/nic0/forwarding", "0");
        begin();
        look();
        assertThat(comments()).contains("nic0 closed v4").doesNotContain("nic1 closed v4");
        end();
        claim = null;
        assertThat(host.settings).containsEntry("net/ipv4/conf/nic0/forwarding", "0");
    }

    @Test
    void aMeteredLinkIsABackupUnlessItsRoleIsSaid() throws IOException {
        begin(new HostConfig.LinkConfig("nic0", Optional.empty(), Optional.of(true), 0),
                new HostConfig.LinkConfig("nic1", Optional.of(Role.PRIMARY), Optional.of(true), 0));
        assertThat(view("nic0").role()).isEqualTo(Role.BACKUP);
        assertThat(view("nic1").role()).isEqualTo(Role.PRIMARY);
    }

    @Test
    void aNicForWhichNoLinkIsLeftIsToldOfOnce() throws IOException {
        begin();
        nic(2, true);
        make();
        look();
        assertThat(log).filteredOn(line -> line.contains("nic2 has a default route, but no link is left")).hasSize(1);
    }

    @Test
    void aNewNicGetsTheLinkOfOneThatIsGone() throws IOException {
        begin();
        pass.onEvent(new LinkEvent.LinkRemoved(host.device(11, "nic1", false)));
        nic(2, true);
        make();
        assertThat(view("nic2").tun()).isEqualTo("braid1");
        assertThat(log).noneMatch(line -> line.contains("no link is left"));
    }

    @Test
    void behindAnAbsenceLinksThatAreThereAreDoubted() throws IOException {
        begin();
        nic(1, false);
        make();
        stack.told.clear();
        pass.awoke();
        look();
        look();
        assertThat(stack.told).containsExactly("braid0 doubted");
    }

    @Test
    void aLinkThatReturnsIsNoSuspect() throws IOException {
        begin();
        links.heard(1, false);
        links.heard(1, false);
        look();
        assertThat(view("nic1").use()).isEqualTo(LinkUse.SUSPECT);
        nic(1, false);
        make();
        nic(1, true);
        make();
        assertThat(view("nic1").use()).isEqualTo(LinkUse.USED);
    }
}
