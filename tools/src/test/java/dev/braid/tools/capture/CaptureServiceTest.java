package dev.braid.tools.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.stack.Link;
import dev.braid.stack.Stack;
import dev.braid.tools.control.ControlClient;
import dev.braid.tools.control.ControlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of captures when their user is done or gone. */
@Timeout(60)
final class CaptureServiceTest {
    private static final Map<String, ?> CAPTURE = Map.of("snaplen", 100, "ring_bytes", CaptureRing.MIN_CAPACITY);

    @TempDir private Path folder;

    private final CountDownLatch over = new CountDownLatch(1);
    private Stack stack;
    private ControlServer server;

    @BeforeEach
    void start() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        stack = Stack.builder()
                .link(Link.over(new MemoryWire(1500, 0).left(), "v0").address("10.0.0.1/24"))
                .start();
        server = ControlServer.open(folder.resolve("sock"));
        new CaptureService(stack, folder.resolve("capture")).register(server, ring -> {});
        server.onSession("stay", (request, session) -> {
            session.whenOver(over::countDown);
            return Map.of();
        });
    }

    @AfterEach
    void end() {
        server.close();
        stack.close();
    }

    private ControlClient client() {
        ControlClient client = ControlClient.findDaemon(folder.resolve("sock"));
        assertThat(client).isNotNull();
        return client;
    }

    private static Path begin(ControlClient client) {
        return Path.of(String.valueOf(client.ask("capture", CAPTURE).get("ring")));
    }

    @Test
    void whoStopsCapturesEndsAllOfHisAndNothingElse() throws Exception {
        try (ControlClient one = client(); ControlClient other = client()) {
            Path first = begin(one);
            Path second = begin(one);
            Path others = begin(other);
            one.ask("stay", Map.of());
            one.ask("capture-stop", Map.of());
            assertThat(first).doesNotExist();
            assertThat(second).doesNotExist();
            assertThat(others).exists();
            assertThat(over.getCount()).as("what waits for the client's end").isEqualTo(1);
            assertThat(begin(one)).as("another one").exists();
        }
        assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingIsLeftOfACaptureWhoseClientHasGone() throws Exception {
        Path ring;
        try (ControlClient client = client()) {
            ring = begin(client);
            client.ask("stay", Map.of());
        }
        // Duties are done in the order in which they were given.
        assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ring).doesNotExist();
        try (ControlClient client = client()) {
            for (int i = 0; i < 8; i++) {
                assertThat(begin(client)).as("one of eight that may run").exists();
            }
        }
    }
}
