package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections between Braid and the Linux kernel fail and end. */
@SuppressWarnings("try") // what is closed early, or only has to be there, is meant so
@Tag("kernel")
@Timeout(60)
class EndingTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedPortOfTheKernelRefuses(boolean v6) throws Exception {
        try (KernelBed bed = KernelBed.start()) {
            assertThatThrownBy(() -> bed.braidConnects(v6, 9)).isInstanceOf(ConnectException.class)
                    .hasMessageContaining("refused");
            bed.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedPortOfBraidRefuses(boolean v6) throws Exception {
        try (KernelBed bed = KernelBed.start()) {
            assertThatThrownBy(() -> bed.kernelConnects(v6, 9)).isInstanceOf(ConnectException.class)
                    .hasMessageContaining("refused");
            assertThat(bed.stack().counters().value("TcpOutRsts")).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResetByTheKernelIsAResetAtBraid(boolean v6) throws Exception {
        try (KernelBed bed = KernelBed.start();
                ServerSocketChannel listener = bed.kernelListens(v6);
                SocketChannel ours = bed.braidConnects(v6, KernelBed.port(listener))) {
            SocketChannel theirs = listener.accept();
            theirs.setOption(StandardSocketOptions.SO_LINGER, 0);
            theirs.close();
            assertThatThrownBy(() -> ours.read(ByteBuffer.allocate(1))).isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            ours.close();
            bed.assertNothingLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResetByBraidIsAResetAtTheKernel(boolean v6) throws Exception {
        try (KernelBed bed = KernelBed.start();
                ServerSocketChannel listener = bed.braidListens();
                SocketChannel theirs = bed.kernelConnects(v6, KernelBed.port(listener))) {
            SocketChannel ours = listener.accept();
            ours.setOption(StandardSocketOptions.SO_LINGER, 0);
            ours.close();
            assertThatThrownBy(() -> theirs.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
            listener.close();
            bed.assertNothingLeft();
        }
    }

    @Test
    void unreadDataMakesACloseAReset() throws Exception {
        try (KernelBed bed = KernelBed.start();
                ServerSocketChannel listener = bed.braidListens();
                SocketChannel theirs = bed.kernelConnects(false, KernelBed.port(listener))) {
            SocketChannel ours = listener.accept();
            Streams.send(theirs, 1, 1000);
            assertThat(ours.read(ByteBuffer.allocate(1))).isOne();
            ours.close();
            assertThatThrownBy(() -> theirs.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamEndedByOneSideStillCarriesTheOther(boolean kernelEndsFirst) throws Exception {
        try (KernelBed bed = KernelBed.start();
                ServerSocketChannel listener = bed.braidListens();
                SocketChannel theirs = bed.kernelConnects(false, KernelBed.port(listener));
                SocketChannel ours = listener.accept()) {
            SocketChannel first = kernelEndsFirst ? theirs : ours;
            SocketChannel second = kernelEndsFirst ? ours : theirs;
            first.shutdownOutput();
            assertThat(second.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            var sent = Streams.async(() -> {
                String digest = Streams.send(second, 3, 5_000_000);
                second.shutdownOutput();
                return digest;
            });
            assertThat(Streams.receive(first)).isEqualTo(sent.get());
            first.close();
            second.close();
            listener.close();
            bed.assertNothingLeft();
        }
    }

    @Test
    void anAddressNobodyHasIsUnreachableOrTimesOut() throws Exception {
        try (KernelBed bed = KernelBed.start()) {
            // The kernel forwards nothing in this namespace: it drops what is not for it, and the SYNs go unanswered.
            SocketChannel channel = bed.stack().selectorProvider().openSocketChannel();
            assertThatThrownBy(() -> channel.socket().connect(new InetSocketAddress("10.77.0.99", 9), 300))
                    .isInstanceOfAny(SocketTimeoutException.class, NoRouteToHostException.class);
            channel.close();
            bed.assertNothingLeft();
        }
    }
}
