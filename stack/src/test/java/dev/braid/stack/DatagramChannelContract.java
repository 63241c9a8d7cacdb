package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.fastpath.pipeline.Threads;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
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
            assertThatThrownBy(client::socket).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void optionsAreKeptAndObeyed() throws IOException {
        try (DatagramChannel client = client(); DatagramChannel server = server()) {
            assertThat(client.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(212_992);
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4_000);
            assertThat(client.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(4_000);
            client.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
            client.connect(at(TwoStacks.SERVER4, server));
            assertThatThrownBy(() -> client.write(ByteBuffer.allocate(1_473))).hasMessage("Message too long");
            assertThatThrownBy(() -> client.setOption(StandardSocketOptions.SO_RCVBUF, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client.setOption(StandardSocketOptions.SO_BROADCAST, true))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
