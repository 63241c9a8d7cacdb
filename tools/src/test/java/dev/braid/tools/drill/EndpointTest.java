package dev.braid.tools.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.PollEvents;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The endpoint as its protocol describes it, with a client that needs no packetdrill. */
@Timeout(60)
class EndpointTest {
    private static final int EAGER = 0;
    private static final int EPOLLET = 1 << 31;
    private static final int O_NONBLOCK = 0x800;
    private static final int F_SETFL = 4;
    private static final int SECOND_US = 1_000_000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PROTOCOL = 38;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_IS_MPTCP = 43;
    private static final int SOL_MPTCP = 284;

    @TempDir private Path folder = Path.of("");
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private Path calls = Path.of("");
    private Path wire = Path.of("");
    @SuppressWarnings("NullAway.Init") private Endpoint endpoint;
    private Thread thread = new Thread();

    @BeforeEach
    void start() throws IOException {
        calls = folder.resolve("calls");
        wire = folder.resolve("wire");
        Endpoint made = new Endpoint(calls, wire, true, new PrintStream(log, true, StandardCharsets.UTF_8));
        endpoint = made;
        thread = Thread.ofPlatform().start(() -> {
            try {
                made.run();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        });
    }

    @AfterEach
    void stop() throws Exception {
        endpoint.stop();
        thread.join();
        endpoint.close();
        assertThat(Files.exists(calls)).isFalse();
        assertThat(Files.exists(wire)).isFalse();
    }

    private DrillClient client(String token) throws IOException {
        return new DrillClient(calls, wire, token);
    }

    private static List<Packet> packets(List<DrillClient.Frame> frames) {
        return frames.stream().map(frame -> Packet.parse(frame.data())).toList();
    }

    @Test
    void aSocketIsWhatItsProtocolNumberSays() throws IOException {
        try (DrillClient client = client("a")) {
            for (int number : new int[] {0, 6, 262}) {
                int fd = (int) client.call(Op.SOCKET, -1, SocketAddress.AF_INET, 1, number).result();
                boolean multipath = number == 262;
                assertThat(option(client, fd, SOL_SOCKET, SO_PROTOCOL)).isEqualTo(multipath ? 262 : 6);
                assertThat(option(client, fd, IPPROTO_TCP, TCP_IS_MPTCP)).isEqualTo(multipath ? 1 : 0);
                client.ask(Op.GETSOCKOPT, CallRecord.NULL_NAME, fd, SOL_MPTCP, 1, 0, 0, 512, new byte[0], new byte[0]);
                DrillClient.Answered info = client.answer();
                assertThat(multipath ? info.data().length : info.errno()).isEqualTo(multipath ? 96 : Errno.EOPNOTSUPP);
                client.ask(Op.GETSOCKOPT, CallRecord.NULL_NAME, fd, SOL_MPTCP, 4, 0, 0, 512, new byte[0], new byte[0]);
                assertThat(client.answer().errno()).as("addresses of another process").isEqualTo(Errno.EOPNOTSUPP);
            }
            assertThat(client.call(Op.SOCKET, -1, SocketAddress.AF_INET, 1, 132).errno())
                    .isEqualTo(Errno.EPROTONOSUPPORT);
        }
    }

    private static int option(DrillClient client, int fd, int level, int name) throws IOException {
        client.ask(Op.GETSOCKOPT, CallRecord.NULL_NAME, fd, level, name, 0, 0, 4, new byte[0], new byte[0]);
        return ByteBuffer.wrap(client.answer().data()).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    @Test
    void aListenerAnswersASynBeforeThePacketIsDone() throws IOException {
        try (DrillClient client = client("a")) {
            assertThat(client.virtualClock).isTrue();
            client.listen();

            List<Packet> answers = packets(client.inject(Packet.of(0, 0, Packet.SYN, 0)));

            assertThat(answers).hasSize(1);
            assertThat(answers.getFirst().flags()).isEqualTo(Packet.SYN | Packet.ACK);
            assertThat(answers.getFirst().ack()).isEqualTo(1);
        }
    }

    @Test
    void whatACallSendsIsOnTheWireBeforeItsAnswer() throws IOException {
        try (DrillClient client = client("a")) {
            int fd = client.accepted(client.listen());

            DrillClient.Answered written = client.callWithData(Op.SEND, EAGER, fd, 0, 0, new byte[] {1, 2, 3});
            client.wire.configureBlocking(false);
            ByteBuffer first = DrillClient.little(4);
            int there = client.wire.read(first);

            assertThat(written.result()).isEqualTo(3);
            assertThat(there).isEqualTo(4);
        }
    }

    @Test
    void thePeerNeverSeesTimeMoveUnlessItIsTold() throws IOException {
        try (DrillClient client = client("a")) {
            int fd = (int) client.call(Op.SOCKET, -1, SocketAddress.AF_INET, 1, 0).result();
            client.call(Op.FCNTL, fd, F_SETFL, O_NONBLOCK);
            assertThat(client.callWithName(Op.CONNECT, fd, "192.0.2.1", 40_000).errno()).isEqualTo(Errno.EINPROGRESS);
            DrillClient.Frame syn = client.frame();

            List<DrillClient.Frame> again = client.await(1, 10L * SECOND_US);

            assertThat(syn.timeUsecs()).isEqualTo(client.startUsecs);
            assertThat(again).hasSize(1);
            // The initial retransmission timeout is a second, and the timer wheel's tick less than a millisecond.
            assertThat(again.getFirst().timeUsecs() - syn.timeUsecs()).isBetween(1_000_000L, 1_001_000L);
        }
    }

    @Test
    void aWaitEndsAtOnceWhenFramesHaveNotBeenSeen() throws IOException {
        try (DrillClient client = client("a")) {
            client.listen();
            client.inject(Packet.of(0, 0, Packet.SYN, 0));

            assertThat(client.await(0, 100L * SECOND_US)).isEmpty();
            assertThat(client.await(1, SECOND_US / 2)).isEmpty();
        }
    }

    @Test
    void everyDeadlineUpToACallsTimeExpiresAtItsOwn() throws IOException {
        try (DrillClient client = client("a")) {
            client.listen();
            client.inject(Packet.of(0, 0, Packet.SYN, 0));

            client.nowUsecs += 4L * SECOND_US;
            client.call(Op.CLOCK, -1);

            assertThat(client.frame().timeUsecs() - client.startUsecs).isBetween(1_000_000L, 1_001_000L);
            assertThat(client.frame().timeUsecs() - client.startUsecs).isBetween(3_000_000L, 3_001_000L);
        }
    }

    @Test
    void aBlockingAcceptIsAnsweredByTheConnectionItWaitsForBeforeThePacketIsDone() throws IOException {
        try (DrillClient client = client("a")) {
            int listener = client.listen();
            int parked = client.ask(Op.ACCEPT, CallRecord.MAY_BLOCK, listener, 0, 0, 0, 16, 0, new byte[0],
                    new byte[0]);
            client.nowUsecs += 250_000;
            Packet synAck = packets(client.inject(Packet.of(0, 0, Packet.SYN, 0))).getFirst();
            client.inject(Packet.of(1, synAck.seq() + 1, Packet.ACK, 0));

            client.calls.configureBlocking(false);
            DrillClient.Answered accepted = client.answer();

            assertThat(accepted.id()).isEqualTo(parked);
            assertThat(accepted.result()).isGreaterThan(listener);
            assertThat(accepted.timeUsecs()).isEqualTo(client.startUsecs + 250_000);
            assertThat(accepted.name()).isEqualTo(DrillClient.address("192.0.2.1", 40_000));
        }
    }

    @Test
    void aMainThreadThatWaitsLetsTimeRun() throws IOException {
        try (DrillClient client = client("a")) {
            int epoll = (int) client.call(Op.EPOLL_CREATE, -1).result();

            DrillClient.Answered nothing = client.call(Op.EPOLL_WAIT, epoll, 1, 1_500);

            assertThat(nothing.result()).isZero();
            assertThat(nothing.timeUsecs()).isEqualTo(client.startUsecs + 1_500_000);
        }
    }

    @Test
    void zerosTravelAsTheirNumber() throws IOException {
        try (DrillClient client = client("a")) {
            int fd = client.accepted(client.listen());
            client.ask(Op.SEND, CallRecord.ZERO_DATA | CallRecord.NULL_NAME, fd, 0, 0, 0, 0, 2_000, new byte[0],
                    new byte[0]);
            assertThat(client.answer().result()).isEqualTo(2_000);

            client.inject(Packet.of(1, 0, Packet.ACK, 0));
            DrillClient.Answered nothing = client.call(Op.IOCTL, fd);
            assertThat(nothing.errno()).isEqualTo(Errno.EINVAL);
            assertThat(client.read(EAGER, client.listen(), 10).errno()).isEqualTo(Errno.ENOTCONN);
        }
    }

    @Test
    void aNullBufferFailsOnlyWhereItWouldBeTouched() throws IOException {
        try (DrillClient client = client("a")) {
            int fd = client.accepted(client.listen());
            client.call(Op.FCNTL, fd, F_SETFL, O_NONBLOCK);

            assertThat(client.read(CallRecord.NULL_DATA, fd, 100).errno()).isEqualTo(Errno.EAGAIN);
            client.ask(Op.SEND, CallRecord.NULL_DATA | CallRecord.NULL_NAME, fd, 0, 0, 0, 0, 100, new byte[0],
                    new byte[0]);
            assertThat(client.answer().errno()).isEqualTo(Errno.EFAULT);
        }
    }

    @Test
    void edgeTriggeredInterestReportsEachArrivalOnce() throws IOException {
        try (DrillClient client = client("a")) {
            int listener = client.listen();
            Packet synAck = packets(client.inject(Packet.of(0, 0, Packet.SYN, 0))).getFirst();
            client.inject(Packet.of(1, synAck.seq() + 1, Packet.ACK, 0));
            int fd = (int) client.call(Op.ACCEPT, listener).result();
            int epoll = (int) client.call(Op.EPOLL_CREATE, -1).result();
            client.call(Op.EPOLL_CTL, epoll, 1, fd, PollEvents.POLLIN | EPOLLET);
            assertThat(client.call(Op.EPOLL_WAIT, epoll, 1, 0).result()).isZero();

            client.inject(Packet.of(1, synAck.seq() + 1, Packet.ACK, 500));

            assertThat(client.call(Op.EPOLL_WAIT, epoll, 1, 0).result()).isEqualTo(1);
            assertThat(client.call(Op.EPOLL_WAIT, epoll, 1, 0).result()).isZero();
            assertThat(client.read(EAGER, fd, 1_000).zeroData()).isTrue();
        }
    }

    @Test
    void aTunableChangesTheSessionThatIsOpenAndNoLaterOne() throws IOException {
        int withTimestamps;
        int without;
        int later;
        try (DrillClient client = client("a")) {
            withTimestamps = optionsOfASyn(client);
            assertThat(DrillClient.control(calls, "sysctl", "-q", "net.ipv4.tcp_timestamps=0").result()).isZero();
            without = optionsOfASyn(client);
            assertThat(new String(DrillClient.control(calls, "sysctl", "-n", "net.ipv4.tcp_timestamps").data(),
                    StandardCharsets.UTF_8)).isEqualTo("0\n");
        }
        try (DrillClient client = client("b")) {
            later = optionsOfASyn(client);
        }
        assertThat(without).isLessThan(withTimestamps);
        assertThat(later).isEqualTo(withTimestamps);
    }

    private static int optionsOfASyn(DrillClient client) throws IOException {
        int fd = (int) client.call(Op.SOCKET, -1, SocketAddress.AF_INET, 1, 0).result();
        client.call(Op.FCNTL, fd, F_SETFL, O_NONBLOCK);
        client.callWithName(Op.CONNECT, fd, "192.0.2.1", 40_000);
        int options = Packet.parse(client.frame().data()).options();
        client.call(Op.CLOSE, fd);
        return options;
    }

    @Test
    void aCommandThatLinuxHasAndTheStackHasNotSaysSo() throws IOException {
        try (DrillClient client = client("a")) {
            assertThat(client.virtualClock).isTrue();
            assertThat(DrillClient.control(calls, "ip", "mptcp", "endpoint", "show").result()).isNotZero();
            assertThat(DrillClient.control(calls, "tc", "qdisc", "add", "dev", "tun0", "root", "pfifo").result())
                    .isZero();
            assertThat(DrillClient.control(calls, "sysctl", "net.ipv4.no_such_thing").result()).isNotZero();
        }
        assertThat(DrillClient.control(calls, "sysctl", "-q", "net.ipv4.tcp_sack=0").result()).isNotZero();
    }

    @Test
    @SuppressWarnings("try") // one leaves before the other
    void twoSessionsShareNeitherPortsNorEnds() throws IOException {
        try (DrillClient one = client("one"); DrillClient other = client("other")) {
            assertThat(one.listen()).isEqualTo(other.listen());
            one.close();

            assertThat(packets(other.inject(Packet.of(0, 0, Packet.SYN, 0)))).hasSize(1);
        }
    }

    @Test
    void aRecordThatIsNoneCostsItsSessionAndOneLine() throws IOException {
        try (DrillClient bad = client("bad"); DrillClient good = client("good")) {
            DrillClient.send(bad.calls, DrillClient.little(10));
            assertThatExceptionOfType(EOFException.class).isThrownBy(bad::answer);
            assertThatExceptionOfType(EOFException.class).isThrownBy(bad::frame);

            assertThat(good.call(Op.CLOCK, -1).result()).isZero();
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines().toList()).singleElement().asString()
                .contains("session bad").contains("10 bytes");
    }

    @Test
    void lengthsThatDoNotAddUpAreRefused() throws IOException {
        for (int offset : new int[] {4, 40, 44, 48}) {
            try (DrillClient bad = client("bad" + offset)) {
                ByteBuffer record = DrillClient.little(56);
                record.putShort(4, (short) (Op.SEND.ordinal() + 1)).putInt(offset, -2);
                DrillClient.send(bad.calls, record);
                assertThatExceptionOfType(EOFException.class).isThrownBy(bad::answer);
            }
        }
        try (SocketChannel stranger = DrillClient.connect(wire)) {
            DrillClient.send(stranger, DrillClient.little(24));
            assertThatExceptionOfType(EOFException.class).isThrownBy(() -> DrillClient.receive(stranger));
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines()).hasSize(5);
    }

    @Test
    void aPathInUseIsLeftAloneAndALeftoverIsReplaced() throws IOException {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Endpoint(calls, folder.resolve("w"), true, System.err))
                .withMessageContaining("in use");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Endpoint(file, folder.resolve("w"), true, System.err))
                .withMessageContaining("cannot listen");
        assertThat(file).exists();
    }
}
