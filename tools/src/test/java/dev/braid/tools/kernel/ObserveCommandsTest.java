package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code braid ss}, {@code nstat} and {@code sysctl} as typed, beside the kernel's tools looking at the other ends. */
@SuppressWarnings("try") // what only has to be there is meant so
@Tag("kernel")
@Timeout(120)
@ResourceLock("/run/braid") // the commands ask the one process that there is
final class ObserveCommandsTest {
    private static final String LINK = "tun=tun0,address=10.77.0.2/24+fd77::2/64";

    private final NetworkNamespace namespace = NetworkNamespace.create("observe");
    private BraidProcess served;

    @BeforeEach
    void serve() throws IOException {
        served = BraidProcess.start(namespace, "serve", "--link", LINK, "--echo", "7", "--discard", "9", "--sysctl",
                "net.ipv4.tcp_fin_timeout=30");
        served.awaitLine("ready");
    }

    @AfterEach
    void end() throws InterruptedException {
        served.terminate();
        served.await();
        served.close();
        namespace.close();
    }

    private SocketChannel connect(String host, int port) throws IOException {
        return namespace.<SocketChannel, IOException>call(() -> SocketChannel.open(new InetSocketAddress(host, port)));
    }

    /** What the command prints about the stack served here, whatever else runs on the machine. */
    private String braid(int status, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(arguments));
        command.add(1, "--pid=" + served.pid());
        try (BraidProcess braid = BraidProcess.start(namespace, command.toArray(String[]::new))) {
            String said = braid.rest();
            assertThat(braid.await()).as(said).isEqualTo(status);
            return said;
        }
    }

    private static void echo(SocketChannel channel, int bytes) throws IOException {
        channel.write(ByteBuffer.allocate(bytes));
        ByteBuffer back = ByteBuffer.allocate(bytes);
        while (back.hasRemaining() && channel.read(back) >= 0) {
            // Until all is back.
        }
    }

    /** The kernel's ss, with the mapped addresses that Java's sockets have shortened. */
    private String kernels(String options) {
        return namespace.exec("ss", options).replace("[::ffff:", "").replace("]", "");
    }

    /** The words of the line below the connection of this port, keys with their values. */
    private static Map<String, String> info(String said, String port) {
        String[] lines = said.split("\n");
        for (int i = 0; i + 1 < lines.length; i++) {
            if (lines[i].contains(port)) {
                var found = new LinkedHashMap<String, String>();
                for (String word : lines[i + 1].strip().split(" ")) {
                    int colon = word.indexOf(':');
                    found.put(colon < 0 ? word : word.substring(0, colon), colon < 0 ? "" : word.substring(colon + 1));
                }
                return found;
            }
        }
        throw new AssertionError("no connection of port " + port + " in:\n" + said);
    }

    @Test
    void bothEndsOfATransferTellTheSameStory() throws Exception {
        try (SocketChannel channel = connect("10.77.0.2", 7)) {
            echo(channel, 20_000);
            Thread.sleep(300); // the last delayed acknowledgement
            String said = braid(0, "ss", "-tinm");
            Map<String, String> ours = info(said, "10.77.0.2:7 ");
            Map<String, String> kernels = info(kernels("-tinm"), "10.77.0.2:7 ");
            assertThat(said).startsWith("State Recv-Q Send-Q Local Address:Port").contains("ESTAB 0      0 ");
            assertThat(ours).containsEntry("bytes_received", "20000").containsEntry("bytes_acked", "20000")
                    .containsEntry("bytes_sent", "20000").containsEntry("mss", kernels.get("mss"))
                    .containsEntry("pmtu", "1500").containsEntry("segs_in", kernels.get("segs_out"));
            assertThat(kernels).containsEntry("bytes_received", "20000").containsEntry("bytes_acked", "20001")
                    .containsEntry("data_segs_out", ours.get("data_segs_in"));
            // The kernel counts a super-frame from a TUN as one segment, so it has seen fewer.
            assertThat(number(ours, "segs_out")).isGreaterThanOrEqualTo(number(kernels, "segs_in"));
            assertThat(number(ours, "data_segs_out")).isEqualTo((20_000 + 1447) / 1448);
            assertThat(reversed(kernels.get("wscale"))).isEqualTo(ours.get("wscale"));
            assertOrder(ours, kernels);
        }
    }

    @Test
    void bothEndsOfAMultipathConnectionTellTheSameStory() throws Exception {
        try (MptcpChannel channel = namespace.<MptcpChannel, IOException>call(
                () -> MptcpChannel.connectTo(new InetSocketAddress("10.77.0.2", 7)))) {
            echo(channel, 20_000);
            Thread.sleep(300); // the last DATA_ACK
            Map<String, String> ours = info(braid(0, "ss", "-Min"), "10.77.0.2:7 ");
            Map<String, String> kernels = info(kernels("-Min"), "10.77.0.2:7 ");
            assertThat(hex(ours, "write_seq")).isEqualTo(kernels.get("rcv_nxt"));
            assertThat(hex(ours, "snd_una")).isEqualTo(kernels.get("rcv_nxt"));
            assertThat(hex(ours, "rcv_nxt")).isEqualTo(kernels.get("write_seq"));
            assertThat(ours).containsKeys("remote_key", "token").containsEntry("bytes_acked", "20000")
                    .containsEntry("bytes_sent", "20000").containsEntry("bytes_received", "20000");
            assertThat(ours.keySet().stream().filter(kernels::containsKey).toList())
                    .isEqualTo(kernels.keySet().stream().filter(ours::containsKey).toList());
            String subflow = braid(0, "ss", "-tin");
            assertThat(subflow).contains("tcp-ulp-mptcp flags:Mec").contains("/" + ours.get("token") + "(id:0)");
            assertThat(braid(0, "ss", "-Mln")).contains("*:7 ", "*:9 ");
            assertThat(braid(0, "nstat", "-a", "MPTcpExt*")).contains("MPTcpExtMPCapableACKRX          1  ",
                    "MPTcpExtMPCurrEstab             1  ");
        }
    }

    private static String hex(Map<String, String> info, String key) {
        return Long.toHexString(Long.parseUnsignedLong(info.get(key)));
    }

    private static long number(Map<String, String> info, String key) {
        return Long.parseLong(info.getOrDefault(key, "0"));
    }

    private static String reversed(String pair) {
        String[] halves = pair.split(",");
        return halves[1] + "," + halves[0];
    }

    /** Keys that both print come in the same order. */
    private static void assertOrder(Map<String, String> ours, Map<String, String> kernels) {
        List<String> common = ours.keySet().stream().filter(kernels::containsKey).toList();
        List<String> kernelsOrder = kernels.keySet().stream().filter(ours::containsKey).toList();
        assertThat(common).isEqualTo(kernelsOrder).contains("rto", "rtt", "mss", "cwnd", "send", "lastsnd", "minrtt");
    }

    @Test
    void statesAndPortsChooseWhatIsShown() throws Exception {
        try (SocketChannel echo = connect("10.77.0.2", 7); SocketChannel discard = connect("fd77::2", 9)) {
            assertThat(braid(0, "ss", "-tn")).contains("10.77.0.2:7 ", "[fd77::2]:9 ").doesNotContain("LISTEN");
            assertThat(braid(0, "ss", "-tna")).contains("LISTEN 0      1024 ", "*:7 ", "*:9 ");
            assertThat(braid(0, "ss", "-tnH", "sport", "=", ":9").strip().lines()).hasSize(1);
            assertThat(braid(0, "ss", "-tnl")).contains("LISTEN").doesNotContain("ESTAB");
            assertThat(braid(0, "ss", "-t")).contains("10.77.0.2:echo ", "[fd77::2]:discard ");
            assertThat(braid(0, "ss", "--json")).contains("\"local_port\" : 7", "\"bytes_acked\"");
            assertThat(braid(2, "ss", "state", "nonsense").strip().lines()).hasSize(1);
        }
    }

    @Test
    void aTunableTakesEffectOnTheNextConnection() throws Exception {
        assertThat(braid(0, "sysctl", "net.ipv4.tcp_fin_timeout")).isEqualTo("net.ipv4.tcp_fin_timeout = 30\n");
        try (SocketChannel before = connect("10.77.0.2", 7)) {
            echo(before, 1);
            assertThat(braid(0, "sysctl", "net.ipv4.tcp_window_scaling=0"))
                    .isEqualTo("net.ipv4.tcp_window_scaling = 0\n");
            assertThat(braid(0, "ss", "-tin")).contains("wscale:");
        }
        try (SocketChannel after = connect("10.77.0.2", 7)) {
            echo(after, 1);
            assertThat(braid(0, "ss", "-tin", "state", "established")).doesNotContain("wscale:");
            assertThat(info(kernels("-tin"), "10.77.0.2:7 ")).doesNotContainKey("wscale");
        }
        assertThat(braid(0, "sysctl", "-a").lines()).hasSizeGreaterThan(40).contains("net.ipv4.ip_default_ttl = 64");
        assertThat(braid(1, "sysctl", "net.ipv4.tcp_windowscaling").strip())
                .endsWith("there is no tunable net.ipv4.tcp_windowscaling; did you mean net.ipv4.tcp_window_scaling?");
        assertThat(braid(1, "sysctl", "net.ipv4.ip_default_ttl=0").strip())
                .endsWith("net.ipv4.ip_default_ttl must be 1..255, not 0");
    }

    @Test
    void countersMoveBetweenTwoCalls() throws Exception {
        braid(0, "nstat", "-n");
        try (SocketChannel channel = connect("10.77.0.2", 7)) {
            echo(channel, 10);
            assertThat(braid(0, "nstat", "Tcp*Opens")).isEqualTo("#kernel\n"
                    + "TcpPassiveOpens                 1                  0.0\n");
            assertThat(braid(0, "nstat", "Tcp*Opens")).isEqualTo("#kernel\n");
            assertThat(braid(0, "nstat", "-az", "TcpActiveOpens", "TcpPassiveOpens")).contains("TcpActiveOpens ",
                    " 0 ");
            assertThat(braid(0, "nstat", "-a", "--json", "TcpPassiveOpens"))
                    .isEqualTo("{\"kernel\":{\"TcpPassiveOpens\":1}}\n");
        }
    }

    @Test
    void theProcessAskedForMustBeThereAndLeavesNothing() throws Exception {
        try (BraidProcess other = BraidProcess.start(namespace, "ss", "--pid", "1")) {
            assertThat(other.rest()).contains("process 1 has no stack").hasLineCount(1);
            assertThat(other.await()).isEqualTo(1);
        }
        braid(0, "nstat", "-n");
        served.terminate();
        served.await();
        for (String folder : List.of("/run/braid", "/tmp/braid-root")) {
            for (String suffix : List.of(".sock", ".counters", ".nstat")) {
                assertThat(Files.exists(Path.of(folder, served.pid() + suffix))).as(suffix).isFalse();
            }
        }
    }
}
