package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.pipeline.Threads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs may expect of a stack's datagram channels, whatever threads the stack has. */
@Timeout(30)
abstract class DatagramChannelContract {
    private final TwoStacks stacks;

    DatagramChannelContract(Threads threads) {
        stacks = new TwoStacks(threads, TwoStacks.ALL_OFFLOADS);
    }

    @AfterEach
    void nothingIsLeftBehind() {
        stacks.close();
    }

    private DatagramChannel client() throws IOException {
        return stacks.client.selectorProvider().openDatagramChannel();
    }

    private DatagramChannel server() throws IOException {
        return stacks.server.selectorProvider().openDatagramChannel().bind(null);
    }

    private static InetSocketAddress at(String host, DatagramChannel channel) throws IOException {
        return new InetSocketAddress(host, ((InetSocketAddress) channel.getLocalAddress()).getPort());
    }

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static byte[] taken(ByteBuffer buffer) {
        buffer.flip();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {TwoStacks.SERVER4, TwoStacks.SERVER6})
    void whatIsSentIsReceivedAndAnswered(String host) throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            client.connect(at(host, server));
            for (int length : new int[] {0, 1, 512, 1400, 9000, 65_507}) {
                assertThat(client.write(ByteBuffer.wrap(data(length)))).isEqualTo(length);
                var buffer = ByteBuffer.allocateDirect(65_535);
                InetSocketAddress from = (InetSocketAddress) server.receive(buffer);
                assertThat(from).isEqualTo(client.getLocalAddress());
                byte[] asked = taken(buffer);
                assertThat(asked).isEqualTo(data(length));
                assertThat(server.send(ByteBuffer.wrap(asked), from)).isEqualTo(length);
                var answer = ByteBuffer.allocate(65_535);
                assertThat(client.read(answer)).isEqualTo(length);
                assertThat(taken(answer)).isEqualTo(data(length));
            }
        }
    }

    @Test
    void buffersAreGatheredAndScattered() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            client.connect(at(TwoStacks.SERVER4, server));
            ByteBuffer[] parts = {ByteBuffer.wrap(data(5)), ByteBuffer.wrap(data(300))};
            assertThat(client.write(parts)).isEqualTo(305);
            assertThat(parts[1].hasRemaining()).isFalse();
            var whole = ByteBuffer.allocate(400);
            InetSocketAddress from = (InetSocketAddress) server.receive(whole);
            server.connect(from);
            server.disconnect();
            server.send(whole.flip(), from);
            ByteBuffer[] into = {ByteBuffer.allocate(5), ByteBuffer.allocate(299)};
            assertThat(client.read(into)).isEqualTo(304);
            assertThat(into[0].array()).isEqualTo(data(5));
            assertThat(into[1].array()).isEqualTo(Arrays.copyOf(data(300), 299));
        }
    }

    @Test
    void buffersOfConfinedArenasAreFilledAndSent() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server(); Arena arena = Arena.ofConfined()) {
            ByteBuffer own = arena.allocate(1_000).asByteBuffer();
            own.put(data(1_000)).flip().position(100);
            assertThat(client.send(own, at(TwoStacks.SERVER4, server))).isEqualTo(900);
            assertThat(own.hasRemaining()).isFalse();
            own.clear().position(10);
            InetSocketAddress from = (InetSocketAddress) server.receive(own);
            assertThat(own.position()).isEqualTo(910);
            byte[] received = new byte[900];
            own.get(10, received);
            assertThat(received).isEqualTo(Arrays.copyOfRange(data(1_000), 100, 1_000));
            server.connect(from);
            assertThat(server.write(own.flip())).isEqualTo(910);
            assertThat(client.receive(ByteBuffer.allocate(1_000))).isNotNull();
            server.configureBlocking(false);
            own.clear();
            assertThat(server.read(own)).isZero();
            assertThat(own.position()).isZero();
        }
    }

    @Test
    void aReadOnlyBufferCostsNoDatagram() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            client.connect(at(TwoStacks.SERVER4, server));
            server.connect(client.getLocalAddress());
            client.write(ByteBuffer.wrap(data(20)));
            ByteBuffer[] into = {ByteBuffer.allocate(5), ByteBuffer.allocate(15).asReadOnlyBuffer()};
            assertThatThrownBy(() -> server.read(into)).isInstanceOf(IllegalArgumentException.class);
            assertThat(server.read(ByteBuffer.allocate(30))).isEqualTo(20);
        }
    }

    @Test
    void aPortNobodyHasIsToldToAConnectedChannel() throws IOException {
        try (DatagramChannel client = client()) {
            client.connect(new InetSocketAddress(TwoStacks.SERVER4, 9));
            client.write(ByteBuffer.wrap(data(3)));
            assertThatThrownBy(() -> client.read(ByteBuffer.allocate(9)))
                    .isInstanceOf(PortUnreachableException.class);
        }
    }

    @Test
    void aNonBlockingReceiveAnswersAtOnce() throws IOException {
        try (DatagramChannel server = server()) {
            server.configureBlocking(false);
            assertThat(server.receive(ByteBuffer.allocate(9))).isNull();
        }
    }

    @Test
    void aSelectorTellsWhatHasCome() throws IOException {
        try (DatagramChannel client = client();
                DatagramChannel server = server();
                Selector selector = stacks.server.selectorProvider().openSelector()) {
            server.configureBlocking(false);
            SelectionKey key = server.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            client.send(ByteBuffer.wrap(data(3)), at(TwoStacks.SERVER4, server));
            assertThat(selector.select(10_000)).isEqualTo(1);
            assertThat(key.isReadable()).isTrue();
            assertThat(server.receive(ByteBuffer.allocate(9))).isNotNull();
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
            key.interestOps(SelectionKey.OP_WRITE);
            assertThat(selector.selectNow()).isEqualTo(1);
        }
    }

    @Test
    void aCloseWakesWhoReceives() throws Exception {
        DatagramChannel server = server();
        var waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return server.receive(ByteBuffer.allocate(9));
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        Thread.sleep(20);
        server.close();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).cause().isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> server.receive(ByteBuffer.allocate(9))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void anInterruptClosesTheChannel() throws Exception {
        try (DatagramChannel server = server()) {
            var heard = new CompletableFuture<Throwable>();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    server.receive(ByteBuffer.allocate(9));
                } catch (IOException e) {
                    heard.complete(e);
                }
            });
            reader.interrupt();
            assertThat(heard.get(10, TimeUnit.SECONDS)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(server.isOpen()).isFalse();
        }
    }

    @Test
    void anEndOfTheStackWakesWhoReceives() throws Exception {
        try (DatagramChannel server = server()) {
            var waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return server.receive(ByteBuffer.allocate(9));
                } catch (IOException e) {
                    throw new CompletionException(e);
                }
            });
            Thread.sleep(20);
            stacks.server.close();
            assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).cause()
                    .isInstanceOfAny(SocketException.class, AsynchronousCloseException.class);
        }
    }

    @Test
    void statesAreChecked() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server(); DatagramChannel other = client()) {
            assertThatThrownBy(() -> client.write(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
            assertThatThrownBy(() -> client.read(ByteBuffer.allocate(1))).isInstanceOf(NotYetConnectedException.class);
            client.connect(at(TwoStacks.SERVER4, server));
            assertThatThrownBy(() -> client.connect(at(TwoStacks.SERVER4, server)))
                    .isInstanceOf(AlreadyConnectedException.class);
            assertThatThrownBy(() -> client.send(ByteBuffer.allocate(1), new InetSocketAddress(TwoStacks.SERVER4, 9)))
                    .isInstanceOf(AlreadyConnectedException.class);
            assertThatThrownBy(() -> other.bind(client.getLocalAddress())).isInstanceOf(BindException.class);
            assertThatThrownBy(() -> client.write(ByteBuffer.allocate(65_508)))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Message too long");
        }
    }

    @Test
    void aConnectedChannelReadsNothingThatOthersSentBefore() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel other = client(); DatagramChannel server = server()) {
            client.connect(at(TwoStacks.SERVER4, server));
            other.send(ByteBuffer.wrap(data(9)), at(TwoStacks.SERVER4, server));
            while (stacks.server.datagramSockets().getFirst().receiveMemory() == 0) {
                Thread.onSpinWait(); // until it has come
            }
            server.connect(client.getLocalAddress());
            client.write(ByteBuffer.wrap(data(20)));
            assertThat(server.read(ByteBuffer.allocate(30))).isEqualTo(20);
        }
    }

    @Test
    void olderProgramsHaveASocketOfTheChannel() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            DatagramSocket asks = client.socket();
            assertThat(client.socket()).isSameAs(asks);
            assertThat(asks.getChannel()).isSameAs(client);
            assertThat(asks.isBound()).isFalse();
            asks.connect(at(TwoStacks.SERVER4, server));
            assertThat(asks.getRemoteSocketAddress()).isEqualTo(at(TwoStacks.SERVER4, server));
            asks.send(new DatagramPacket(data(30), 10, 20));
            DatagramSocket answers = server.socket();
            var packet = new DatagramPacket(new byte[100], 5, 15);
            answers.receive(packet);
            assertThat(packet.getSocketAddress()).isEqualTo(asks.getLocalSocketAddress());
            assertThat(packet.getLength()).as("the rest is lost").isEqualTo(15);
            assertThat(Arrays.copyOfRange(packet.getData(), 5, 20)).isEqualTo(Arrays.copyOfRange(data(30), 10, 25));
            answers.send(packet);
            var answer = new DatagramPacket(new byte[100], 100);
            asks.receive(answer);
            assertThat(answer.getLength()).isEqualTo(15);
            asks.setSoTimeout(50);
            assertThatThrownBy(() -> asks.receive(answer)).isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> asks.setBroadcast(true)).isInstanceOf(SocketException.class)
                    .hasMessageContaining("SO_BROADCAST");
            assertThatThrownBy(() -> asks.connect(InetSocketAddress.createUnresolved("nowhere", 9)))
                    .isInstanceOf(SocketException.class).hasMessage("Unresolved address");
            asks.connect(at(TwoStacks.SERVER4, server));
            assertThatThrownBy(() -> asks.setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> asks.bind(null)).isInstanceOf(SocketException.class).hasMessage("Already bound");
            assertThatThrownBy(() -> asks.send(new DatagramPacket(data(1), 1, at(TwoStacks.SERVER6, server))))
                    .isInstanceOf(IllegalArgumentException.class);
            asks.setTrafficClass(8);
            assertThat(client.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(8);
            asks.close();
            assertThat(client.isOpen()).isFalse();
            assertThatThrownBy(() -> asks.receive(answer)).isInstanceOf(SocketException.class)
                    .hasMessage("Socket closed");
            assertThatThrownBy(asks::getSoTimeout).isInstanceOf(SocketException.class).hasMessage("Socket is closed");
            assertThat(asks.getLocalPort()).isEqualTo(-1);
        }
    }

    @Test
    void aPacketIsReceivedIntoAgainAndAgain() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            DatagramSocket socket = server.socket();
            client.connect(at(TwoStacks.SERVER4, server));
            var packet = new DatagramPacket(new byte[200], 50, 100);
            var other = new DatagramPacket(new byte[200], 200);
            for (int length : new int[] {10, 100, 0, 150, 90}) {
                client.write(ByteBuffer.wrap(data(length)));
                socket.receive(packet);
                assertThat(packet.getLength()).isEqualTo(Math.min(length, 100));
                client.write(ByteBuffer.wrap(data(length)));
                socket.receive(other);
                assertThat(other.getLength()).isEqualTo(length);
                assertThat(Arrays.copyOf(other.getData(), length)).isEqualTo(data(length));
            }
            packet.setLength(20);
            client.write(ByteBuffer.wrap(data(30)));
            socket.receive(packet);
            assertThat(packet.getLength()).as("what the program said last counts").isEqualTo(20);
            packet.setData(new byte[5]);
            client.write(ByteBuffer.wrap(data(30)));
            socket.receive(packet);
            assertThat(packet.getLength()).isEqualTo(5);
        }
    }

    @Test
    @SuppressWarnings("try") // closed early
    void aGroupIsRefusedInTheWaysThatTheInterfacesName() throws IOException {
        try (DatagramChannel client = client()) {
            var group = new InetSocketAddress("224.0.0.251", 5353);
            var nobodysGroup = new InetSocketAddress(TwoStacks.SERVER4, 9);
            NetworkInterface by = NetworkInterface.getByName("lo");
            assertThatThrownBy(() -> client.join(group.getAddress(), by)).isInstanceOf(SocketException.class)
                    .hasMessageContaining("multicast");
            assertThatThrownBy(() -> client.join(group.getAddress(), by, nobodysGroup.getAddress()))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> client.join(nobodysGroup.getAddress(), by))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.send(ByteBuffer.wrap(data(9)), group)).isInstanceOf(SocketException.class)
                    .hasMessage("Network is unreachable");
            DatagramSocket socket = client.socket();
            assertThatThrownBy(() -> socket.joinGroup(group, by)).isInstanceOf(SocketException.class)
                    .hasMessageContaining("multicast");
            assertThatThrownBy(() -> socket.leaveGroup(nobodysGroup, by)).isInstanceOf(SocketException.class)
                    .hasMessage("Not a multicast address");
            assertThatThrownBy(() -> socket.joinGroup(new SocketAddress() {}, by))
                    .isInstanceOf(IllegalArgumentException.class);
            client.close();
            assertThatThrownBy(() -> client.join(group.getAddress(), by)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> socket.joinGroup(group, by)).isInstanceOf(SocketException.class)
                    .hasMessage("Socket is closed");
        }
    }

    @Test
    void theStackTellsOfEachSocketThatHasAPort() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            assertThat(stacks.client.datagramSockets()).isEmpty();
            client.connect(at(TwoStacks.SERVER4, server));
            assertThat(stacks.client.datagramSockets()).singleElement().satisfies(info -> {
                assertThat(info.local()).hasToString(TwoStacks.CLIENT4);
                assertThat(info.remote()).hasToString(TwoStacks.SERVER4);
                assertThat(info.remotePort()).isPositive();
            });
            client.write(ByteBuffer.wrap(data(100)));
            assertThat(server.receive(ByteBuffer.allocate(100))).isNotNull();
            assertThat(stacks.server.datagramSockets()).singleElement().satisfies(info -> {
                assertThat(info.remote()).isNull();
                assertThat(info.receiveMemory()).isZero();
                assertThat(info.receiveBuffer()).isEqualTo(212_992);
            });
        }
        assertThat(stacks.client.datagramSockets()).isEmpty();
    }

    @Test
    void optionsAreKeptAndObeyed() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            assertThat(client.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(212_992);
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4_000);
            assertThat(client.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(4_000);
            assertThat(client.getOption(StandardSocketOptions.IP_TOS)).isZero();
            client.setOption(StandardSocketOptions.IP_TOS, 8);
            assertThat(client.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(8);
            assertThat(client.getOption(ExtendedSocketOptions.IP_DONTFRAGMENT)).isFalse();
            client.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
            assertThat(client.getOption(ExtendedSocketOptions.IP_DONTFRAGMENT)).isTrue();
            client.connect(at(TwoStacks.SERVER4, server));
            assertThatThrownBy(() -> client.write(ByteBuffer.allocate(1_473))).hasMessage("Message too long");
            stacks.client.tunables().change("net.core.rmem_default", "100000");
            try (DatagramChannel later = client()) {
                assertThat(later.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(100_000);
            }
            assertThatThrownBy(() -> client.setOption(StandardSocketOptions.SO_RCVBUF, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.setOption(StandardSocketOptions.SO_BROADCAST, true))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
