package dev.braid.tools.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tundriver.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Braid and the Linux kernel send one another datagrams over a real TUN. */
@Tag("kernel")
@Timeout(60)
class DatagramKernelTest {
    private static final int LONGEST = 65_535;

    private NetworkNamespace namespace;
    private Stack stack;

    @BeforeEach
    void makeNamespaceAndStack() {
        namespace = NetworkNamespace.create("udp");
        stack = namespace.call(() -> Stack.builder()
                .link(Link.tun("braid0").address("10.77.0.2/24").address("fd77::2/64"))
                .trackLeaks()
                .start());
    }

    @AfterEach
    void nothingIsLeft() {
        stack.close();
        namespace.close();
        assertThat(stack.leaks()).isEmpty();
    }

    private DatagramChannel ofKernel(int version) throws IOException {
        String host = version == 4 ? "10.77.0.1" : "fd77::1";
        return namespace.<DatagramChannel, IOException>call(
                () -> DatagramChannel.open().bind(new InetSocketAddress(host, 0)));
    }

    private DatagramChannel ofBraid() throws IOException {
        return stack.selectorProvider().openDatagramChannel();
    }

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        new Random(length).nextBytes(data);
        return data;
    }

    private static byte[] taken(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0", "4, 1", "4, 1472", "4, 1473", "4, 9000", "4, 65507", "6, 0", "6, 1", "6, 1452", "6, 1453", "6, 9000",
        "6, 65507"
    })
    void aDatagramOfAnySizeIsAnswered(int version, int length) throws IOException {
        try (DatagramChannel kernel = ofKernel(version); DatagramChannel braid = ofBraid()) {
            braid.connect(kernel.getLocalAddress());
            assertThat(braid.write(ByteBuffer.wrap(data(length)))).isEqualTo(length);
            var asked = ByteBuffer.allocate(LONGEST);
            var from = kernel.receive(asked);
            assertThat(from).isEqualTo(braid.getLocalAddress());
            assertThat(taken(asked)).isEqualTo(data(length));
            kernel.send(ByteBuffer.wrap(data(length)), from);
            var answer = ByteBuffer.allocate(LONGEST);
            assertThat(braid.read(answer)).isEqualTo(length);
            assertThat(taken(answer)).isEqualTo(data(length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void theKernelsRefusalIsTold(int version) throws IOException {
        InetSocketAddress closed;
        try (DatagramChannel kernel = ofKernel(version)) {
            closed = (InetSocketAddress) kernel.getLocalAddress();
        }
        try (DatagramChannel braid = ofBraid()) {
            braid.connect(closed);
            braid.write(ByteBuffer.wrap(data(9)));
            assertThatThrownBy(() -> braid.read(ByteBuffer.allocate(9))).isInstanceOf(PortUnreachableException.class);
        }
    }
}
