package dev.braid.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.doctor.Finding.Grade;
import dev.braid.tools.doctor.Trial.Outcome;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.NameTrial;
import dev.braid.tundriver.netlink.NftBase;
import dev.braid.tundriver.netlink.NftChain;
import dev.braid.tundriver.netlink.NftCount;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Nftables;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoctorTest {
    private final FakeFacts facts = new FakeFacts();

    private DoctorReport examined() {
        return new Doctor(facts).examine();
    }

    /** The one finding that is not as it should be. */
    private Finding onlyComplaint() {
        List<Finding> complaints = examined().findings().stream()
                .filter(finding -> finding.grade() != Grade.OK)
                .toList();
        assertThat(complaints).hasSize(1);
        return complaints.getFirst();
    }

    @Test
    void aHostWhereAllIsWellHasNoComplaint() {
        assertThat(examined().findings()).isNotEmpty()
                .allSatisfy(finding -> assertThat(finding.grade()).isEqualTo(Grade.OK));
        assertThat(examined().hasProblem()).isFalse();
    }

    @Test
    void strippedMultipathTcpIsToldOfTheLinkThatLosesIt() {
        facts.trials.put("wlan0", new Trial(Outcome.PLAIN, ""));
        Finding finding = onlyComplaint();
        assertThat(finding.grade()).isEqualTo(Grade.PROBLEM);
        assertThat(finding.link()).isEqualTo("wlan0");
        assertThat(finding.text()).isEqualTo("Multipath TCP is stripped on the way to mptcp.test:443");
        assertThat(finding.remedy()).endsWith("braid link wlan0 backup");
    }

    @Test
    void aServerThatIsPlainEverywhereIsNotBlamedOnALink() {
        facts.trials.replaceAll((nic, trial) -> new Trial(Outcome.PLAIN, ""));
        Finding finding = onlyComplaint();
        assertThat(finding.link()).isEmpty();
        assertThat(finding.grade()).isEqualTo(Grade.WARNING);
        assertThat(finding.text()).contains("over every link");
    }

    @Test
    void aServerThatOneLinkDoesNotReachIsToldWithTheReason() {
        facts.trials.put("eth0", new Trial(Outcome.FAILED, "Connection timed out"));
        assertThat(onlyComplaint().text()).isEqualTo("mptcp.test:443 is not reached: Connection timed out");
    }

    @Test
    void aNameThatIsNotFoundAndAServerThatIsNotKnownAreTold() {
        facts.lookup = new Lookup(List.of(), "no server answers");
        assertThat(onlyComplaint().text()).isEqualTo("mptcp.test:443 is not found: no server answers");
        facts.server = "";
        assertThat(onlyComplaint().remedy()).contains("doctor.server");
    }

    @Test
    void aNameServerThatOneLinkDoesNotReachIsTold() {
        facts.nameServers.set(1, new NameTrial("203.0.113.53", "wlan0", "no answer within 2 s", 2_000_000_000));
        Finding finding = onlyComplaint();
        assertThat(finding.grade()).isEqualTo(Grade.WARNING);
        assertThat(finding.link()).isEqualTo("wlan0");
        assertThat(finding.text()).isEqualTo(
                "name server 203.0.113.53 is no help: no answer within 2 s, though it answers over others");
        assertThat(finding.remedy()).contains("dns.servers");
    }

    @Test
    void aNameServerThatAnswersIsToldWithItsTimeAndIsNoWordForAnother() {
        assertThat(examined().about("wlan0").findings()).extracting(Finding::text)
                .contains("name server 203.0.113.53 answers in 12 ms");
        facts.nameServers.set(1, new NameTrial("203.0.113.54", "wlan0", "no answer within 2 s", 2_000_000_000));
        assertThat(onlyComplaint().text()).isEqualTo("name server 203.0.113.54 is no help: no answer within 2 s");
    }

    @Test
    void nameServersThatAllStaySilentAreAProblemAndSoIsToHaveNone() {
        facts.nameServers.replaceAll(trial -> new NameTrial(trial.server(), trial.nic(), "no answer within 2 s", 0));
        assertThat(examined().findings()).filteredOn(finding -> finding.grade() == Grade.PROBLEM)
                .hasSize(2)
                .allSatisfy(finding -> assertThat(finding.text()).endsWith("is no help: no answer within 2 s"));
        facts.nameServers.clear();
        assertThat(onlyComplaint().text()).isEqualTo("no name server is known");
    }

    @Test
    void aWayThatSwallowsLargePacketsIsToldWithTheSizeThatPasses() {
        facts.carried = 1_400;
        facts.larger.put("wlan0", Passage.SILENT);
        Finding finding = onlyComplaint();
        assertThat(finding.link()).isEqualTo("wlan0");
        assertThat(finding.text()).startsWith("packets of more than 1400 bytes vanish");
        assertThat(finding.remedy()).startsWith("mtu = 1400 below [link.wlan0]");
    }

    /** As Linux does, which counts all links behind one address as one. */
    @ParameterizedTest
    @ValueSource(ints = {6, 3, 2, 1, 0})
    void aServerThatRefusesOnlySoOftenIsTakenForNoWayThatSwallows(int refusals) {
        facts.link(2, "usb0", LinkUse.USED);
        facts.refusals = refusals;
        assertThat(examined().findings()).filteredOn(finding -> finding.grade() != Grade.OK).isEmpty();
        facts.refusals = refusals;
        facts.carried = 1_400;
        facts.larger.put("wlan0", Passage.SILENT);
        assertThat(examined().findings()).filteredOn(finding -> finding.grade() != Grade.OK)
                .allSatisfy(finding -> assertThat(finding.text()).startsWith("packets of more than 1400 bytes vanish"))
                .hasSizeLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1400, 1400", "1430, 1420", "1460, 1460", "1491, 1460", "1492, 1492", "1499, 1492", "1300, 1280"})
    void theSizeThatIsAdvisedIsTheLargestUsualOneThatPasses(int carried, int advised) {
        facts.carried = carried;
        facts.larger.put("wlan0", Passage.SILENT);
        for (int refusals : new int[] {1_000, 6, 2}) {
            facts.refusals = refusals;
            assertThat(onlyComplaint().remedy()).as("%s refusals", refusals).startsWith("mtu = " + advised + " below");
        }
    }

    @Test
    void aWayWhoseRoutersTellOfTheirSizeIsAllRight() {
        facts.carried = 1_300;
        facts.larger.put("wlan0", Passage.TOLD);
        assertThat(examined().hasProblem()).isFalse();
        assertThat(examined().about("wlan0").findings()).extracting(Finding::text).contains(
                "packets of more than 1280 bytes are too large on the way to mptcp.test:443, which its routers tell");
        facts.carried = 0;
        facts.larger.put("wlan0", Passage.SILENT);
        assertThat(examined().hasProblem()).as("a server that answers no datagram says nothing of sizes").isFalse();
    }

    @Test
    void aServerThatRefusesNoDatagramIsAskedByTcp() {
        facts.carried = 0;
        facts.larger.put("wlan0", Passage.SILENT);
        assertThat(examined().hasProblem()).isFalse();
        facts.filled.add("wlan0");
        Finding finding = onlyComplaint();
        assertThat(finding.text()).startsWith("connections to mptcp.test:443 are made, but what fills their packets");
        assertThat(finding.remedy()).startsWith("mtu = 1280 below [link.wlan0]");
    }

    @Test
    void whatAnotherFirewallDropsIsToldWithTheRuleThatHelps() {
        facts.bases.add(new NftBase(2, "nat", "FORWARD", 2, 0, 1));
        facts.bases.add(new NftBase(2, "filter", "FORWARD", 2, 0, NftBase.DROP));
        assertThat(examined().hasProblem()).as("a policy alone is no problem while packets pass").isFalse();
        facts.counts.put("braid1 masquerade", new NftCount(0, 0));
        facts.counts.put("braid1 in", new NftCount(0, 0));
        Finding finding = onlyComplaint();
        assertThat(finding.link()).isEqualTo("wlan0");
        assertThat(finding.text()).endsWith("probably chain FORWARD of table ip filter (iptables, ufw or Docker)");
        assertThat(finding.remedy()).contains("nft insert rule ip filter FORWARD iifname \"braid*\" accept");
    }

    @Test
    void dropsThatNoTableExplainsPointToTheOldTables() {
        facts.counts.put("braid0 masquerade", new NftCount(0, 0));
        facts.counts.put("braid0 in", new NftCount(0, 0));
        assertThat(onlyComplaint().remedy()).contains("iptables-legacy");
    }

    @Test
    void connectionsOlderThanTheTableAreNoSignOfAnotherFirewall() {
        facts.counts.put("braid0 masquerade", new NftCount(0, 0));
        assertThat(examined().hasProblem()).isFalse();
    }

    @Test
    void aLinkThatIsNeverAnsweredIsTold() {
        facts.counts.put("braid0 in", new NftCount(0, 0));
        assertThat(onlyComplaint().text()).contains("nothing was ever answered");
    }

    @Test
    void aRuleThatIsMissingIsToldAndWhatStrictFilteringAdds() {
        facts.rules.removeIf(rule -> rule.v4() && rule.inputDevice().equals("braid0"));
        assertThat(onlyComplaint().text()).isEqualTo("its IPv4 rule is missing");
        facts.settings.put("net/ipv4/conf/all/rp_filter", "1");
        facts.settings.put("net/ipv4/conf/eth0/rp_filter", "0");
        assertThat(onlyComplaint().text()).contains("rp_filter=1");
        facts.settings.put("net/ipv4/conf/eth0/rp_filter", "2");
        assertThat(onlyComplaint().text()).as("loose is the larger number and counts").doesNotContain("rp_filter");
    }

    @Test
    void forwardingAndATableThatWereTakenAwayAreTold() {
        facts.settings.put("net/ipv4/conf/wlan0/forwarding", "0");
        assertThat(onlyComplaint().link()).isEqualTo("wlan0");
        facts.settings.put("net/ipv4/conf/wlan0/forwarding", "1");
        facts.hasTable = false;
        assertThat(onlyComplaint().text()).isEqualTo("the daemon's firewall table is missing");
    }

    @Test
    void ipv6ThatTheKernelCannotForwardIsTold() {
        facts.links.set(0, FakeFacts.view(0, "eth0", LinkUse.USED, null));
        assertThat(onlyComplaint().text()).contains("no default route");
        facts.settings.remove("net/ipv6/conf/default/force_forwarding");
        assertThat(onlyComplaint().text()).contains("Linux 6.17");
    }

    @ParameterizedTest
    @EnumSource(LinkUse.class)
    void everyReasonNotToUseALinkIsToldOnce(LinkUse use) {
        facts.links.set(1, FakeFacts.view(1, "wlan0", use, IpAddress.parse("fd77::2")));
        assertThat(examined().findings())
                .filteredOn(finding -> finding.text().startsWith(use.sentence()) && finding.link().equals("wlan0"))
                .hasSize(1);
        if (!use.usable()) {
            assertThat(examined().about("wlan0").findings())
                    .as("nothing else is looked at of a link that is not used")
                    .filteredOn(finding -> finding.link().equals("wlan0"))
                    .hasSize(1);
        }
    }

    @Test
    void withoutADaemonWhatItWouldNeedIsLookedAt() {
        facts.running = false;
        facts.hasTable = false;
        assertThat(onlyComplaint().remedy()).startsWith("braid up");
        facts.mayChangeNetwork = false;
        facts.tunTrouble = "it is not there";
        facts.bases.add(new NftBase(1, "firewalld", "filter_FORWARD", 2, 10, NftBase.DROP));
        assertThat(examined().findings()).extracting(Finding::line)
                .anySatisfy(line -> assertThat(line).startsWith("problem  host").contains("CAP_NET_ADMIN"))
                .anySatisfy(line -> assertThat(line).contains("/dev/net/tun cannot be used: it is not there"))
                .anySatisfy(line -> assertThat(line).contains("firewall-cmd"));
    }

    @Test
    void whatCannotBeLookedAtIsTold() {
        facts.blind = true;
        assertThat(examined().findings())
                .extracting(Finding::text)
                .anySatisfy(text -> assertThat(text).startsWith("could not look at firewalls: ").contains("EPERM"));
    }

    @Test
    void aReportReadsAsItWasWritten() {
        facts.trials.put("wlan0", new Trial(Outcome.PLAIN, ""));
        assertThat(DoctorReport.of(examined().map())).isEqualTo(examined());
        assertThat(DoctorReport.of(Map.of()).findings()).isEmpty();
    }

    @Test
    @Tag("kernel")
    void whatAKilledDaemonLeftIsFoundInTheKernel() {
        try (NetworkNamespace ns = NetworkNamespace.create("doctor");
                Nftables firewall = ns.call(Nftables::open)) {
            assertThat(leftBehind(ns)).isFalse();
            firewall.replace(new NftTable("braid", List.of(new NftChain(
                    "forward", NftChain.Hook.FORWARD, -10, NftChain.Type.FILTER, List.of()))));
            assertThat(leftBehind(ns)).isTrue();
        }
    }

    private static boolean leftBehind(NetworkNamespace ns) {
        DoctorReport report = ns.call(() -> new Doctor(new LiveFacts(null)).examine());
        assertThat(report.findings()).extracting(Finding::text).contains("this user may change the network's settings");
        return report.findings().stream().anyMatch(finding -> finding.remedy().equals("braid down"));
    }
}
