package dev.braid.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.MemoryWire;
import dev.braid.fastpath.pipeline.Threads;
import dev.braid.stack.socket.StreamProtocol;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Flight Recorder recording tells of a stack's connections. */
@SuppressWarnings("try")
class FlightRecordingTest {
    @TempDir private Path folder = Path.of("");

    @Test
    void aRecordingHasEachConnectionWithItsStatesAndBytes() throws Exception {
        List<RecordedEvent> events;
        try (var recording = new Recording(); var stacks = new TwoStacks(Threads.INLINE, 0)) {
            recording.start();
            exchange(stacks, 7001);
            stacks.close();
            recording.stop();
            events = events(recording);
        }
        List<RecordedEvent> ours = about(events, "10.1.0.2:7001", "remote");
        assertThat(named(ours, "dev.braid.StateChange")).extracting(event -> event.getString("after"))
                .containsExactly("SYN_SENT", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT");
        assertThat(named(ours, "dev.braid.Connection")).singleElement().satisfies(connection -> {
            assertThat(connection.getBoolean("whole")).isTrue();
            assertThat(connection.getString("end")).isEqualTo("CLOSED");
            assertThat(connection.getLong("bytesAcked")).isEqualTo(5);
            assertThat(connection.getDuration().toNanos()).isPositive();
        });
        assertThat(named(about(events, "10.1.0.2:7001", "local"), "dev.braid.Connection")).singleElement()
                .satisfies(connection -> assertThat(connection.getLong("bytesReceived")).isEqualTo(5));
    }

    @Test
    void aRefusedConnectionTellsWhyItEnded() throws Exception {
        List<RecordedEvent> events;
        try (var recording = new Recording(); var stacks = new TwoStacks(Threads.INLINE, 0)) {
            recording.start();
            try (SocketChannel refused = stacks.client.connect(TwoStacks.server(7009))) {
                assertThat(refused.isConnected()).isFalse();
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("refused");
            }
            stacks.close();
            recording.stop();
            events = events(recording);
        }
        assertThat(named(about(events, "10.1.0.2:7009", "remote"), "dev.braid.Connection")).singleElement()
                .satisfies(connection -> assertThat(connection.getString("end")).isEqualTo("REFUSED"));
        assertThat(named(events, "dev.braid.Drop")).anySatisfy(drop -> {
            assertThat(drop.getString("stack")).isEqualTo("server");
            assertThat(drop.getString("reason")).isEqualTo("TcpDropNoSocket");
            assertThat(drop.getLong("count")).isEqualTo(1);
        });
    }

    @Test
    void lossesAndRetransmissionsAreRecorded() throws Exception {
        List<RecordedEvent> events;
        var wire = new MemoryWire(1500, 0);
        try (var recording = new Recording();
                Stack lonely = Stack.builder()
                        .name("lonely")
                        .link(Link.over(wire.left(), "left").address("10.1.0.1/24"))
                        .start()) {
            recording.start();
            SocketChannel channel = lonely.selectorProvider().openSocketChannel();
            channel.configureBlocking(false);
            channel.connect(TwoStacks.server(7));
            // Nobody answers: the SYN goes again after a second.
            awaitValue(lonely, "TcpExtTCPSynRetrans");
            channel.close();
            lonely.close();
            recording.stop();
            events = events(recording);
        }
        assertThat(named(events, "dev.braid.Loss")).isNotEmpty()
                .allSatisfy(loss -> assertThat(loss.getString("repair")).isEqualTo("RETRANSMIT_RTO"));
        assertThat(named(events, "dev.braid.Retransmission")).isNotEmpty()
                .allSatisfy(again -> assertThat(again.getLong("bytes")).isZero());
    }

    @Test
    void multipathConnectionsAndTheirSubflowsAreRecorded() throws Exception {
        List<RecordedEvent> events;
        try (var recording = new Recording();
                var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP)) {
            recording.start();
            exchange(stacks, 7003);
            stacks.close();
            recording.stop();
            events = events(recording);
        }
        assertThat(named(about(events, "10.1.0.2:7003", "remote"), "dev.braid.MultipathConnection")).singleElement()
                .satisfies(connection -> {
                    assertThat(connection.getBoolean("whole")).isTrue();
                    assertThat(connection.getString("end")).isEqualTo("CLOSED");
                    assertThat(connection.getString("fallback")).isEmpty();
                    assertThat(connection.getString("token")).hasSize(8);
                    assertThat(connection.getInt("subflows")).isEqualTo(1);
                    assertThat(connection.getLong("bytesAcked")).isEqualTo(5);
                });
        assertThat(named(about(events, "10.1.0.2:7003", "remote"), "dev.braid.Subflow")).singleElement()
                .satisfies(subflow -> {
                    assertThat(subflow.getInt("number")).isZero();
                    assertThat(subflow.getBoolean("initiated")).isTrue();
                    assertThat(subflow.getBoolean("established")).isTrue();
                    assertThat(subflow.getDuration().toNanos()).isPositive();
                    assertThat(subflow.getLong("bytesAcked")).isEqualTo(5);
                });
        assertThat(named(about(events, "10.1.0.2:7003", "local"), "dev.braid.MultipathConnection")).singleElement()
                .satisfies(connection -> assertThat(connection.getLong("bytesReceived")).isEqualTo(5));
        assertThat(named(events, "dev.braid.Fallback")).isEmpty();
    }

