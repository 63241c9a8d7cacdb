package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.counters.Counters;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Linux kernel pings Braid over a real TUN, and learns from it that a port is closed. */
@Tag("kernel")
@Timeout(60)
class IcmpKernelTest {
    private static final int WAIT_MS = 5_000;

    private final Arena arena = Arena.ofShared();
    /** The test's own block: it outlives the stack. */
    private final Counters counters = Counters.inMemory(arena, 1024);
    private NetworkNamespace namespace;
    private Stack stack;

    @BeforeEach
    void makeNamespaceAndStack() {
        namespace = NetworkNamespace.create("icmp");
        namespace.sysctl("net.ipv4.ping_group_range", "0 0");
        stack = namespace.call(() -> Stack.builder()
                .link(Link.tun("braid0").address("10.77.0.2/24").address("fd77::2/64"))
                .counters(counters)
                .trackLeaks()
                .start());
    }

    @AfterEach
    void nothingIsLeft() {
        stack.close();
        namespace.close();
        assertThat(stack.leaks()).isEmpty();
        assertThat(counted("DropInternalError")).isZero();
        assertThat(counted("DropBounds")).isZero();
        arena.close();
    }

    /** A counter once the stack has come to rest: the peer may have the last frame before the stack has counted it. */
    private long counted(String name) {
        stack.close();
        return counters.value(name);
    }

    private static InetAddress braid(int version) throws IOException {
        return InetAddress.getByName(version == 4 ? "10.77.0.2" : "fd77::2");
    }

    private PingSocket pinger(int version) throws IOException {
        return namespace.<PingSocket, IOException>call(() -> new PingSocket(braid(version), WAIT_MS));
    }

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    /** The kernel's own counts of this namespace, as {@code Ip.ReasmFails}. */
    private Map<String, Long> kernelCounters() throws IOException {
        var lines = namespace.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/snmp")));
        var counters = new HashMap<String, Long>();
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            String[] names = lines.get(i).split(" ");
            String[] values = lines.get(i + 1).split(" ");
            for (int k = 1; k < names.length; k++) {
                counters.put(names[0].replace(":", ".") + names[k], Long.parseLong(values[k]));
            }
        }
        return counters;
    }

    @ParameterizedTest
    @CsvSource({
        "4, 1", "4, 56", "4, 1471", "4, 1472", "4, 1473", "4, 2952", "4, 9000", "4, 60000", "4, 65507",
        "6, 1", "6, 56", "6, 1451", "6, 1452", "6, 1453", "6, 2900", "6, 9000", "6, 60000", "6, 65519"
    })
    void aPingOfAnySizeIsAnswered(int version, int length) throws IOException {
        try (PingSocket socket = pinger(version)) {
            assertThat(socket.ping(1, data(length))).isEqualTo(data(length));
        }
        boolean cut = length > (version == 4 ? 1472 : 1452);
        String ip = version == 4 ? "Ip" : "Ip6";
        assertThat(counted(ip + "ReasmOKs")).isEqualTo(cut ? 1 : 0);
        assertThat(counted(ip + "FragOKs")).isEqualTo(cut ? 1 : 0);
        assertThat(counted(ip + "ReasmFails")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void aThousandPingsAreAnsweredEachWithItsOwnData(int version) throws IOException {
        try (PingSocket socket = pinger(version)) {
            var random = new Random(version);
            for (int i = 1; i <= 1000; i++) {
                byte[] data = data(1 + random.nextInt(i % 50 == 0 ? 40_000 : 1400));
                assertThat(socket.ping(i, data)).as("ping %d of %d bytes", i, data.length).isEqualTo(data);
            }
        }
        Map<String, Long> kernel = kernelCounters();
        assertThat(counted(version == 4 ? "IcmpOutEchoReps" : "Icmp6OutEchoReplies")).isEqualTo(1000);
        assertThat(kernel.get("Icmp.InErrors")).isZero();
        assertThat(kernel.get("Icmp.InCsumErrors")).isZero();
        assertThat(kernel.get("Ip.InHdrErrors")).isZero();
        assertThat(kernel.get("Ip.ReasmFails")).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void anAddressThatIsNotBraidsDoesNotAnswer(int version) throws IOException {
        InetAddress other = InetAddress.getByName(version == 4 ? "10.77.0.3" : "fd77::3");
        try (PingSocket socket = namespace.<PingSocket, IOException>call(() -> new PingSocket(other, 300))) {
            assertThatThrownBy(() -> socket.ping(1, data(8))).isInstanceOf(IOException.class);
        }
        assertThat(counted(version == 4 ? "IpDropNotOurs" : "Ip6DropNotOurs")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 1400", "4, 30000", "6, 1", "6, 1400", "6, 30000"})
    void aDatagramToAClosedPortIsRefused(int version, int length) throws IOException {
        try (DatagramChannel channel = namespace.<DatagramChannel, IOException>call(DatagramChannel::open)) {
            channel.connect(new InetSocketAddress(braid(version), 9));
            channel.write(ByteBuffer.wrap(data(length)));
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(16)))
                    .isInstanceOf(PortUnreachableException.class);
        }
        assertThat(counted(version == 4 ? "UdpNoPorts" : "Udp6NoPorts")).isEqualTo(1);
    }

    @Test
    void anUnknownProtocolIsRefused() throws IOException {
        // The kernel counts what it understood of our error.
        long before = kernelCounters().get("Icmp.InDestUnreachs");
        namespace.exec("perl", "-e", "use Socket; socket(my $s, AF_INET, SOCK_RAW, 253) or die $!;"
                + " send($s, 'x' x 40, 0, pack_sockaddr_in(0, inet_aton('10.77.0.2'))) or die $!;");
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (kernelCounters().get("Icmp.InDestUnreachs") == before && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(kernelCounters().get("Icmp.InDestUnreachs")).isEqualTo(before + 1);
        assertThat(kernelCounters().get("IcmpMsg.InType3")).isEqualTo(before + 1);
    }
}
