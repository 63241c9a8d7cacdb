package dev.braid.tools.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.LinkView;
import dev.braid.tools.host.TestLinks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two stacks in this process: the one connects from a link's address, the other speaks Multipath TCP or does not. */
@Timeout(60)
final class StackConnectorTest {
    private static final GoalChoice GOAL = new GoalChoice(Goal.AGGREGATE, "default", "endpoints");
    private static final LinkView LINK = TestLinks.link(0, "eth0");

    private static Stack stack(Link link, StreamProtocol protocol) {
        return Stack.builder().protocol(protocol).link(link).start();
    }

    private static void whenTheServerSpeaks(StreamProtocol protocol, boolean multipath) throws IOException {
        var wire = new MemoryWire(1500, 0);
        try (Stack client = stack(Link.over(wire.left(), "braid0").address("198.19.77.2/24"), StreamProtocol.MPTCP);
                Stack server = stack(Link.over(wire.right(), "right").address("198.19.77.9/24"), protocol);
                ServerSocketChannel listener = server.listen(new InetSocketAddress(80), 5)) {
            var connector = new StackConnector(client);
            try (SocketChannel channel = connector.open(LINK, true, GOAL)) {
                connector.connect(channel, new InetSocketAddress("198.19.77.9", 80));
                assertThat(channel.getLocalAddress()).asString().startsWith("/198.19.77.2:");
                assertThat(connector.isMultipath(channel)).isEqualTo(multipath);
                assertThat(channel.getOption(TcpSocketOptions.MPTCP_FALLBACK))
                        .isEqualTo(multipath ? "" : "NOT_CAPABLE");
                assertThat(channel.getOption(TcpSocketOptions.MPTCP_SCHEDULER)).isEqualTo("default");
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> channel.setOption(TcpSocketOptions.MPTCP_FALLBACK, "x"));
                listener.accept().close();
            }
        }
    }

    @Test
    void aServerOfMultipathTcpIsKnownAsThat() throws IOException {
        whenTheServerSpeaks(StreamProtocol.MPTCP, true);
    }

    @Test
    void aPlainServerIsKnownAsThat() throws IOException {
        whenTheServerSpeaks(StreamProtocol.TCP, false);
    }

    @Test
    void withoutALinkItIsTheKernels() throws IOException {
        var wire = new MemoryWire(1500, 0);
        try (Stack client = stack(Link.over(wire.left(), "braid0").address("198.19.77.2/24"), StreamProtocol.MPTCP)) {
            var connector = new StackConnector(client);
            try (SocketChannel channel = connector.open(null, true, GOAL)) {
                assertThat(channel.provider()).isNotEqualTo(client.selectorProvider());
                assertThat(connector.isMultipath(channel)).isFalse();
            }
        }
    }
}
