package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** An ssh session over the daemon lives through whatever happens to the laptop's links. */
@Tag("kernel")
@Timeout(180)
@Isolated("measures pauses")
class SshSessionTest {
    private static final int CALM_LINES = 5;
    private static final int STANDSTILL_MS = 6000;

    @TempDir private Path folder;

    @Test
    void aSessionOutlivesPulledLinksAndChangedAddresses() throws Exception {
        try (LaptopBed bed = LaptopBed.start();
                Daemon daemon = Daemon.up(bed, folder);
                SshSession ssh = SshSession.open(bed, folder)) {
            ssh.assertEchoes(CALM_LINES, "at first");
            for (Nic nic : bed.nics()) {
                nic.pull();
                ssh.assertEchoes(CALM_LINES, nic.name() + " pulled");
                nic.plugIn();
                ssh.assertEchoes(CALM_LINES, nic.name() + " returned");
            }
            for (Nic nic : bed.nics()) {
                nic.changeAddress();
                ssh.assertEchoes(CALM_LINES, "a new address on " + nic.name());
            }
            bed.nic("eth0").changeGateway();
            ssh.assertEchoes(CALM_LINES, "a new gateway");
            System.out.printf("ssh: longest gap %d ms%n", ssh.longestGapMs());
            assertThat(ssh.longestGapMs()).isLessThan(3000);
            daemon.stop(); // with a connection open and watched
        }
    }

    /** What a suspended laptop is to its peers, too: every NAT has forgotten every flow when it comes back. */
    @Test
    @EnabledIfSystemProperty(named = "braid.full", matches = "true")
    void aSessionOutlivesADaemonThatStoodStillForLongerThanNatsRemember() throws Exception {
        try (LaptopBed bed = LaptopBed.start(
                NicPlan.eth().forgetting("2s"), NicPlan.wifi().forgetting("2s"), NicPlan.lte().forgetting("2s"));
                Daemon daemon = Daemon.up(bed, folder);
                SshSession ssh = SshSession.open(bed, folder)) {
            ssh.assertEchoes(CALM_LINES, "at first");
            daemon.process().signal("STOP");
            Thread.sleep(STANDSTILL_MS);
            daemon.process().signal("CONT");
            ssh.assertEchoes(CALM_LINES, "after the standstill");
            System.out.printf("standstill: longest gap %d ms%n", ssh.longestGapMs());
            assertThat(ssh.longestGapMs()).isLessThan(3000);
            assertThat(daemon.log()).anyMatch(line -> line.contains("stood still for"));
        }
    }
}
