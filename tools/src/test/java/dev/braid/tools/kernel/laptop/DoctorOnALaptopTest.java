package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.kernel.BraidProcess;
import dev.braid.tundriver.netlink.NftChain;
import dev.braid.tundriver.netlink.NftExpression;
import dev.braid.tundriver.netlink.NftRule;
import dev.braid.tundriver.netlink.NftTable;
import dev.braid.tundriver.netlink.Nftables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code braid doctor} beside a daemon finds what lies on the links' ways. */
@Tag("kernel")
@Timeout(120)
class DoctorOnALaptopTest {
    @TempDir private Path folder;

    @BeforeEach
    void configure() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(folder.resolve("braid.toml"), """
                [dns]
                servers = ["%s:53"]
                [doctor]
                server = "mptcp.test:%d"
                """.formatted(LaptopBed.NAME_SERVER, LaptopBed.HTTP));
    }

    private List<String> lines(LaptopBed bed, int status) throws Exception {
        try (BraidProcess doctor = Daemon.run(bed, folder, "doctor")) {
            String said = doctor.rest();
            assertThat(doctor.await()).as(said).isEqualTo(status);
            return said.lines().map(line -> line.replaceAll(" +", " ")).toList();
        }
    }

    @Test
    void theLinkThatStripsMultipathTcpIsNamed() throws Exception {
        try (LaptopBed bed = LaptopBed.start(NicPlan.eth(), NicPlan.wifi().stripping(), NicPlan.lte());
                Daemon daemon = Daemon.up(bed, folder)) {
            assertThat(lines(bed, 1))
                    .contains("ok host the daemon runs", "ok eth0 Multipath TCP passes to mptcp.test:80",
                            "ok lte0 Multipath TCP passes to mptcp.test:80",
                            "ok eth0 its rules and its forwarding stand")
                    .anyMatch(line -> line.startsWith("problem wifi0 Multipath TCP is stripped"))
                    .noneMatch(line -> line.startsWith("problem eth0"))
                    .filteredOn(line -> line.matches("ok \\S+ name server 203\\.0\\.113\\.53 answers in \\d+ ms"))
                    .as("the name server over each link")
                    .hasSize(3);
            daemon.stop();
        }
    }

    @Test
    void theLinkThatSwallowsLargePacketsIsNamed() throws Exception {
        try (LaptopBed bed = LaptopBed.start(NicPlan.eth(), NicPlan.wifi().swallowing(1_450));
                Daemon daemon = Daemon.up(bed, folder)) {
            assertThat(lines(bed, 1))
                    .contains("ok eth0 packets of 1500 bytes pass to mptcp.test:80")
                    .anyMatch(line -> line.startsWith("problem wifi0 packets of more than 1420 bytes vanish")
                            && line.contains("mtu = 1420 below [link.wifi0]"));
            daemon.stop();
        }
    }

    @Test
    void theFirewallThatDropsWhatLeavesIsNamed() throws Exception {
        try (LaptopBed bed = LaptopBed.start(NicPlan.eth());
                Nftables firewall = bed.laptop().call(Nftables::open)) {
            // The whole forwarding of a host that is no router, in somebody else's table behind ours.
            firewall.replace(new NftTable("strict", List.of(new NftChain("forwarded", NftChain.Hook.FORWARD, 0,
                    NftChain.Type.FILTER, List.of(NftRule.of("", new NftExpression.Drop()))))));
            try (Daemon daemon = Daemon.up(bed, folder)) {
                assertThat(lines(bed, 1)).anyMatch(line -> line.startsWith("problem host mptcp.test:80 is not found"));
                assertThat(lines(bed, 1)).anyMatch(line -> line.startsWith(
                        "problem eth0 what leaves by it is dropped by another firewall, probably chain forwarded of"
                                + " table inet strict → nft insert rule inet strict forwarded iifname"));
                firewall.delete("strict");
                assertThat(lines(bed, 0)).contains("ok eth0 firewalls let it pass");
                daemon.stop();
            }
        }
    }
}
