package dev.braid.tools.proxy;

import static dev.braid.tools.proxy.ProxyBed.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.braid.tools.config.HostConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of connections: carried, ended, reset, bounded. */
@Timeout(60)
@SuppressWarnings("try") // connections end before their time here
final class ProxyServerTest {
    private ProxyBed bed;

    @BeforeEach
    void start() throws IOException {
        bed = new ProxyBed();
    }

    @AfterEach
    void stop() throws IOException {
        bed.close();
    }

    /** Nothing is held for anybody any more. */
    private void awaitIdle() {
        await(() -> bed.proxy.connections().all().isEmpty() && bed.proxy.buffers().out() == 0
                && bed.proxy.limits().all() == 0);
    }

    @Test
    void anEndIsPassedOnAndTheOtherDirectionGoesOn() throws IOException {
        try (Socket client = bed.connected(); Socket served = bed.server.accept()) {
            client.getOutputStream().write(7);
            client.shutdownOutput();
            assertThat(served.getInputStream().readAllBytes()).containsExactly(7);
            served.getOutputStream().write(new byte[100_000]);
            served.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).hasSize(100_000);
        }
        awaitIdle();
    }

    @Test
    void aResetOfTheServersReachesTheClientAsOne() throws IOException {
        try (Socket client = bed.connected(); Socket served = bed.server.accept()) {
            served.setSoLinger(true, 0);
            served.close();
            assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.getInputStream().read());
        }
        awaitIdle();
    }

    @Test
    void aResetOfTheClientsReachesTheServerAsOne() throws IOException {
        try (Socket client = bed.connected(); Socket served = bed.server.accept()) {
            served.setSoTimeout(20_000);
            client.setSoLinger(true, 0);
            client.close();
            assertThatExceptionOfType(SocketException.class).isThrownBy(() -> served.getInputStream().read());
        }
        awaitIdle();
    }

    @Test
    void bytesAreCountedForEachConnection() throws IOException {
        try (Socket client = bed.connected(); Socket served = bed.server.accept()) {
            client.getOutputStream().write(new byte[10]);
            served.getOutputStream().write(new byte[100_000]);
            assertThat(served.getInputStream().readNBytes(10)).hasSize(10);
            assertThat(client.getInputStream().readNBytes(100_000)).hasSize(100_000);
            OpenConnection open = bed.proxy.connections().all().getFirst();
            await(() -> open.bytesUp() == 10 && open.bytesDown() == 100_000);
            assertThat(open.target()).hasToString("h:80");
            assertThat(open.connected().how()).isEqualTo("by the test");
        }
        awaitIdle();
    }

    @Test
    void aStoppedReaderHoldsUpNobodyElse() throws Exception {
        try (Socket stopped = bed.connected();
                Socket servedStopped = bed.server.accept();
                Socket fast = bed.connected();
                Socket servedFast = bed.server.accept()) {
            Thread flood = Thread.ofVirtual().start(() -> flood(servedStopped));
            OpenConnection first = bed.proxy.connections().all().getFirst();
            await(() -> first.bytesDown() > 100_000);
            Thread feed = Thread.ofVirtual().start(() -> feed(servedFast, 50_000_000));
            long count = 0;
            byte[] bytes = new byte[1 << 16];
            for (int n = fast.getInputStream().read(bytes); n >= 0; n = fast.getInputStream().read(bytes)) {
                count += n;
            }
            assertThat(count).isEqualTo(50_000_000);
            assertThat(flood.isAlive()).isTrue();
            stopped.close();
            flood.join();
            feed.join();
        }
        awaitIdle();
    }

    private static void flood(Socket socket) {
        try {
            while (true) {
                socket.getOutputStream().write(new byte[1 << 16]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageMatching(".*(reset|Broken pipe).*");
        }
    }

    private static void feed(Socket socket, int count) {
        try {
            socket.getOutputStream().write(new byte[count]);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aClientThatGoesAwayEndsTheDialling() throws Exception {
        var dialling = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        bed.dialer = _ -> {
            dialling.countDown();
            try {
                Thread.sleep(30_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            throw new ClosedByInterruptException();
        };
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80)) {
            assertThat(dialling.await(20, TimeUnit.SECONDS)).isTrue();
            client.close();
            assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        }
        awaitIdle();
    }

    @Test
    void aStopEndsTheDiallingForAClientThatHasSaidMuchAlready() throws Exception {
        var dialling = new CountDownLatch(1);
        bed.dialer = _ -> {
            dialling.countDown();
            try {
                Thread.sleep(30_000);
            } catch (InterruptedException e) {
                throw new ClosedByInterruptException();
            }
            throw new IOException("nobody stopped it");
        };
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80, 'm', 'o', 'r', 'e')) {
            assertThat(dialling.await(20, TimeUnit.SECONDS)).isTrue();
            bed.proxy.close(Duration.ZERO);
            assertThat(bed.proxy.limits().all()).as("connections after the stop").isZero();
        }
    }

    @Test
    void limitsOfAllAndOfEachAreKeptAndToldOnce() throws IOException {
        try (var small = new ProxyBed(ProxyBed.config(Map.of(), 2, 1, 0));
                Socket first = small.connected();
                Socket second = small.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80);
                Socket third = small.client()) {
            assertThat(second.getInputStream().readAllBytes()).startsWith(5, 0, 5, 1);
            third.getOutputStream().write("CONNECT h:80 HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(third.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 503 ");
            assertThat(small.lines.stream().filter(line -> line.startsWith("WARNING"))).hasSize(1);
            first.setSoLinger(true, 0);
            first.close();
            await(() -> small.proxy.limits().all() == 0);
            small.connected().close();
        }
    }

    @Test
    void aThousandHalfOpenClientsLeaveRoomForOneMore() throws IOException {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                silent.add(bed.client(5));
            }
            try (Socket client = bed.connected(); Socket served = bed.server.accept()) {
                client.getOutputStream().write(1);
                assertThat(served.getInputStream().read()).isEqualTo(1);
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        awaitIdle();
    }

    @Test
    void aRequestHasItsTime() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel client = SocketChannel.open(listener.getLocalSocketAddress())) {
            var input = new ClientInput(client, System.nanoTime() + 50_000_000L);
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(input::peek)
                    .matches(refused -> refused.refusal() == Refusal.SLOW);
        }
    }

    @Test
    void idleConnectionsEnd() throws IOException {
        try (var impatient = new ProxyBed(ProxyBed.config(Map.of(), 8, 8, 1)); Socket client = impatient.connected()) {
            assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.getInputStream().read());
        }
    }

    @Test
    void otherPortsAreTakenWhileConnectionsRun() throws IOException {
        try (Socket client = bed.connected();
                Socket served = bed.server.accept();
                var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var other = new InetSocketAddress(InetAddress.getLoopbackAddress(), free.getLocalPort());
            int before = bed.port();
            HostConfig.Proxy wanted = new HostConfig.Proxy(List.of(other), Map.of(), 8, 8, 0);
            assertThatIOException().isThrownBy(() -> bed.proxy.reconfigure(wanted))
                    .withMessageContaining("cannot listen");
            assertThat(bed.port()).as("nothing has changed").isEqualTo(before);
            free.close();
            bed.proxy.reconfigure(wanted);
            assertThat(bed.proxy.addresses()).containsExactly(other);
            await(() -> isClosed(before));
            client.getOutputStream().write(1);
            assertThat(served.getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    void aProxyOpenToOthersWantsUsers() {
        var open = new HostConfig.Proxy(List.of(new InetSocketAddress("0.0.0.0", 0)), Map.of(), 8, 8, 0);
        assertThatIOException()
                .isThrownBy(() -> ProxyServer.start(open, bed.dialer, (_, _) -> {}))
                .withMessageContaining("name users");
    }

    /** Whether nobody listens. The kernel's listener goes when its thread has left accept, a moment after the close. */
    private static boolean isClosed(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void closingWaitsForWhatEndsByItself() throws Exception {
        try (Socket client = bed.connected(); Socket served = bed.server.accept()) {
            int port = bed.port();
            Thread closing = Thread.ofVirtual().start(() -> bed.proxy.close(Duration.ofSeconds(20)));
            await(() -> isClosed(port));
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertThat(served.getInputStream().readAllBytes()).containsExactly(1);
            served.close();
            assertThat(client.getInputStream().read()).isNegative();
            closing.join();
        }
        awaitIdle();
    }
}
