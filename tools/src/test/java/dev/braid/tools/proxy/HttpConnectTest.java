package dev.braid.tools.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.host.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTP CONNECT as text. */
@Timeout(60)
final class HttpConnectTest {
    private static final String ACCEPTED = "HTTP/1.1 200 Connection established\r\n\r\n";

    private ProxyBed bed;

    @BeforeEach
    void start() throws IOException {
        bed = new ProxyBed();
    }

    @AfterEach
    void stop() throws IOException {
        bed.close();
    }

    private static Socket ask(ProxyBed bed, String request) throws IOException {
        Socket client = bed.client();
        client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return client;
    }

    /** All that the proxy answers until it closes. */
    private static String refused(ProxyBed bed, String request) throws IOException {
        try (Socket client = ask(bed, request)) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void assertAccepted(ProxyBed bed, String request) throws IOException {
        try (Socket client = ask(bed, request)) {
            byte[] answer = client.getInputStream().readNBytes(ACCEPTED.length());
            assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo(ACCEPTED);
        }
    }

    @Test
    void connectIsServed() throws IOException {
        assertAccepted(bed, "CONNECT Example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
        assertAccepted(bed, "CONNECT [2001:DB8::1]:80 HTTP/1.0\r\n\r\n");
        assertAccepted(bed, "CONNECT a_b:1 HTTP/1.1\nHost: x\n\n");
        assertThat(bed.asked).containsExactly(new Target("example.org", 443, "127.0.0.1"),
                new Target("2001:db8::1", 80, "127.0.0.1"), new Target("a_b", 1, "127.0.0.1"));
    }

    @Test
    void bytesBehindTheHeadReachTheServer() throws IOException {
        try (Socket client = ask(bed, "CONNECT h:80 HTTP/1.1\r\n\r\nhello"); Socket served = bed.server.accept()) {
            assertThat(client.getInputStream().readNBytes(ACCEPTED.length())).hasSize(ACCEPTED.length());
            assertThat(served.getInputStream().readNBytes(5)).isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'CONNECT h HTTP/1.1'", "'CONNECT h: HTTP/1.1'", "'CONNECT :80 HTTP/1.1'", "'CONNECT h:0 HTTP/1.1'",
        "'CONNECT h:65536 HTTP/1.1'", "'CONNECT h:+80 HTTP/1.1'", "'CONNECT  h:80 HTTP/1.1'", "'CONNECT h:80'",
        "'CONNECT ::1:80 HTTP/1.1'", "'CONNECT u@h:80 HTTP/1.1'", "'CONNECT h:80 HTTP/1.1\r\n folded'",
        "'CONNECT h:80 HTTP/1.1\r\nNo colon'", "'CONNECT h:80 HTTP/1.1\r\nName : x'", "'CONNECT h:80\rHTTP/1.1 x y'",
        "'CONNECT h:80 HTTP/1.1\r\nA: b\rc'"})
    void whatIsNoRequestIsRefused(String head) throws IOException {
        assertThat(refused(bed, head + "\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(bed.asked).isEmpty();
    }

    @Test
    void otherMethodsAndVersionsAreNot() throws IOException {
        assertThat(refused(bed, "GET http://h/ HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: CONNECT\r\n");
        assertThat(refused(bed, "CONNECT h:80 HTTP/2.0\r\n\r\n")).startsWith("HTTP/1.1 505 ");
    }

    @Test
    void aHeadIsBoundedInBytesAndFields() throws IOException {
        String line = "CONNECT h:80 HTTP/1.1\r\n";
        assertThat(refused(bed, line + "A: " + "b".repeat(20_000) + "\r\n\r\n")).startsWith("HTTP/1.1 431 ");
        assertThat(refused(bed, line + "A: b\r\n".repeat(65) + "\r\n")).startsWith("HTTP/1.1 431 ");
        assertAccepted(bed, line + "A: b\r\n".repeat(64) + "\r\n");
    }

    @Test
    void aFailureToDialIsTold() throws IOException {
        bed.dialer = _ -> {
            throw new ConnectException("refused");
        };
        assertThat(refused(bed, "CONNECT h:80 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502 ");
        bed.dialer = _ -> {
            throw new SocketTimeoutException("silence");
        };
        assertThat(refused(bed, "CONNECT h:80 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 504 ");
    }

    @Test
    void usersLogIn() throws IOException {
        try (var guarded = new ProxyBed(ProxyBed.config(Map.of("ann", "p:w"), 8, 8, 0))) {
            String line = "CONNECT h:80 HTTP/1.1\r\n";
            assertThat(refused(guarded, line + "\r\n")).startsWith("HTTP/1.1 407 ")
                    .contains("Proxy-Authenticate: Basic ");
            assertThat(refused(guarded, line + "Proxy-Authorization: Basic YW5uOnA=\r\n\r\n"))
                    .startsWith("HTTP/1.1 407 ");
            assertThat(refused(guarded, line + "Proxy-Authorization: Basic ???\r\n\r\n")).startsWith("HTTP/1.1 400 ");
            assertAccepted(guarded, line + "proxy-authorization: basic YW5uOnA6dw==\r\n\r\n");
            assertThat(guarded.asked).containsExactly(new Target("h", 80, "ann"));
        }
    }
}
