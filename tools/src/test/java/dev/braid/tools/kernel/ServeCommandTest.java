package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.CountersFile;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/** {@code braid serve} and {@code braid perf} as processes, with the kernel's clients beside them. */
@SuppressWarnings("try") // what is closed early, or only has to be there, is meant so
@Tag("kernel")
@Timeout(120)
@ResourceLock("/run/braid") // the commands ask the one process that there is
class ServeCommandTest {
    private static final String LINK = "tun=tun0,address=10.77.0.2/24+fd77::2/64";

    private final NetworkNamespace namespace = NetworkNamespace.create("serve");

    @AfterEach
    void end() {
        namespace.close();
    }

    private BraidProcess serve() throws IOException {
        BraidProcess braid = BraidProcess.start(
                namespace, "serve", "--link", LINK, "--echo", "7", "--discard", "9,5001", "--chargen", "19");
        braid.awaitLine("ready");
        return braid;
    }

    private SocketChannel connect(String host, int port) throws IOException {
        return namespace.<SocketChannel, IOException>call(() -> SocketChannel.open(new InetSocketAddress(host, port)));
    }

    private void assertEchoes(String host, long bytes) throws Exception {
        try (SocketChannel channel = connect(host, 7)) {
            var sent = Streams.async(() -> {
                String digest = Streams.send(channel, 1, bytes);
                channel.shutdownOutput();
                return digest;
            });
            assertThat(Streams.receive(channel)).isEqualTo(sent.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void theServicesServeAndATermSignalEndsThemAtOnce() throws Exception {
        try (BraidProcess braid = serve()) {
            assertEchoes("10.77.0.2", 64 << 20);
            assertEchoes("fd77::2", 1 << 20);
            try (SocketChannel chargen = connect("10.77.0.2", 19)) {
                ByteBuffer line = ByteBuffer.allocate(74);
                while (line.hasRemaining() && chargen.read(line) >= 0) {
                    // One line is enough.
                }
                assertThat(new String(line.array(), StandardCharsets.US_ASCII)).startsWith(" !\"#$%&'()*+")
                        .endsWith("\r\n");
            }
            try (SocketChannel discard = connect("fd77::2", 5001)) {
                Streams.send(discard, 1, 1 << 20);
                discard.shutdownOutput();
                assertThat(discard.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            long start = System.nanoTime();
            braid.terminate();
            assertThat(braid.await()).isZero();
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(5000);
            assertThat(namespace.exec("ip", "-o", "link")).doesNotContain("tun0");
        }
    }

    @Test
    void aSecondStartWorksAfterAKill() throws Exception {
        BraidProcess first = serve();
        Path counters = countersOf(first.pid());
        first.kill();
        first.await();
        try (BraidProcess second = serve()) {
            assertEchoes("10.77.0.2", 1000);
            assertThat(counters).as("what the killed process left").doesNotExist();
        }
    }

    @Test
    void aClientKilledInMidTransferLeavesNothing() throws Exception {
        try (BraidProcess braid = serve()) {
            Path counters = countersOf(braid.pid());
            assertEchoes("10.77.0.2", 1000);
            awaitGauges(counters, Map.of("TcpCurrEstab", 0L));
            String script = "import socket,sys\n"
                    + "s=socket.create_connection(('10.77.0.2',7))\n"
                    + "print('sending',flush=True)\n"
                    + "while True: s.send(b'x'*65536)\n";
            Process client = namespace.start("python3", "-c", script);
            client.inputReader().readLine();
            Thread.sleep(200);
            client.destroyForcibly();
            awaitGauges(counters, Map.of("TcpCurrEstab", 0L));
            assertEchoes("10.77.0.2", 1 << 20);
        }
    }

    /** The gauges fall back a moment after the last segment. */
    private static void awaitGauges(Path counters, Map<String, Long> expected) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!CountersFile.read(counters).entrySet().containsAll(expected.entrySet())
                && System.nanoTime() < deadline) {
            Thread.sleep(20);
        }
        assertThat(CountersFile.read(counters)).containsAllEntriesOf(expected);
    }

    private static Path countersOf(long pid) throws IOException {
        for (Path folder : new Path[] {Path.of("/run/braid"), Path.of("/tmp/braid-root")}) {
            Path file = folder.resolve(pid + ".counters");
            if (Files.exists(file)) {
                return file;
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/run"), "braid/*")) {
            throw new AssertionError("no counters file of process " + pid + " beside " + files.iterator().hasNext());
        }
    }

    /**
     * The kernel itself sends a few packets over a device that came up lately (router solicitations, multicast reports), and
     * each wakes a thread once. The long form waits until those are over and holds the stack to ten a minute, all told.
     */
    @Test
    void anIdleStackSleeps() throws Exception {
        boolean full = Boolean.getBoolean("braid.full");
        long seconds = full ? 60 : 6;
        try (BraidProcess braid = serve()) {
            assertEchoes("10.77.0.2", 1000);
            // TIME-WAIT, delayed acknowledgements and the JIT come to rest first.
            Thread.sleep(full ? 20_000 : 3000);
            long packets = packets(braid);
            var before = braid.voluntarySwitches();
            long ticks = braid.cpuTicks();
            Thread.sleep(seconds * 1000);
            var after = braid.voluntarySwitches();
            long allowed = full ? 10 : 1 + packets(braid) - packets;
            assertThat(before).isNotEmpty();
            after.forEach(
                    (thread, count) -> assertThat(count - before.get(thread)).as(thread).isLessThanOrEqualTo(allowed));
            if (full) {
                assertThat(braid.cpuTicks() - ticks).as("hundredths of a second").isLessThanOrEqualTo(seconds / 10);
            }
        }
    }

    private static long packets(BraidProcess braid) throws IOException {
        Map<String, Long> counters = CountersFile.read(countersOf(braid.pid()));
        return counters.get("IpInReceives") + counters.get("Ip6InReceives");
    }

    @Test
    void perfMeasuresAgainstTheKernelAndReportsJson() throws Exception {
        String script = "import socket,threading\n"
                + "def serve(port,work):\n"
                + "  l=socket.create_server(('0.0.0.0',port))\n"
                + "  def loop():\n"
                + "    while True:\n"
                + "      c,_=l.accept()\n"
                + "      threading.Thread(target=work,args=(c,),daemon=True).start()\n"
                + "  threading.Thread(target=loop,daemon=True).start()\n"
                + "def discard(c):\n"
                + "  while c.recv(1<<18): pass\n"
                + "  c.close()\n"
                + "def chargen(c):\n"
                + "  try:\n"
                + "    while True: c.send(b'x'*(1<<18))\n"
                + "  except OSError: c.close()\n"
                + "def echo(c):\n"
                + "  c.setsockopt(6,1,1)\n"
                + "  while True:\n"
                + "    d=c.recv(1<<16)\n"
                + "    if not d: break\n"
                + "    c.sendall(d)\n"
                + "  c.close()\n"
                + "serve(9,discard);serve(19,chargen);serve(7,echo)\n"
                + "print('ready',flush=True)\n"
                + "threading.Event().wait(60)\n";
        Process peer = namespace.start("python3", "-c", script);
        assertThat(peer.inputReader().readLine()).isEqualTo("ready");
        for (String[] one : new String[][] {{"stream", "9"}, {"maerts", "19"}, {"rr", "7"}, {"crr", "7"}}) {
            try (BraidProcess braid = BraidProcess.start(namespace, "perf", "--link", LINK, "--to",
                    "10.77.0.1:" + one[1],
                    "--test", one[0], "--seconds", "1", "--json")) {
                String report = braid.rest();
                assertThat(braid.await()).as(report).isZero();
                assertThat(report).contains("\"test\" : \"" + one[0] + "\"", "\"cpu_s\"", "\"retransmits\"");
                assertThat(report).containsAnyOf("\"mbit_s\"", "\"transactions_s\"");
            }
        }
    }

    @Test
    void everyMistakeIsOneLineAndAStatus() throws Exception {
        assertRefused(2, "--link", "serve");
        assertRefused(2, "unknown key", "serve", "--link", "tun=tun0,addres=10.77.0.2/24");
        assertRefused(2, "no device name", "serve", "--link", "tun=a/b,address=10.77.0.2/24");
        assertRefused(2, "no address", "serve", "--link", "tun=tun0,address=10.77.0.256/24");
        assertRefused(2, "address=", "serve", "--link", "tun=tun0");
        assertRefused(2, "no list of ports", "serve", "--link", LINK, "--echo", "70000");
        assertRefused(2, "share a port", "serve", "--link", LINK, "--echo", "7", "--discard", "7");
        assertRefused(2, "--seconds", "perf", "--link", LINK, "--to", "10.77.0.1:9", "--seconds", "0");
        assertRefused(2, "HOST:PORT", "perf", "--link", LINK, "--to", "10.77.0.1");
        assertRefused(2, "servee", "servee");
        assertRefused(1, "refused", "perf", "--link", LINK, "--to", "10.77.0.1:9", "--seconds", "1");
    }

    @Test
    void aBusyDeviceIsNamed() throws Exception {
        try (BraidProcess braid = serve()) {
            assertRefused(1, "tun0", "serve", "--link", LINK);
        }
    }

    @Test
    void aDeviceThatIsNoTunIsNamed() throws Exception {
        assertRefused(1, "lo", "serve", "--link", "tun=lo,address=10.77.0.2/24");
    }

    private void assertRefused(int status, String text, String... arguments) throws Exception {
        try (BraidProcess braid = BraidProcess.start(namespace, arguments)) {
            String said = braid.rest();
            assertThat(braid.await()).as(said).isEqualTo(status);
            assertThat(said.strip().lines()).as(said).hasSize(1);
            assertThat(said).contains(text);
        }
    }
}
