package dev.braid.tools.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.braid.tools.cli.UserError;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the asking side makes of servers that will not answer. */
@Timeout(60)
class ControlClientTest {
    @TempDir Path folder;

    private ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(folder.resolve("admin.sock")));
    }

    private ControlClient connect() {
        ControlClient client = ControlClient.findDaemon(folder.resolve("admin.sock"));
        assertThat(client).isNotNull();
        return client;
    }

    @Test
    void aRefusalThatComesBeforeTheQuestionIsTold() throws IOException {
        try (ServerSocketChannel server = listen();
                ControlClient client = connect()) {
            try (SocketChannel refused = server.accept()) {
                new LineChannel(refused, 100)
                        .write("{\"error\":\"this user may not ask\"}".getBytes(StandardCharsets.UTF_8));
            }
            assertThatThrownBy(() -> client.ask("status", Map.of())).isInstanceOf(UserError.class)
                    .hasMessage("this user may not ask");
        }
    }

    @Test
    void aServerThatGoesAwayInsteadOfAnsweringIsTold() throws IOException {
        try (ServerSocketChannel server = listen();
                ControlClient client = connect()) {
            server.accept().close();
            assertThatThrownBy(() -> client.ask("status", Map.of())).isInstanceOf(UserError.class)
                    .hasMessage("the daemon ended before it answered");
        }
    }

    @Test
    void whereNobodyListensThereIsNoDaemon() {
        assertThat(ControlClient.findDaemon(folder.resolve("admin.sock"))).isNull();
    }
}
