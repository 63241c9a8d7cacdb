package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.braid.tundriver.netns.NetworkNamespace;
import dev.braid.tundriver.socket.MptcpChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code braid capture} beside {@code braid serve}, its files judged by tshark. */
@Tag("kernel")
@Timeout(120)
@ResourceLock("/run/braid") // the commands ask the one process that there is
class CaptureCommandTest {
    private static final String LINK = "tun=tun0,address=10.77.0.2/24+fd77::2/64";

    private final NetworkNamespace namespace = NetworkNamespace.create("capture");
    @TempDir private Path folder;
    private BraidProcess serve;

    @BeforeEach
    void serve() throws IOException {
        assumeThat(Path.of("/usr/bin/tshark")).as("tshark, which verify installs").exists();
        serve = BraidProcess.start(namespace, "serve", "--link", LINK, "--echo", "7", "--chargen", "19");
        serve.awaitLine("ready");
    }

    @AfterEach
    void end() {
        if (serve != null) {
            serve.close();
        }
        namespace.close();
    }

    private BraidProcess capture(Path file, String... options) throws IOException {
        var arguments = new java.util.ArrayList<String>(
                List.of("capture", "--pid", String.valueOf(serve.pid()), "-w", file.toString()));
        arguments.addAll(List.of(options));
        BraidProcess capture = BraidProcess.start(namespace, arguments.toArray(String[]::new));
        capture.awaitLine("tun0 of process");
        return capture;
    }

    private SocketChannel connect(String host, int port) throws IOException {
        return namespace.<SocketChannel, IOException>call(() -> SocketChannel.open(new InetSocketAddress(host, port)));
    }

    private void echo(String host, long bytes) throws Exception {
        try (SocketChannel channel = connect(host, 7)) {
            var sent = Streams.async(() -> {
                String digest = Streams.send(channel, 1, bytes);
                channel.shutdownOutput();
                return digest;
            });
            assertThat(Streams.receive(channel)).isEqualTo(sent.get(60, TimeUnit.SECONDS));
        }
    }

