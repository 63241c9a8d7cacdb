package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bed without Braid: what its NICs and servers are by themselves. */
@Tag("kernel")
@Timeout(60)
class LaptopBedTest {
    @TempDir private Path folder;

    @Test
    void eachNicReachesTheServersAtItsOwnRate() throws Exception {
        try (LaptopBed bed = LaptopBed.start()) {
            // Sockets bound to a NIC that the kernel does not prefer would hear no answer otherwise.
            bed.laptop().sysctl("net.ipv4.conf.all.rp_filter", "2");
            for (Nic nic : bed.nics()) {
                var curl = new Curl(bed, folder, List.of("--interface", nic.name()));
                double down = curl.download(LaptopBed.PLAIN_SERVER, nic.plan().mbit() * 50_000) * 8e-6;
                assertThat(down).as(nic.name()).isLessThan(nic.plan().mbit());
                curl.upload("[2001:db8:ff::1]", 100_000);
            }
        }
    }

    @Test
    void aPulledNicLeavesTheOthersItsWorkUntilItReturns() throws Exception {
        try (LaptopBed bed = LaptopBed.start()) {
            var curl = new Curl(bed, folder, List.of());
            Nic eth = bed.nic("eth0");
            eth.pull();
            curl.download(LaptopBed.MPTCP_SERVER, 100_000);
            assertThat(bed.nic("wifi0").received()).isGreaterThan(100_000);
            eth.plugIn();
            eth.changeAddress();
            eth.changeGateway();
            curl.download(LaptopBed.MPTCP_SERVER, 100_000);
            assertThat(eth.received()).isGreaterThan(100_000);
        }
    }
}
