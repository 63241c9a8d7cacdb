package dev.braid.tundriver.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tundriver.Kernel;
import dev.braid.tundriver.netns.KernelCounters;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Kernel
@SuppressWarnings("try") // channels are closed early to see what their peers get
class MptcpChannelTest {
    private static ServerSocketChannel listen(NetworkNamespace host, String address) throws IOException {
        return host.<ServerSocketChannel, IOException>call(
                () -> MptcpServerChannel.listen(new InetSocketAddress(address, 0)));
    }

    private static SocketChannel connect(NetworkNamespace host, ServerSocketChannel listener) throws IOException {
        InetSocketAddress to = (InetSocketAddress) listener.getLocalAddress();
        return host.<SocketChannel, IOException>call(() -> MptcpChannel.connectTo(to));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void aStreamOfTheKernelsMptcpCarriesBytesBothWaysAndEnds(String address) throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create("mptcp");
                ServerSocketChannel listener = listen(host, address);
                SocketChannel client = connect(host, listener);
                SocketChannel server = listener.accept()) {
            client.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            client.shutdownOutput();
            ByteBuffer got = ByteBuffer.allocateDirect(10);
            assertThat(server.read(got)).isEqualTo(3);
            assertThat(got.get(2)).isEqualTo((byte) 3);
            assertThat(server.read(got)).isEqualTo(-1);
            server.write(ByteBuffer.allocateDirect(5));
            assertThat(client.read(ByteBuffer.allocate(10))).isEqualTo(5);
            assertThat(client.getRemoteAddress()).isEqualTo(listener.getLocalAddress());
            assertThat(KernelCounters.of(host)).containsEntry("MPTcpExtMPCapableACKRX", 1L);
        }
    }

    @Test
    void theKernelTellsOfTheConnection() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create("mptcp");
                ServerSocketChannel listener = listen(host, "127.0.0.1");
                SocketChannel client = connect(host, listener);
                SocketChannel server = listener.accept()) {
            assertThat(((MptcpChannel) client).isMultipath()).isTrue();
            ByteBuffer atClient = ((MptcpChannel) client).info();
            ByteBuffer atServer = ((MptcpChannel) server).info();
            long nextToWrite = atClient.getLong(16);
            assertThat(nextToWrite).isEqualTo(atServer.getLong(32)).isNotZero();
        }
    }

    @Test
    void aSocketOfIpv6ReachesAnIpv4Address() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create("mptcp");
                ServerSocketChannel listener = listen(host, "127.0.0.1");
                SocketChannel client = host.<SocketChannel, IOException>call(() -> MptcpChannel.open(true))) {
            client.connect(listener.getLocalAddress());
            assertThat(listener.accept()).satisfies(SocketChannel::close);
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void theKernelTellsWhenItIsPlainTcpAfterAll() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create("mptcp");
                ServerSocketChannel listener = host.<ServerSocketChannel, IOException>call(
                        () -> ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0)));
                SocketChannel client = connect(host, listener);
                SocketChannel server = listener.accept()) {
            assertThat(server.isConnected()).isTrue();
            assertThat(((MptcpChannel) client).isMultipath()).isFalse();
            assertThatThrownBy(((MptcpChannel) client)::info).hasMessageContaining("MPTCP_INFO");
        }
    }

    @Test
    void aPortWithoutListenerRefuses() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create("mptcp")) {
            ServerSocketChannel gone = listen(host, "127.0.0.1");
            var address = (InetSocketAddress) gone.getLocalAddress();
            gone.close();
            assertThatThrownBy(() -> host.<SocketChannel, IOException>call(() -> MptcpChannel.connectTo(address)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("ECONNREFUSED");
        }
    }

    @Test
    void aCloseEndsTheReadThatWaits() throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create("mptcp");
                ServerSocketChannel listener = listen(host, "127.0.0.1");
                SocketChannel client = connect(host, listener)) {
            var reading = new CompletableFuture<Integer>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    reading.complete(client.read(ByteBuffer.allocate(1)));
                } catch (IOException e) {
                    reading.completeExceptionally(e);
                }
            });
            Thread.sleep(20);
            client.close();
            assertThatThrownBy(() -> reading.get(5, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(AsynchronousCloseException.class);
        }
    }
}
