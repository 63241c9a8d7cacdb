package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Servers that do not speak Multipath TCP: a connection has one link, and which one is chosen well and told. */
@Tag("kernel")
@Timeout(180)
class PlainServerTest {
    /** What takes long: a suspect is looked at again only once in ten seconds. */
    private static final boolean FULL = Boolean.getBoolean("braid.full");
    private static final int MOST_TRIES = 10;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(40);
    private static final long LONGEST_MS = 2_000;
    private static final long JUDGED_MS = 1_100;

    @TempDir private Path folder;

    private final List<SocksClient> clients = new ArrayList<>();

    private SocksClient connect(LaptopBed bed, String host) throws IOException {
        SocksClient client = SocksClient.ask(bed, host);
        clients.add(client);
        assertThat(client.reply()).as("the proxy's reply").isZero();
        return client;
    }

    private void closeAll() throws IOException {
        for (SocksClient client : clients) {
            client.close();
        }
        clients.clear();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static JsonNode link(JsonNode status, String nic) {
        return list(status.get("links")).stream()
                .filter(link -> link.get("name").asString().equals(nic))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void connectionsGoOverDifferentLinksAndNewOnesNotOverOneThatFellSilent() throws Exception {
        try (LaptopBed bed = LaptopBed.start(); Daemon daemon = Daemon.up(bed, folder)) {
            var curl = new Curl(bed, folder, Curl.SOCKS);
            curl.download(LaptopBed.PLAIN_SERVER, 500_000);
            curl.upload(LaptopBed.PLAIN_SERVER, 500_000);
            assertSpread(bed, daemon);
            closeAll();
            bed.nic("eth0").silence();
            String last = awaitSuspect(bed, daemon);
            assertThat(last).startsWith("plain TCP over ")
                    .contains(" and not eth0, where connections stay unanswered: ");
            closeAll();
            if (FULL) {
                bed.nic("eth0").speak();
                awaitUse(bed, daemon);
            }
            bed.nic("wifi0").pull();
            assertThat(connect(bed, LaptopBed.PLAIN_SERVER).download(100_000)).isEqualTo(WebServer.digest(100_000));
            closeAll();
            daemon.stop();
        }
    }

    private void assertSpread(LaptopBed bed, Daemon daemon) throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(connect(bed, LaptopBed.PLAIN_SERVER).download(100_000)).isEqualTo(WebServer.digest(100_000));
        }
        List<JsonNode> connections = list(daemon.statusByCommand().get("connections"));
        assertThat(connections).hasSize(4)
                .allSatisfy(one -> assertThat(one.get("how").asString()).startsWith(
                        "plain TCP over " + one.get("link").asString() + ": the server does not speak Multipath TCP"));
        assertThat(connections.stream().map(one -> one.get("link").asString()).distinct())
                .as("links of four connections")
                .containsExactlyInAnyOrder("eth0", "wifi0", "lte0");
    }

    /** Connects until eth0, which carries again, is used again. */
    private void awaitUse(LaptopBed bed, Daemon daemon) throws Exception {
        long endNs = System.nanoTime() + LIMIT_NS;
        while (!link(daemon.status(), "eth0").get("use").asString().equals("used")) {
            assertThat(System.nanoTime()).as("eth0 is used again").isLessThan(endNs);
            connect(bed, LaptopBed.PLAIN_SERVER);
            closeAll();
            Thread.sleep(JUDGED_MS);
        }
        connect(bed, LaptopBed.PLAIN_SERVER);
        assertThat(list(daemon.status().get("connections")).getLast().get("how").asString()).doesNotContain("not eth0");
        closeAll();
    }

    /** Connects until eth0 is known to be silent, and answers why the last connection went the way it did. */
    private String awaitSuspect(LaptopBed bed, Daemon daemon) throws Exception {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            assertThat(connect(bed, LaptopBed.PLAIN_SERVER).tookMs()).as("ms to connect").isLessThan(LONGEST_MS);
            JsonNode status = daemon.status();
            List<JsonNode> connections = list(status.get("connections"));
            JsonNode newest = connections.getLast();
            assertThat(newest.get("link").asString()).isNotEqualTo("eth0");
            String how = newest.get("how").asString();
            if (how.contains("eth0")) {
                JsonNode eth0 = link(status, "eth0");
                assertThat(eth0.get("use").asString()).isEqualTo("suspect");
                assertThat(eth0.get("why").asString()).isEqualTo("connections over it stay unanswered");
                return how;
            }
            // A try that lost is listened to for a second.
            Thread.sleep(JUDGED_MS);
        }
        throw new AssertionError("eth0 is not known to be silent after " + MOST_TRIES + " connections");
    }
}
