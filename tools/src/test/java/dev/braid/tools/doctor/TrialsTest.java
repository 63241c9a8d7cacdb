package dev.braid.tools.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.LinkConnector;
import dev.braid.tools.host.LinkUse;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.Names;
import dev.braid.tools.host.OneGoal;
import dev.braid.tools.host.TestLinks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TrialsTest {
    private static final LinkView LINK = FakeFacts.view(0, "eth0", LinkUse.USED, null);
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    private ServerSocketChannel listener;
    private String server = "";
    private boolean multipath;
    private boolean silent;
    private @Nullable SocketChannel opened;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        server = "localhost:" + ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
    }

    private Trials trials() {
        return new Trials(new TestLinks(LINK), new LoopbackName(), new OneGoal(), new KernelConnector(), () -> server);
    }

    @Test
    void whatTheConnectorSaysOfTheConnectionIsTold() {
        assertThat(trials().connect(LINK, LOOPBACK).outcome()).isEqualTo(Trial.Outcome.PLAIN);
        multipath = true;
        assertThat(trials().connect(LINK, LOOPBACK).outcome()).isEqualTo(Trial.Outcome.MULTIPATH);
        assertThat(opened).isNotNull();
        assertThat(opened.isOpen()).isFalse();
    }

    @Test
    void aRefusalIsToldInItsWords() throws IOException {
        listener.close();
        Trial trial = trials().connect(LINK, LOOPBACK);
        assertThat(trial.outcome()).isEqualTo(Trial.Outcome.FAILED);
        assertThat(trial.detail()).containsIgnoringCase("refused");
    }

    @Test
    void silenceEndsATry() {
        silent = true;
        Trial trial = trials().connect(LINK, LOOPBACK);
        assertThat(trial).isEqualTo(new Trial(Trial.Outcome.FAILED, "no answer within 5 s"));
    }

    @Test
    void aDatagramThatNobodyWaitsForTellsThatItArrived() {
        assertThat(trials().passes(LINK, LOOPBACK, 1_500)).isEqualTo(Passage.PASSED);
        assertThat(trials().passes(LINK, LOOPBACK, 65_535 + 28)).as("more than loopback carries")
                .isEqualTo(Passage.TOLD);
    }

    @Test
    void whatTcpAcknowledgesIsTold() throws IOException {
        assertThat(trials().acknowledges(LINK, LOOPBACK, 3_000)).isTrue();
        listener.close();
        assertThat(trials().acknowledges(LINK, LOOPBACK, 3_000)).as("nobody is there").isFalse();
    }

    @Test
    void theServersNameIsLookedUp() {
        assertThat(trials().lookup().addresses()).containsExactly(LOOPBACK);
        server = "[::1]:443";
        assertThat(trials().lookup()).isEqualTo(new Lookup(List.of(), "not known: ::1"));
    }

    private static final class LoopbackName implements Names {
        @Override
        public void lookup(String name, Answers answers) {
            boolean known = name.equals("localhost");
            if (known) {
                answers.found(List.of(LOOPBACK));
            }
            answers.finished(known ? "" : "not known: " + name);
        }
    }

    private final class KernelConnector implements LinkConnector {
        @Override
        public SocketChannel open(@Nullable LinkView link, boolean ipv4, GoalChoice goal) throws IOException {
            assertThat(link).isEqualTo(LINK);
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
            opened = channel;
            return channel;
        }

        @Override
        public DatagramChannel datagrams(@Nullable LinkView link, boolean ipv4) throws IOException {
            return DatagramChannel.open(StandardProtocolFamily.INET);
        }

        @Override
        public void connect(SocketChannel channel, InetSocketAddress remote) throws IOException {
            channel.connect(remote);
            if (silent) {
                // Nothing comes to be read either: as long, and as closable, as a handshake that nobody answers.
                channel.read(ByteBuffer.allocate(1));
            }
        }

        @Override
        public boolean isMultipath(SocketChannel connected) {
            return multipath;
        }
    }
}
