package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.tundriver.netlink.Rtnetlink;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code braid link-emu} as a process between two hosts of the kernel's. */
@SuppressWarnings("try") // what is closed early, or only has to be there, is meant so
@Tag("kernel")
@Timeout(120)
class LinkEmuCommandTest {
    private final TwoHosts hosts = new TwoHosts();

    @AfterEach
    void end() {
        hosts.close();
    }

    private BraidProcess emulate(String... options) throws IOException {
        return emulateBetween(hosts.tuns(), options);
    }

    private BraidProcess emulateBetween(String[] ends, String... options) throws IOException {
        var arguments = new ArrayList<>(List.of("link-emu", "--json"));
        arguments.addAll(List.of(ends));
        arguments.addAll(List.of(options));
        BraidProcess braid = BraidProcess.start(hosts.left, arguments.toArray(String[]::new));
        braid.awaitLine("ready");
        return braid;
    }

    /** What it reports when it is told to end. */
    private static JsonNode report(BraidProcess braid) throws Exception {
        braid.terminate();
        String said = braid.rest();
        assertThat(braid.await()).as(said).isZero();
        return JsonMapper.shared().readTree(said);
    }

    private void assertCarries(long bytes) throws Exception {
        try (ServerSocketChannel listener = hosts.listen();
                SocketChannel from = hosts.connect(listener);
                SocketChannel to = listener.accept()) {
            var sent = Streams.async(() -> {
                String digest = Streams.send(from, 3, bytes);
                from.shutdownOutput();
                return digest;
            });
            assertThat(Streams.receive(to)).isEqualTo(sent.get(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void aRateAndAQueueShapeATransfer() throws Exception {
        try (BraidProcess braid = emulate("--rate", "40mbit", "--queue", "100kB", "--delay", "5ms")) {
            hosts.pinCubic();
            double rate = hosts.bitsPerSecond(1, 2) / 1e6;
            // 1,448 of 1,514 bytes are the application's; a busy machine may hold it back.
            assertThat(rate).isBetween(30.0, 38.4);
            JsonNode ab = report(braid).get("ab");
            assertThat(ab.get("queue_high_water").asInt()).isBetween(50_000, 102_400);
            assertThat(ab.get("queue_full").asInt()).isPositive();
            assertThat(ab.get("lost").asInt()).isZero();
        }
        assertThat(hosts.left.exec("ip", "-o", "link")).doesNotContain("wire0");
    }

    @Test
    void everythingAtOnceStillArrivesWhole() throws Exception {
        try (BraidProcess braid = emulate("--delay", "3ms", "--jitter", "1ms", "--ab.loss", "1%", "--ba.gemodel",
                "0.5%,50%", "--reorder", "1%,3ms", "--duplicate", "1%", "--corrupt", "0.5%", "--seed", "5")) {
            assertCarries(4 << 20);
            JsonNode report = report(braid);
            for (String fate : List.of("lost", "duplicated", "corrupted", "arrived")) {
                assertThat(report.get("ab").get(fate).asInt()).as(fate).isPositive();
            }
            assertThat(report.get("ba").get("lost").asInt()).as("bursts").isPositive();
            assertThat(report.get("device_drops").size()).as(report.toString()).isZero();
        }
    }

    @Test
    void middleboxesMeddleAndTheTransferSurvives() throws Exception {
        try (BraidProcess braid = emulate("--middlebox",
                "strip-syn=timestamps+sack-permitted,mss=1000,seq,split=400,ecn-bleach,no-urgent")) {
            try (ServerSocketChannel listener = hosts.listen();
                    SocketChannel from = hosts.connect(listener);
                    SocketChannel to = listener.accept()) {
                String sent = Streams.send(from, 3, 64 << 10);
                from.shutdownOutput();
                String seen = hosts.right.exec("ss", "-tin");
                assertThat(seen).contains("wscale").doesNotContain(" ts ", "sack");
                assertThat(Streams.receive(to)).isEqualTo(sent);
            }
            JsonNode boxes = report(braid).get("boxes");
            assertThat(boxes.get("ab.strip-syn").asInt()).isEqualTo(1);
            assertThat(boxes.get("ba.mss").asInt()).isEqualTo(1);
            assertThat(boxes.get("ab.split").asInt()).isPositive();
        }
    }

    @Test
    void aSynWithAnOptionThatABoxDislikesNeverArrives() throws Exception {
        try (BraidProcess braid = emulate("--ab.middlebox", "drop-syn=timestamps");
                ServerSocketChannel listener = hosts.listen()) {
            String target = ((InetSocketAddress) listener.getLocalAddress()).getPort() + "";
            assertThatThrownBy(() -> hosts.left.exec("python3", "-c",
                    "import socket;socket.create_connection(('" + TwoHosts.RIGHT + "'," + target + "),0.5)"))
                    .hasMessageContaining("timed out");
            assertThat(report(braid).get("boxes").get("ab.drop-syn").asInt()).isPositive();
        }
    }

    @Test
    void aNatThatForgetsEndsTheConnectionByAReset() throws Exception {
        try (BraidProcess braid = emulate("--nat", "timeout=1s,inside=a");
                ServerSocketChannel listener = hosts.listen();
                SocketChannel from = hosts.connect(listener);
                SocketChannel to = listener.accept()) {
            assertThat(((InetSocketAddress) to.getRemoteAddress()).getPort())
                    .isNotEqualTo(((InetSocketAddress) from.getLocalAddress()).getPort());
            from.write(ByteBuffer.wrap(new byte[] {1}));
            assertThat(to.read(ByteBuffer.allocate(1))).isOne();
            Thread.sleep(2000);
            from.write(ByteBuffer.wrap(new byte[] {2}));
            assertThatThrownBy(() -> from.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
            assertThat(report(braid).get("nat").get("forgotten").asInt()).isPositive();
        }
    }

    @Test
    void exactlyTheChosenPacketsAreLost() throws Exception {
        try (BraidProcess braid = emulate("--ab.loss-at", "3,5-6")) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getByName(TwoHosts.RIGHT), 7777);
            try (DatagramChannel receiver = hosts.right.<DatagramChannel, IOException>call(
                    () -> DatagramChannel.open().bind(to));
                    DatagramChannel sender = hosts.left.<DatagramChannel, IOException>call(DatagramChannel::open)) {
                for (byte i = 0; i < 10; i++) {
                    sender.send(ByteBuffer.wrap(new byte[] {i}), to);
                }
                var arrived = new ArrayList<Integer>();
                while (arrived.isEmpty() || arrived.getLast() != 9) {
                    ByteBuffer one = ByteBuffer.allocate(1);
                    receiver.receive(one);
                    arrived.add((int) one.get(0));
                }
                assertThat(arrived).containsExactly(0, 1, 2, 4, 7, 8, 9);
            }
            assertThat(report(braid).get("ab").get("lost").asInt()).isEqualTo(3);
        }
    }

    @Test
    void twoVethsAreJoinedWithAllThatPassesBetweenThem() throws Exception {
        try (NetworkNamespace middle = NetworkNamespace.create("middle")) {
            wire(hosts.left, TwoHosts.LEFT, middle, "va");
            wire(hosts.right, TwoHosts.RIGHT, middle, "vb");
            String[] ends = {"--a", "veth=va,netns=" + middle.path(), "--b", "veth=vb,netns=" + middle.path()};
            try (BraidProcess braid = emulateBetween(ends, "--delay", "2ms", "--loss", "0.5%", "--duplicate", "0.5%",
                    "--middlebox", "split=700")) {
                assertCarries(4 << 20);
                assertThat(hosts.left.exec("ip", "neighbour")).contains(TwoHosts.RIGHT);
                JsonNode report = report(braid);
                JsonNode ab = report.get("ab");
                assertThat(ab.get("bytes_arrived").asLong() / ab.get("arrived").asLong()).isLessThanOrEqualTo(1500);
                assertThat(ab.get("lost").asInt()).isPositive();
                assertThat(report.get("boxes").get("ab.split").asInt()).isPositive();
                assertThat(report.get("device_drops").size()).as(report.toString()).isZero();
            }
        }
    }

    private static void wire(NetworkNamespace host, String address, NetworkNamespace middle, String name) {
        try (Rtnetlink netlink = host.netlink()) {
            netlink.createVeth("wire0", name, middle.descriptor());
            netlink.up(netlink.link("wire0").index());
            netlink.addAddress(netlink.link("wire0").index(), Prefix.parse(address + "/24"));
        }
    }

    @Test
    void statisticsComeEverySecondAndItEndsInTime() throws Exception {
        String[] ends = hosts.tuns();
        try (BraidProcess braid = BraidProcess.start(hosts.left, "link-emu", ends[0], ends[1], ends[2], ends[3],
                "--seconds", "2", "--stats", "1")) {
            String said = braid.rest();
            assertThat(braid.await()).as(said).isZero();
            assertThat(said.lines().filter(line -> line.contains("Mbit/s"))).hasSize(4);
            assertThat(said).contains("queue_high_water");
        }
    }

    @Test
    void everyMistakeIsOneLineAndAStatus() throws Exception {
        assertRefused(2, "--b", "--a", "tun=wire0");
        assertRefused(2, "same device", "--a", "tun=wire0", "--b", "tun=wire0");
        assertRefused(2, "--delay", "--a", "tun=wire0", "--b", "tun=wire1", "--delay", "20");
        assertRefused(2, "no middlebox", "--a", "tun=wire0", "--b", "tun=wire1", "--middlebox", "stripp=mptcp");
        assertRefused(1, "two of a kind", "--a", "tun=wire0", "--b", "veth=wire1");
        assertRefused(1, "nosuch", "--a", "tun=wire0,netns=nosuch", "--b", "tun=wire1");
    }

    private void assertRefused(int status, String text, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of("link-emu"));
        all.addAll(List.of(arguments));
        try (BraidProcess braid = BraidProcess.start(hosts.left, all.toArray(String[]::new))) {
            String said = braid.rest();
            assertThat(braid.await()).as(said).isEqualTo(status);
            assertThat(said.strip().lines()).as(said).hasSize(1);
            assertThat(said).contains(text);
        }
    }
}
