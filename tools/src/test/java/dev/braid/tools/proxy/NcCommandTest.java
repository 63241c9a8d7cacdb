package dev.braid.tools.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.braid.tools.cli.UserError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** Standard input and output over the proxy. */
@Timeout(60)
final class NcCommandTest {
    private final CompletableFuture<String> said = new CompletableFuture<>();

    private static NcCommand command(ProxyBed bed, ByteArrayOutputStream out) {
        var command = new NcCommand(new ByteArrayInputStream("question".getBytes(StandardCharsets.US_ASCII)), out);
        new CommandLine(command).parseArgs("--proxy", "127.0.0.1:" + bed.port(), "::7", "22");
        return command;
    }

    @Test
    void bytesGoBothWays() throws Exception {
        var out = new ByteArrayOutputStream();
        try (var bed = new ProxyBed()) {
            var status = CompletableFuture.supplyAsync(() -> new CommandLine(command(bed, out)).execute(
                    "--proxy", "127.0.0.1:" + bed.port(), "::7", "22"));
            try (Socket served = bed.server.accept()) {
                assertThat(served.getInputStream().readAllBytes()).asString().isEqualTo("question");
                served.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(status.get()).isZero();
            assertThat(out).hasToString("answer");
            assertThat(bed.asked).extracting(Object::toString).containsExactly("[::7]:22");
        }
    }

    @Test
    @SuppressWarnings("try")
    void theInputIsSentOnWhenTheFarEndHasSaidAll() throws Exception {
        var ended = new CompletableFuture<Void>();
        var out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                ended.complete(null);
            }
        };
        try (var bed = new ProxyBed();
                var typed = new PipedOutputStream();
                var in = new PipedInputStream(typed)) {
            var status = CompletableFuture.supplyAsync(() -> new CommandLine(new NcCommand(in, out)).execute(
                    "--proxy", "127.0.0.1:" + bed.port(), "::7", "22"));
            try (Socket served = bed.server.accept()) {
                served.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
                served.shutdownOutput();
                ended.get();
                assertThat(out).hasToString("answer");
                typed.write("the rest".getBytes(StandardCharsets.US_ASCII));
                typed.close();
                assertThat(served.getInputStream().readAllBytes()).asString().isEqualTo("the rest");
            }
            assertThat(status.get()).isZero();
        }
    }

    @Test
    void inputThatNobodyTakesAnyMoreIsToldOf() throws Exception {
        try (var bed = new ProxyBed();
                var typed = new PipedOutputStream();
                var in = new PipedInputStream(typed)) {
            var status = CompletableFuture.supplyAsync(() -> {
                var command = new CommandLine(new NcCommand(in, new ByteArrayOutputStream()));
                command.setExecutionExceptionHandler((failure, line, parsed) -> {
                    said.complete(failure.getMessage());
                    return 1;
                });
                return command.execute("--proxy", "127.0.0.1:" + bed.port(), "::7", "22");
            });
            bed.server.accept().close();
            while (!status.isDone()) {
                typed.write(new byte[1000]);
                typed.flush();
            }
            assertThat(status.get()).isEqualTo(1);
            assertThat(said.get()).contains("took no more of the input");
        }
    }

    @Test
    void aRefusalIsToldInWords() throws Exception {
        try (var bed = new ProxyBed()) {
            bed.dialer = _ -> {
                throw new ConnectException("refused");
            };
            assertThatExceptionOfType(UserError.class)
                    .isThrownBy(() -> command(bed, new ByteArrayOutputStream()).call())
                    .withMessageContaining("[::7]:22: Bad Gateway");
        }
    }
}