    /** The lines that tshark prints of a file, checksums verified. */
    private static List<String> tshark(Path file, String... arguments) throws Exception {
        var command = new java.util.ArrayList<String>(
                List.of("tshark", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-r",
                        file.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines = process.inputReader().readAllLines();
        assertThat(process.waitFor()).as("tshark's exit status").isZero();
        return lines;
    }

    private static int packets(Path file, String filter) throws Exception {
        return tshark(file, "-Y", filter).size();
    }

    @Test
    void aWireCaptureOfBothFamiliesHasNoErrorAndSaysWhySegmentsWereSent() throws Exception {
        Path file = folder.resolve("wire.pcapng");
        try (BraidProcess capture = capture(file, "-i", "tun0", "--wire", "--comments")) {
            echo("10.77.0.2", 2 << 20);
            echo("fd77::2", 2 << 20);
            capture.terminate();
            assertThat(capture.rest()).contains(" 0 frames missing");
            assertThat(capture.await()).isZero();
        }
        assertThat(packets(file, "_ws.expert.severity >= 8388608")).as("errors").isZero();
        assertThat(packets(file, "tcp.checksum.status != 1")).as("checksums not good").isZero();
        assertThat(packets(file, "frame.len > 1500")).as("super-frames").isZero();
        assertThat(packets(file, "ipv6")).isGreaterThan(1000);
        assertThat(packets(file, "ip")).isGreaterThan(1000);
        assertThat(packets(file, "frame.comment == \"answer to SYN\"")).isEqualTo(2);
        assertThat(packets(file, "frame.comment contains \"new data\" && tcp.srcport == 7")).isGreaterThan(500);
        assertThat(packets(file, "tcp.srcport == 7 && !frame.comment")).as("sent without a reason").isZero();
        assertThat(packets(file, "tcp.dstport == 7 && frame.comment")).isZero();
        assertThat(packets(file, "tcp.srcport == 7 && frame.packet_flags_direction != 2")).isZero();
        assertThat(tshark(file, "-T", "fields", "-e", "frame.interface_name", "-c", "1")).containsExactly("tun0");
    }

    @Test
    void whatMultipathTcpDecidesIsSaidToo() throws Exception {
        Path file = folder.resolve("multipath.pcapng");
        namespace.exec("ip", "addr", "add", "10.77.0.3/24", "dev", "tun0");
        namespace.exec("ip", "mptcp", "endpoint", "add", "10.77.0.3", "subflow");
        try (BraidProcess capture = capture(file, "--wire", "--comments");
                SocketChannel channel = namespace.<SocketChannel, IOException>call(() -> MptcpChannel.open(false))) {
            channel.connect(new InetSocketAddress("10.77.0.2", 7));
            var sent = Streams.async(() -> {
                String digest = Streams.send(channel, 1, 4 << 20);
                channel.shutdownOutput();
                return digest;
            });
            assertThat(Streams.receive(channel)).isEqualTo(sent.get(60, TimeUnit.SECONDS));
            capture.terminate();
            assertThat(capture.await()).isZero();
        }
        assertThat(packets(file, "frame.comment == \"answer to SYN, join accepted\"")).isEqualTo(1);
        assertThat(packets(file, "frame.comment contains \"new data, fastest path\"")).isPositive();
    }

    @Test
    void withoutWireFormSuperFramesAreShownWhole() throws Exception {
        Path file = folder.resolve("stack.pcapng");
        try (BraidProcess capture = capture(file, "--snaplen", "100")) {
            echo("10.77.0.2", 4 << 20);
            capture.terminate();
            assertThat(capture.await()).isZero();
        }
        assertThat(packets(file, "frame.len > 1500")).isPositive();
        assertThat(packets(file, "frame.cap_len > 100")).isZero();
        assertThat(packets(file, "frame.comment")).isZero();
    }

    @Test
    void aCaptureEndsAfterItsCountWhileTrafficRuns() throws Exception {
        Path file = folder.resolve("count.pcapng");
        try (SocketChannel chargen = connect("10.77.0.2", 19)) {
            try (BraidProcess capture = capture(file, "--count", "50")) {
                ByteBuffer sink = ByteBuffer.allocate(1 << 16);
                for (int i = 0; i < 2000; i++) {
                    sink.clear();
                    chargen.read(sink);
                }
                assertThat(capture.await()).isZero();
            }
        }
        assertThat(tshark(file)).hasSize(50);
    }

    @Test
    void aKilledCaptureLeavesAReadableFileAndNothingInTheStack() throws Exception {
        Path file = folder.resolve("killed.pcapng");
        try (BraidProcess capture = capture(file, "--comments")) {
            echo("10.77.0.2", 1 << 20);
            assertThat(rings()).isEqualTo(1);
            Thread.sleep(100);
            capture.kill();
            capture.await();
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (rings() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(rings()).isZero();
        assertThat(packets(file, "tcp.port == 7")).isGreaterThan(10);
        echo("10.77.0.2", 1 << 20);
        try (BraidProcess sysctl = BraidProcess.start(
                namespace, "sysctl", "--pid", String.valueOf(serve.pid()), "net.braid.tcp_trace_decisions")) {
            assertThat(sysctl.rest()).contains("= 0");
        }
    }

    private int rings() throws IOException {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path place = Path.of(runtime == null || runtime.isEmpty() ? "/run" : runtime, "braid");
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place, serve.pid() + ".capture.*")) {
            for (Path found : files) {
                assertThat(found).exists();
                count++;
            }
        }
        return count;
    }

    @Test
    void anUnknownLinkAndAnImpossiblePlaceAreOneLine() throws Exception {
        for (List<String> wrong : List.of(List.of("-i", "nosuch", "-w", folder.resolve("x").toString()),
                List.of("-w", folder.resolve("no/such").toString()))) {
            var arguments = new java.util.ArrayList<String>(
                    List.of("capture", "--pid", String.valueOf(serve.pid())));
            arguments.addAll(wrong);
            try (BraidProcess capture = BraidProcess.start(namespace, arguments.toArray(String[]::new))) {
                assertThat(capture.rest().lines()).hasSize(1).first().asString().startsWith("braid capture: ");
                assertThat(capture.await()).isEqualTo(1);
            }
        }
    }
}
