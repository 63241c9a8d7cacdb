package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ECN between Braid and the Linux kernel over a link that marks; what the kernel saw, its own counters and {@code ss} say. */
@Tag("kernel")
@Timeout(120)
class EcnKernelTest {
    private static final long BYTES = 8 << 20;
    /** A short round trip and a threshold of 20 packets: marks come from slow start on, and every few round trips after it. */
    private static final LinkConfig MARKING = LinkConfig.PERFECT
            .rate(50_000_000)
            .delay(3_000_000)
            .queue(1 << 20)
            .markAbove(30_000);

    @ParameterizedTest(name = "Braid connects {0}, IPv6 {1}")
    @CsvSource({"true,false", "true,true", "false,false", "false,true"})
    void marksSlowBothEndsDownAndNothingIsLost(boolean braidConnects, boolean v6) throws Exception {
        try (ImpairedBed bed = ImpairedBed.start(MARKING, stack -> stack.tunable("net.ipv4.tcp_ecn", "1"))) {
            bed.far().sysctl("net.ipv4.tcp_ecn", "1");
            try (ServerSocketChannel listener = braidConnects ? bed.kernelListens(v6) : bed.braidListens();
                    SocketChannel one = braidConnects
                            ? bed.braidConnects(listener)
                            : bed.kernelConnects(v6, ((InetSocketAddress) listener.getLocalAddress()).getPort());
                    SocketChannel other = listener.accept()) {
                SocketChannel braid = braidConnects ? one : other;
                SocketChannel kernel = braidConnects ? other : one;
                transfer(braid, kernel);
                braidSent(bed, v6);
                transfer(kernel, braid);
                kernelSent(bed, v6);
                assertThat(bed.far().exec("ss", "-tino")).contains(" ecn ", "ecnseen");
            }
            assertThat(bed.link("forth.QUEUE_FULL") + bed.link("back.QUEUE_FULL")).isZero();
        }
    }

    private static void transfer(SocketChannel from, SocketChannel to) throws Exception {
        var sent = Streams.async(() -> Streams.send(from, 7, BYTES));
        var received = Streams.async(() -> Streams.receive(to, BYTES));
        assertThat(received.get(60, TimeUnit.SECONDS)).isEqualTo(sent.get(1, TimeUnit.SECONDS));
    }

    private static void braidSent(ImpairedBed bed, boolean v6) throws IOException {
        assertThat(bed.link("forth.MARKED")).as("marked by the link").isPositive();
        assertThat(kernel(bed, v6, "InCEPkts")).as("marks the kernel saw").isPositive();
        assertThat(kernel(bed, v6, "InECT0Pkts")).as("markable packets the kernel saw").isPositive();
        assertSlowedDown(bed.stack().counters().value("TcpExtTCPDeliveredCE"));
    }

    private static void kernelSent(ImpairedBed bed, boolean v6) throws IOException {
        assertThat(bed.link("back.MARKED")).as("marked by the link").isPositive();
        assertThat(bed.stack().counters().value((v6 ? "Ip6" : "IpExt") + "InCEPkts")).as("marks Braid saw")
                .isPositive();
        assertSlowedDown(kernel(bed, false, "TCPDeliveredCE"));
    }

    /** Had the receiver not understood CWR, or the sender not said it, all would have been acknowledged with ECE from then on. */
    private static void assertSlowedDown(long deliveredCe) {
        assertThat(deliveredCe).isBetween(1L, BYTES / 1448 / 2);
    }

    /** One of the kernel's counters in the far namespace. */
    private static long kernel(ImpairedBed bed, boolean v6, String name) throws IOException {
        if (v6) {
            String line = bed.far()
                    .exec("cat", "/proc/net/snmp6")
                    .lines()
                    .filter(text -> text.startsWith("Ip6" + name + " ") || text.startsWith("Ip6" + name + "\t"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.substring(line.lastIndexOf('\t') + 1).strip());
        }
        List<String> lines = bed.far().exec("cat", "/proc/net/snmp", "/proc/net/netstat").lines().toList();
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            int column = Arrays.asList(lines.get(i).split(" ")).indexOf(name);
            if (column > 0) {
                return Long.parseLong(lines.get(i + 1).split(" ")[column]);
            }
        }
        throw new IOException("the kernel counts no " + name);
    }
}
