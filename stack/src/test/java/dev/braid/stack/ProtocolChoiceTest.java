package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.mptcp.MptcpInfo;
import dev.braid.stack.nio.TcpSocketOptions;
import dev.braid.stack.socket.StreamProtocol;
import dev.braid.stack.tcp.ListenerInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Multipath TCP or plain TCP: chosen for a host, a listener and a channel. */
@Timeout(60)
@SuppressWarnings("try") // what only has to be there is meant so
class ProtocolChoiceTest {
    @Test
    void multipathTcpIsTheDefaultOfAHost() throws Exception {
        try (Stack stack = Stack.builder().link(Link.over(new MemoryWire(1500, 0).left(), "left")
                .address("10.1.0.1/24")).start()) {
            try (SocketChannel channel = stack.selectorProvider().openSocketChannel();
                    ServerSocketChannel listener = stack.selectorProvider().openServerSocketChannel()) {
                assertThat(channel.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.MPTCP);
                assertThat(listener.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.MPTCP);
                stack.tunables().change("net.mptcp.enabled", "0");
                assertThat(channel.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.TCP);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StreamProtocol.class)
    void bothEndsSpeakWhatTheirHostsDo(StreamProtocol protocol) throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, protocol);
                var pair = new Pair(stacks, 7100, null, null)) {
            assertThat(pair.client.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(protocol);
            assertThat(pair.server.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(protocol);
            pair.exchange();
            assertThat(pair.fallbacks()).containsExactly("", "");
            boolean multipath = protocol == StreamProtocol.MPTCP;
            assertThat(stacks.client.multipathConnections()).hasSize(multipath ? 1 : 0);
            assertThat(stacks.server.listeners()).extracting(ListenerInfo::upper).containsExactly(multipath);
            assertThat(stacks.server.counters().value("MPTcpExtMPCapableACKRX")).isEqualTo(multipath ? 1 : 0);
        }
    }

    @Test
    void aChannelChoosesForItself() throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.TCP);
                var pair = new Pair(stacks, 7101, StreamProtocol.MPTCP, StreamProtocol.MPTCP)) {
            pair.exchange();
            assertThat(pair.server.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.MPTCP);
            assertThat(stacks.client.multipathConnections()).singleElement().satisfies(info -> {
                assertThat(info.fallback).isFalse();
                assertThat(info.bytesSent).isEqualTo(5);
                assertThat(info.bytesReceived).isEqualTo(5);
                assertThat(info.subflowInfos).hasSize(1);
                assertThat(info.subflowInfos.getFirst().tcp.remotePort).isEqualTo(7101);
            });
            MptcpInfo near = stacks.client.multipathConnections().getFirst();
            MptcpInfo far = stacks.server.multipathConnections().getFirst();
            assertThat(near.remoteToken).isEqualTo(far.token).isNotZero();
            assertThat(near.writeSeq).isEqualTo(far.rcvNxt);
            assertThat(far.serverSide).isTrue();
        }
    }

    @Test
    void aListenerForBothTakesAClientOfPlainTcp() throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP);
                var pair = new Pair(stacks, 7102, StreamProtocol.TCP, null)) {
            pair.exchange();
            assertThat(pair.client.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.TCP);
            assertThat(pair.server.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.TCP);
            assertThat(pair.fallbacks()).containsExactly("", "");
            assertThat(stacks.server.counters().value("MPTcpExtMPCapableSYNRX")).isZero();
        }
    }

    @Test
    void aClientFallsBackBeforeAListenerOfPlainTcp() throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP);
                var pair = new Pair(stacks, 7103, null, StreamProtocol.TCP)) {
            pair.exchange();
            assertThat(pair.client.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.MPTCP);
            assertThat(pair.server.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.TCP);
            assertThat(pair.fallbacks()).containsExactly("NOT_CAPABLE", "");
            assertThat(stacks.client.multipathConnections()).singleElement().satisfies(info -> {
                assertThat(info.fallback).isTrue();
                assertThat(info.fallbackReason).isEqualTo("NOT_CAPABLE");
            });
            assertThat(stacks.client.counters().value("MPTcpExtMPCapableFallbackSYNACK")).isEqualTo(1);
        }
    }

    /** The server never sees the third packet's keys, and the client then sees data without mappings. */
    @Test
    void eachEndIsToldWhyItFellBack() throws Exception {
        try (var stacks = new TwoStacks(
                Threads.INLINE, StreamProtocol.MPTCP, new MemoryWire(1500, 0), StrippingLink::new);
                var pair = new Pair(stacks, 7107, null, null)) {
            pair.exchange();
            assertThat(pair.fallbacks()).containsExactly("NO_DSS", "NO_CAPABLE_ACK");
            assertThat(pair.client.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.MPTCP);
            assertThat(pair.server.getOption(TcpSocketOptions.PROTOCOL)).isEqualTo(StreamProtocol.MPTCP);
            assertThat(stacks.client.counters().value("MPTcpExtDssFallback")).isEqualTo(1);
            assertThat(stacks.server.counters().value("MPTcpExtMPCapableFallbackACK")).isEqualTo(1);
        }
    }

    @Test
    void theProtocolCannotBeChangedLater() throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP);
                var pair = new Pair(stacks, 7104, null, null)) {
            assertThatThrownBy(() -> pair.client.setOption(TcpSocketOptions.PROTOCOL, StreamProtocol.TCP))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> pair.server.setOption(TcpSocketOptions.PROTOCOL, StreamProtocol.TCP))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> pair.listener.setOption(TcpSocketOptions.PROTOCOL, StreamProtocol.TCP))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void schedulerAndPathManagersAreChosenForAChannelAndReplacedWhileItRuns() throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP);
                var pair = new Pair(stacks, 7105, null, null)) {
            pair.exchange();
            assertThat(pair.client.getOption(TcpSocketOptions.MPTCP_SCHEDULER)).isEqualTo("default");
            assertThat(pair.client.getOption(TcpSocketOptions.MPTCP_PATH_MANAGER)).isEqualTo("endpoints");
            pair.client.setOption(TcpSocketOptions.MPTCP_SCHEDULER, "kernel");
            pair.client.setOption(TcpSocketOptions.MPTCP_PATH_MANAGER, "none");
            assertThat(pair.client.getOption(TcpSocketOptions.MPTCP_SCHEDULER)).isEqualTo("kernel");
            assertThat(pair.client.getOption(TcpSocketOptions.MPTCP_PATH_MANAGER)).isEqualTo("none");
            pair.exchange();
            assertThat(stacks.client.multipathConnections()).singleElement().satisfies(info -> {
                assertThat(info.scheduler).isEqualTo("kernel");
                assertThat(info.pathManagers).isEqualTo("none");
            });
            assertThat(stacks.server.multipathConnections().getFirst().scheduler).isEqualTo("default");
            assertThatThrownBy(() -> pair.client.setOption(TcpSocketOptions.MPTCP_SCHEDULER, "blest"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("lowest-rtt");
            assertThatThrownBy(() -> pair.client.setOption(TcpSocketOptions.MPTCP_PATH_MANAGER, "kernel mine"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("endpoints");
        }
    }

    @Test
    void acceptedConnectionsHaveWhatTheirListenerChose() throws Exception {
        try (var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP);
                ServerSocketChannel listener = stacks.server.selectorProvider().openServerSocketChannel()) {
            listener.setOption(TcpSocketOptions.MPTCP_SCHEDULER, "lowest-rtt");
            listener.setOption(TcpSocketOptions.MPTCP_PATH_MANAGER, "kernel");
            listener.bind(TwoStacks.server(7106));
            assertThat(listener.getOption(TcpSocketOptions.MPTCP_SCHEDULER)).isEqualTo("lowest-rtt");
            try (SocketChannel client = stacks.client.connect(TwoStacks.server(7106));
                    SocketChannel server = listener.accept()) {
                assertThat(client.isConnected()).isTrue();
                assertThat(server.getOption(TcpSocketOptions.MPTCP_SCHEDULER)).isEqualTo("lowest-rtt");
                assertThat(server.getOption(TcpSocketOptions.MPTCP_PATH_MANAGER)).isEqualTo("kernel");
            }
        }
    }

    /** A connection between two stacks. */
    private static final class Pair implements AutoCloseable {
        final ServerSocketChannel listener;
        final SocketChannel client;
        final SocketChannel server;

        Pair(TwoStacks stacks, int port, @Nullable StreamProtocol ofClient, @Nullable StreamProtocol ofListener)
                throws IOException {
            listener = stacks.server.selectorProvider().openServerSocketChannel();
            if (ofListener != null) {
                listener.setOption(TcpSocketOptions.PROTOCOL, ofListener);
            }
            listener.bind(TwoStacks.server(port));
            client = stacks.client.selectorProvider().openSocketChannel();
            if (ofClient != null) {
                client.setOption(TcpSocketOptions.PROTOCOL, ofClient);
            }
            client.connect(TwoStacks.server(port));
            server = listener.accept();
        }

        void exchange() throws IOException {
            client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
            assertThat(read(server)).isEqualTo("hello");
            server.write(ByteBuffer.wrap("there".getBytes(StandardCharsets.US_ASCII)));
            assertThat(read(client)).isEqualTo("there");
        }

        /** Why Multipath TCP was given up, as each end's program reads it: the client's first. */
        List<String> fallbacks() throws IOException {
            return List.of(
                    client.getOption(TcpSocketOptions.MPTCP_FALLBACK),
                    server.getOption(TcpSocketOptions.MPTCP_FALLBACK));
        }

        private static String read(SocketChannel channel) throws IOException {
            ByteBuffer got = ByteBuffer.allocate(5);
            while (got.hasRemaining() && channel.read(got) >= 0) {
                // Until all is there.
            }
            return new String(got.array(), StandardCharsets.US_ASCII);
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
            listener.close();
        }
    }
}