    @Test
    void aFallbackIsRecordedWithItsReason() throws Exception {
        List<RecordedEvent> events;
        try (var recording = new Recording();
                var stacks = new TwoStacks(Threads.INLINE, 0, StreamProtocol.MPTCP)) {
            stacks.server.tunables().change("net.mptcp.enabled", "0");
            recording.start();
            exchange(stacks, 7004);
            stacks.close();
            recording.stop();
            events = events(recording);
        }
        assertThat(named(events, "dev.braid.Fallback")).singleElement().satisfies(fallback -> {
            assertThat(fallback.getString("reason")).isEqualTo("NOT_CAPABLE");
            assertThat(fallback.getString("remote")).isEqualTo("10.1.0.2:7004");
        });
        assertThat(named(events, "dev.braid.MultipathConnection")).singleElement()
                .satisfies(connection -> assertThat(connection.getString("fallback")).isEqualTo("NOT_CAPABLE"));
    }

    @Test
    void withoutARecordingNothingIsRecorded() throws Exception {
        List<RecordedEvent> events;
        try (var stacks = new TwoStacks(Threads.INLINE, 0); var recording = new Recording()) {
            recording.start();
            recording.stop();
            exchange(stacks, 7002);
            events = events(recording);
        }
        assertThat(events).noneMatch(event -> event.getEventType().getName().startsWith("dev.braid."));
    }

    private static void awaitValue(Stack stack, String counter) throws InterruptedException {
        for (int i = 0; i < 500 && stack.counters().value(counter) == 0; i++) {
            Thread.sleep(10);
        }
        assertThat(stack.counters().value(counter)).isPositive();
    }

    private static void exchange(TwoStacks stacks, int port) throws IOException {
        try (ServerSocketChannel listener = stacks.server.listen(new InetSocketAddress(port), 1);
                SocketChannel client = stacks.client.connect(TwoStacks.server(port));
                SocketChannel served = listener.accept()) {
            client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            ByteBuffer got = ByteBuffer.allocate(16);
            while (served.read(got) >= 0) {
                assertThat(got.hasRemaining()).isTrue();
            }
            assertThat(got.position()).isEqualTo(5);
            served.shutdownOutput();
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    private List<RecordedEvent> events(Recording recording) throws IOException {
        Path file = Files.createTempFile(folder, "recording", ".jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file);
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
    }

    private static List<RecordedEvent> about(List<RecordedEvent> events, String endpoint, String side) {
        return events.stream().filter(event -> event.hasField(side) && endpoint.equals(event.getString(side))).toList();
    }
}
