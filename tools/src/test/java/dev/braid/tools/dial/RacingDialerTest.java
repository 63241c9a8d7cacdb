package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.Bypass;
import dev.braid.tools.host.Connected;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.LinkConnector;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Names;
import dev.braid.tools.host.OneGoal;
import dev.braid.tools.host.Role;
import dev.braid.tools.host.Target;
import dev.braid.tools.host.TestLinks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Races over links that answer, refuse or stay silent as a test says; what answers is a listener of the kernel's. */
@Timeout(60)
final class RacingDialerTest {
    private enum Behaviour {
        ANSWERS,
        /** Answers when another link has. */
        HESITATES,
        REFUSES,
        SILENT
    }

    private final TestLinks links = new TestLinks(TestLinks.link(0, "eth0"), TestLinks.link(1, "wlan0"));
    private final Map<Integer, Behaviour> behaviours = new HashMap<>();
    private final Queue<SocketChannel> opened = new ConcurrentLinkedQueue<>();
    private ServerSocket server;
    private volatile boolean multipath = true;
    private Bypass bypass = _ -> "";
    private Names names = answering("192.0.2.1");

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        for (SocketChannel channel : opened) {
            channel.close();
        }
    }

    private static Names answering(String... addresses) {
        return (_, answers) -> {
            for (String address : addresses) {
                answers.found(List.of(IpAddress.parse(address)));
            }
            answers.finished("");
        };
    }

    /** A connector whose channels all lead to the listener, if the link lets them. */
    private final class Connector implements LinkConnector {
        private final Map<SocketChannel, Integer> indexes = new ConcurrentHashMap<>();

        @Override
        public SocketChannel open(@Nullable LinkView link, boolean ipv4, GoalChoice goal) throws IOException {
            SocketChannel channel = SocketChannel.open();
            indexes.put(channel, link == null ? -1 : link.index());
            opened.add(channel);
            return channel;
        }

        @Override
        public void connect(SocketChannel channel, InetSocketAddress remote) throws IOException {
            switch (behaviours.getOrDefault(indexes.get(channel), Behaviour.ANSWERS)) {
                case ANSWERS -> channel.connect(server.getLocalSocketAddress());
                case HESITATES -> {
                    RacingDialerTest.await(() -> !links.heard.isEmpty());
                    channel.connect(server.getLocalSocketAddress());
                }
                case REFUSES -> throw new ConnectException("Connection refused");
                case SILENT -> {
                    RacingDialerTest.await(() -> !channel.isOpen());
                    throw new AsynchronousCloseException();
                }
            }
        }

        @Override
        public DatagramChannel datagrams(@Nullable LinkView link, boolean ipv4) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isMultipath(SocketChannel connected) {
            return multipath;
        }
    }

    private static void await(BooleanSupplier condition) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < endNs) {
            // Virtual threads that only yield to each other keep their carriers from everybody else.
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).as("within 20 s").isTrue();
    }

    private RacingDialer dialer() {
        return new RacingDialer((name, answers) -> names.lookup(name, answers), links,
                address -> bypass.reason(address),
                new OneGoal(), new Connector(), (_, _) -> {});
    }

    private Connected dial() throws IOException {
        return dialer().dial(new Target("server.test", 80, ""));
    }

    @Test
    void theFirstLinkIsTakenWhenItAnswers() throws IOException {
        Connected connected = dial();
        assertThat(connected.link()).isZero();
        assertThat(connected.how()).isEqualTo("Multipath TCP, begun over eth0");
        assertThat(opened).hasSize(1);
    }

    @Test
    void aSilentLinkCostsAQuarterOfASecondAndIsTold() throws IOException {
        behaviours.put(0, Behaviour.SILENT);
        long beganNs = System.nanoTime();
        Connected connected = dial();
        assertThat(connected.link()).isEqualTo(1);
        // Above, only whether it is this delay or a handshake's: a loaded machine takes its time.
        assertThat(System.nanoTime() - beganNs).isBetween(240_000_000L, 5_000_000_000L);
        await(() -> links.heard.contains("0 false"));
        assertThat(links.heard).containsExactly("1 true", "0 false");
        await(() -> opened.stream().filter(SocketChannel::isOpen).count() == 1);
    }

    @Test
    void aRefusalOverOneLinkLetsTheNextOneTry() throws IOException {
        behaviours.put(0, Behaviour.REFUSES);
        assertThat(dial().link()).isEqualTo(1);
        assertThat(links.heard).as("a refusal is an answer").contains("0 true");
    }

    @Test
    void whatAllRefuseIsRefused() {
        behaviours.put(0, Behaviour.REFUSES);
        behaviours.put(1, Behaviour.REFUSES);
        assertThatExceptionOfType(ConnectException.class).isThrownBy(this::dial);
        assertThat(opened).hasSize(2).noneMatch(SocketChannel::isOpen);
    }

    @Test
    void aNameWithoutAddressIsToldAsThat() {
        names = (_, answers) -> answers.finished("server.test has no address");
        assertThatExceptionOfType(UnknownHostException.class).isThrownBy(this::dial)
                .withMessage("server.test has no address");
    }

    @Test
    void withoutALinkThereIsNoRoute() {
        links.all.clear();
        links.all.add(TestLinks.link(0, "eth0", Role.PRIMARY, LinkUse.NO_CARRIER, 0));
        assertThatExceptionOfType(NoRouteToHostException.class).isThrownBy(this::dial);
    }

    @Test
    void whatBypassesIsTheKernels() throws IOException {
        links.all.clear();
        bypass = _ -> "192.0.2.0/24 is attached to eth0";
        Connected connected = dial();
        assertThat(connected.link()).isEqualTo(-1);
        assertThat(connected.how()).isEqualTo("by the kernel: 192.0.2.0/24 is attached to eth0");
    }

    @Test
    void connectionsToAPlainServerGoOverDifferentLinksAndSayWhy() throws IOException {
        multipath = false;
        RacingDialer dialer = dialer();
        var target = new Target("plain.test", 80, "");
        assertThat(dialer.dial(target).how())
                .startsWith("plain TCP over eth0: the server does not speak Multipath TCP");
        assertThat(dialer.dial(target).link()).isEqualTo(1);
        assertThat(dialer.dial(target).link()).isZero();
        assertThat(dialer.dial(target).link()).isEqualTo(1);
    }

    @Test
    void aLinkThatStripsMultipathTcpIsFoundOut() throws IOException {
        RacingDialer dialer = dialer();
        var target = new Target("mptcp.test", 80, "");
        multipath = false;
        assertThat(dialer.dial(target).link()).isZero();
        assertThat(dialer.strips(0)).as("it may be the server").isFalse();
        multipath = true;
        assertThat(dialer.dial(target).link()).isEqualTo(1);
        assertThat(dialer.strips(0)).isTrue();
        assertThat(dialer.dial(new Target("new.test", 80, "")).link()).as("another server").isEqualTo(1);
    }

    private void suspectAir() {
        links.all.set(1, TestLinks.link(1, "wlan0", Role.PRIMARY, LinkUse.SUSPECT, 0));
    }

    @Test
    void aSuspectLinkThatAnswersAgainIsHeardThoughAnotherIsFaster() throws IOException {
        suspectAir();
        RacingDialer dialer = dialer();
        dialer.dial(new Target("server.test", 80, ""));
        await(() -> links.heard.contains("1 true"));
        await(() -> opened.stream().filter(SocketChannel::isOpen).count() == 1);
        dialer.dial(new Target("server.test", 80, ""));
        assertThat(opened).as("not at every connection").hasSize(3);
    }

    /** Were it taken, a plain connection would stay on a link that may be there for emergencies, and cost. */
    @Test
    void aLookAtASuspectWinsNoRace() throws Exception {
        links.all.set(1, TestLinks.link(1, "wlan0", Role.BACKUP, LinkUse.SUSPECT, 0));
        behaviours.put(0, Behaviour.HESITATES);
        Connected connected = dial();
        assertThat(links.heard).as("the backup was sooner").first().isEqualTo("1 true");
        assertThat(connected.link()).isZero();
        await(() -> opened.stream().filter(SocketChannel::isOpen).count() == 1);
    }

    @Test
    void aLookIsNotUsedUpByWhatBypasses() throws IOException {
        suspectAir();
        bypass = _ -> "a network of the host's own";
        RacingDialer dialer = dialer();
        dialer.dial(new Target("server.test", 80, ""));
        assertThat(opened).hasSize(1);
        bypass = _ -> "";
        dialer.dial(new Target("server.test", 80, ""));
        await(() -> links.heard.contains("1 true"));
    }

    @Test
    void whatIsNotTakenForItsSilenceIsTold() throws IOException {
        suspectAir();
        behaviours.put(1, Behaviour.SILENT);
        assertThat(dial().how())
                .isEqualTo("Multipath TCP, begun over eth0 and not wlan0, where connections stay unanswered");
        await(() -> links.heard.contains("1 false"));
        await(() -> opened.stream().filter(SocketChannel::isOpen).count() == 1);
    }

    @Test
    void anInterruptEndsARaceAndLeavesNothingOpen() throws Exception {
        behaviours.put(0, Behaviour.SILENT);
        behaviours.put(1, Behaviour.SILENT);
        var ended = new CountDownLatch(1);
        Thread dialling = Thread.ofVirtual().start(() -> {
            assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(this::dial);
            ended.countDown();
        });
        await(() -> opened.size() == 2);
        dialling.interrupt();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(opened).noneMatch(SocketChannel::isOpen);
        assertThat(links.heard).as("nobody answered, so nothing is known").isEmpty();
    }
}
