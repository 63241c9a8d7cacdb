package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** curl through the daemon has the rates of all links that live together. */
@Tag("kernel")
@Timeout(180)
@Isolated("measures rates")
class GoodputTest {
    private static final int SECONDS = 2;
    private static final double SHARE = 0.9;
    /** A machine that does other things may spoil one. */
    private static final int TRIES = 3;

    @TempDir private Path folder;

    @Test
    void downloadsAndUploadsHaveTheRatesOfAllLinksTogether() throws Exception {
        try (LaptopBed bed = LaptopBed.start()) {
            Rates alone = alone(bed, "eth0", "wifi0", "lte0");
            try (Daemon daemon = Daemon.up(bed, folder)) {
                var curl = new Curl(bed, folder, Curl.SOCKS);
                assertReaches(curl, alone);
                daemon.stop();
            }
        }
    }

    @Test
    void aLinkThatStripsTheOptionsIsNoHindranceToTheOthers() throws Exception {
        try (LaptopBed bed = LaptopBed.start(NicPlan.eth(), NicPlan.wifi().stripping(), NicPlan.lte())) {
            Rates alone = alone(bed, "eth0", "lte0");
            try (Daemon daemon = Daemon.up(bed, folder)) {
                assertReaches(new Curl(bed, folder, Curl.SOCKS), alone);
                daemon.stop();
            }
        }
    }

    /** Bytes a second. */
    private record Rates(double down, double up) {}

    /** Linux's TCP over each NIC alone, the rates added. */
    private Rates alone(LaptopBed bed, String... names) throws IOException {
        // Sockets bound to a NIC that the kernel does not prefer would hear no answer otherwise.
        bed.laptop().sysctl("net.ipv4.conf.all.rp_filter", "2");
        double down = 0;
        double up = 0;
        for (String name : names) {
            var curl = new Curl(bed, folder, List.of("--interface", name));
            int bytes = bed.nic(name).plan().mbit() * 125_000 * SECONDS;
            down += curl.download(LaptopBed.PLAIN_SERVER, bytes);
            up += curl.upload(LaptopBed.PLAIN_SERVER, bytes);
        }
        bed.laptop().sysctl("net.ipv4.conf.all.rp_filter", "1");
        return new Rates(down, up);
    }

    private static void assertReaches(Curl curl, Rates alone) throws IOException {
        double down = 0;
        double up = 0;
        for (int tries = 0; tries < TRIES && (down < alone.down * SHARE || up < alone.up * SHARE); tries++) {
            down = Math.max(down, curl.download(LaptopBed.MPTCP_SERVER, (int) (alone.down * SECONDS * 1.5)));
            up = Math.max(up, curl.upload(LaptopBed.MPTCP_SERVER, (int) (alone.up * SECONDS * 1.5)));
        }
        System.out.printf("goodput: down %.1f of %.1f Mbit/s, up %.1f of %.1f%n", down * 8e-6, alone.down * 8e-6,
                up * 8e-6, alone.up * 8e-6);
        assertThat(down).as("download, of the links' sum").isGreaterThan(alone.down * SHARE);
        assertThat(up).as("upload, of the links' sum").isGreaterThan(alone.up * SHARE);
    }
}
