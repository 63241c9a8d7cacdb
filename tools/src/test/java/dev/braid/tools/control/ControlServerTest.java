package dev.braid.tools.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The control socket under friendly and unfriendly clients. */
@Timeout(60)
final class ControlServerTest {
    @TempDir Path folder;

    private ControlServer server;

    @BeforeEach
    void open() throws IOException {
        server = ControlServer.open(folder.resolve("1.sock"))
                .on("echo", request -> Map.of("said", String.valueOf(request.get("say"))))
                .on("refuse", request -> {
                    throw new IllegalArgumentException("no\nand more");
                })
                .on("break", request -> {
                    throw new IllegalStateException("a defect");
                });
    }

    @AfterEach
    void close() {
        server.close();
    }

    private LineChannel connect() throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(server.path()));
        return new LineChannel(channel, 1 << 20);
    }

    private static String ask(LineChannel client, String line) throws IOException {
        client.write(line.getBytes(StandardCharsets.UTF_8));
        byte[] answer = client.read();
        return answer == null ? "closed" : new String(answer, StandardCharsets.UTF_8);
    }

    @Test
    void severalClientsAreServedManyLinesEach() throws IOException {
        List<LineChannel> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(connect());
        }
        for (int round = 0; round < 3; round++) {
            for (LineChannel client : clients) {
                assertThat(ask(client, "{\"op\":\"echo\",\"say\":" + round + "}"))
                        .isEqualTo("{\"said\":\"" + round + "\"}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "null", "[1]", "7", "{", "{}", "{\"op\":7}", "{\"op\":\"unknown\"}",
        "\u0000\u0001",
        "{\"op\":\"refuse\"}", "{\"op\":\"break\"}"})
    void whatIsNoRequestGetsOneLineAndTheNextIsServed(String line) throws IOException {
        LineChannel client = connect();
        assertThat(ask(client, line)).startsWith("{\"error\":\"").endsWith("\"}");
        assertThat(ask(client, "{\"op\":\"echo\",\"say\":\"on\"}")).isEqualTo("{\"said\":\"on\"}");
    }

    @Test
    void jsonNestedWithoutEndIsRefused() throws IOException {
        assertThat(ask(connect(), "{\"op\":" + "[".repeat(20_000))).startsWith("{\"error\":");
    }

    @Test
    void aRequestWithoutEndIsRefusedAndItsClientLetGo() throws IOException {
        LineChannel client = connect();
        assertThat(ask(client, "x".repeat(ControlServer.MAX_REQUEST + 10))).contains("at most 65536 bytes");
        assertEnded(client);
        assertThat(ask(connect(), "{\"op\":\"echo\",\"say\":1}")).isEqualTo("{\"said\":\"1\"}");
    }

    @Test
    void oneClientTooManyIsToldSo() throws IOException {
        for (int i = 0; i < ControlServer.MAX_CLIENTS; i++) {
            assertThat(ask(connect(), "{\"op\":\"echo\",\"say\":1}")).contains("said");
        }
        byte[] refusal = connect().read();
        assertThat(refusal).isNotNull();
        assertThat(new String(refusal, StandardCharsets.UTF_8)).contains("too many clients");
    }

    @Test
    void whatADeadProcessLeftIsReplacedAndNothingIsLeftAtTheEnd() throws IOException {
        server.close();
        assertThat(server.path()).doesNotExist();
        Files.writeString(server.path(), "left");
        server = ControlServer.open(server.path()).on("echo", request -> Map.of("said", "new"));
        assertThat(ask(connect(), "{\"op\":\"echo\"}")).isEqualTo("{\"said\":\"new\"}");
        LineChannel waiting = connect();
        server.close();
        assertEnded(waiting);
    }

    /** An end of the stream, or a reset where the other side had not read all. */
    private static void assertEnded(LineChannel client) {
        assertThatThrownBy(() -> {
            if (client.read() == null) {
                throw new IOException("ended");
            }
        }).isInstanceOf(IOException.class);
    }
}
