package dev.braid.tools.proxy;

import static dev.braid.tools.proxy.ProxyBed.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.host.Connected;
import dev.braid.tools.host.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SOCKS5 byte by byte. */
@Timeout(60)
final class Socks5Test {
    private static final byte[] CONNECTED = bytes(5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0);

    private ProxyBed bed;

    @BeforeEach
    void start() throws IOException {
        bed = new ProxyBed();
    }

    @AfterEach
    void stop() throws IOException {
        bed.close();
    }

    private static byte[] all(Socket client) throws IOException {
        return client.getInputStream().readAllBytes();
    }

    private static byte[] answer(Socket client, int count) throws IOException {
        return client.getInputStream().readNBytes(count);
    }

    @Test
    void aNameIsLeftToTheDialer() throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 9, 'W', 'w', 'w', '.', 'a', '.', 'O', 'r', 'g', 1, 187)) {
            assertThat(answer(client, 12)).isEqualTo(CONNECTED);
        }
        assertThat(bed.asked).containsExactly(new Target("www.a.org", 443, "127.0.0.1"));
    }

    @Test
    void addressesOfBothFamiliesAreTaken() throws IOException {
        try (Socket four = bed.client(5, 1, 0, 5, 1, 0, 1, 192, 0, 2, 7, 0, 80);
                Socket six = bed.client(5, 1, 0, 5, 1, 0, 4, 32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0,
                        80)) {
            assertThat(answer(four, 12)).isEqualTo(CONNECTED);
            assertThat(answer(six, 12)).isEqualTo(CONNECTED);
        }
        assertThat(bed.asked).extracting(Target::toString).containsExactlyInAnyOrder("192.0.2.7:80",
                "[2001:db8::1]:80");
    }

    @Test
    void aRequestMayComeByteByByte() throws Exception {
        try (Socket client = bed.client()) {
            for (int value : new int[] {5, 2, 2, 0, 5, 1, 77, 3, 1, 'h', 0, 80}) {
                client.getOutputStream().write(value);
                Thread.sleep(5);
            }
            assertThat(answer(client, 12)).as("whatever the reserved byte says").isEqualTo(CONNECTED);
        }
    }

    @Test
    void bytesBehindTheRequestReachTheServerAfterIt() throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80, 'm', 'o', 'r', 'e');
                Socket served = bed.server.accept()) {
            assertThat(answer(client, 12)).isEqualTo(CONNECTED);
            assertThat(served.getInputStream().readNBytes(4)).isEqualTo(bytes('m', 'o', 'r', 'e'));
        }
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IOException("something"), 1),
                Arguments.of(new NoRouteToHostException("no link"), 3),
                Arguments.of(new UnknownHostException("no such name"), 4),
                Arguments.of(new ConnectException("refused"), 5),
                Arguments.of(new SocketTimeoutException("silence"), 6));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureToDialIsTold(IOException failure, int reply) throws IOException {
        bed.dialer = _ -> {
            throw failure;
        };
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80)) {
            assertThat(all(client)).isEqualTo(bytes(5, 0, 5, reply, 0, 1, 0, 0, 0, 0, 0, 0));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 9})
    void onlyConnectIsServed(int command) throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, command, 0, 1, 1, 2, 3, 4, 0, 80)) {
            assertThat(all(client)).startsWith(5, 0, 5, 7);
        }
    }

    @Test
    void anUnknownKindOfAddressIsTold() throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 2, 1, 'h', 0, 80)) {
            assertThat(all(client)).startsWith(5, 0, 5, 8);
        }
    }

    @Test
    void portZeroIsRefused() throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 0)) {
            assertThat(all(client)).startsWith(5, 0, 5, 1);
        }
        assertThat(bed.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0b", "a b", "a\rb", "user@host", "..", "a..b", "[::1", "::x", "b\u00fccher"})
    void aNameThatCannotBeIsRefused(String name) throws IOException {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, text.length)) {
            client.getOutputStream().write(text);
            client.getOutputStream().write(bytes(0, 80));
            assertThat(all(client)).startsWith(5, 0, 5, 1);
        }
        assertThat(bed.asked).isEmpty();
    }

    @Test
    void aNameOf255BytesIsTooLong() throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 255)) {
            client.getOutputStream().write("a.".repeat(127).concat("a").getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(bytes(0, 80));
            assertThat(all(client)).startsWith(5, 0, 5, 1);
        }
    }

    @Test
    void anAddressWrittenAsNameIsAnAddress() throws IOException {
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 3, ':', ':', '2', 0, 80)) {
            assertThat(answer(client, 12)).isEqualTo(CONNECTED);
        }
        assertThat(bed.asked).extracting(Target::host).containsExactly("::2");
    }

    @Test
    void aClientWithoutTheMethodIsTurnedAway() throws IOException {
        try (Socket none = bed.client(5, 0); Socket login = bed.client(5, 1, 2)) {
            assertThat(all(none)).isEqualTo(bytes(5, 0xff));
            assertThat(all(login)).isEqualTo(bytes(5, 0xff));
        }
    }

    @Test
    void version4IsNotSpoken() throws IOException {
        try (Socket client = bed.client(4, 1, 0, 80, 1, 2, 3, 4, 0)) {
            assertThat(endsWithoutAWord(client)).isTrue();
        }
        // It is let go before it is spoken of.
        ProxyBed.await(() -> bed.lines.stream().anyMatch(line -> line.contains("SOCKS version 4")));
    }

    /** An end or a reset: the kernel makes it a reset when there are bytes that nobody read. */
    private static boolean endsWithoutAWord(Socket client) {
        try {
            return client.getInputStream().read() < 0;
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains("reset");
        }
    }

    @Test
    void usersLogIn() throws IOException {
        try (var guarded = new ProxyBed(ProxyBed.config(Map.of("ann", "pw"), 8, 8, 0));
                Socket right = guarded.client(5, 2, 0, 2, 1, 3, 'a', 'n', 'n', 2, 'p', 'w', 5, 1, 0, 3, 1, 'h', 0, 80);
                Socket wrong = guarded.client(5, 1, 2, 1, 3, 'a', 'n', 'n', 2, 'p', 'x');
                Socket unknown = guarded.client(5, 1, 2, 1, 0, 0);
                Socket without = guarded.client(5, 1, 0);
                Socket oldVersion = guarded.client(5, 1, 2, 5, 0, 0)) {
            assertThat(answer(right, 14)).isEqualTo(bytes(5, 2, 1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
            assertThat(all(wrong)).isEqualTo(bytes(5, 2, 1, 1));
            assertThat(all(unknown)).isEqualTo(bytes(5, 2, 1, 1));
            assertThat(all(without)).isEqualTo(bytes(5, 0xff));
            assertThat(answer(oldVersion, 2)).isEqualTo(bytes(5, 2));
            assertThat(endsWithoutAWord(oldVersion)).isTrue();
            assertThat(guarded.asked).containsExactly(new Target("h", 80, "ann"));
        }
    }

    @Test
    void theProxyItselfIsNoDestination() throws IOException {
        bed.dialer = target -> new Connected(
                SocketChannel.open(bed.proxy.addresses().getFirst()), -1, "by the test");
        try (Socket client = bed.client(5, 1, 0, 5, 1, 0, 3, 1, 'h', 0, 80)) {
            assertThat(all(client)).startsWith(5, 0, 5, 2);
        }
    }
}
