package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Goals and roles decide which links carry: seen in what the NICs count, while the program notices nothing. */
@Tag("kernel")
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoalsTest {
    private static final int OTHER_PORT = 8080;
    private static final String OTHER = LaptopBed.MPTCP_SERVER + ":" + OTHER_PORT;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(15);
    private static final int LOOK_MS = 500;
    /** What a link of 20 Mbit/s brings while it is looked at is 1,250,000. */
    private static final long BUSY = 300_000;
    /** Keeping a connection alive, and what the other links' data has acknowledged on the way. */
    private static final long QUIET = 60_000;

    private LaptopBed bed;
    private @Nullable Daemon daemon;
    private Curl curl;

    /**
     * The order of the links is not that of their round trips, so that one can tell preference from speed. These are so different that
     * no pause of the machine makes one look like the other.
     */
    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        bed = LaptopBed.start(NicPlan.eth(), NicPlan.wifi().delayed(60), NicPlan.lte().delayed(60));
        bed.add(WebServer.mptcp(bed.server(), LaptopBed.MPTCP_SERVER, OTHER_PORT));
        daemon = Daemon.up(bed, folder, "--link", "nic=wifi0", "--link", "nic=eth0", "--link", "nic=lte0");
        curl = new Curl(bed, folder, Curl.SOCKS);
    }

    @AfterAll
    void end() {
        if (daemon != null) {
            daemon.close();
        }
        bed.close();
    }

    private Map<String, Long> bytes() {
        var counts = new LinkedHashMap<String, Long>();
        bed.nics().forEach(nic -> counts.put(nic.name(), nic.received() + nic.sent()));
        return counts;
    }

    private Map<String, Long> since(Map<String, Long> before) {
        var carried = bytes();
        carried.replaceAll((nic, count) -> count - before.get(nic));
        return carried;
    }

    /** Some transfer. */
    private interface Transfer {
        void run() throws IOException;
    }

    private Map<String, Long> during(Transfer transfer) throws IOException {
        Map<String, Long> before = bytes();
        transfer.run();
        return since(before);
    }

    private static long sum(Map<String, Long> carried) {
        return carried.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Looks at what the links carry until it is right. */
    private void await(String what, Predicate<Map<String, Long>> right) throws InterruptedException {
        long until = System.nanoTime() + LIMIT_NS;
        Map<String, Long> carried = Map.of();
        do {
            if (System.nanoTime() >= until) {
                throw new AssertionError(
                        "%s; last was %s, status %s, log %s".formatted(what, carried, daemon.status(), daemon.log()));
            }
            Map<String, Long> before = bytes();
            Thread.sleep(LOOK_MS);
            carried = since(before);
        } while (!right.test(carried));
    }

    private static Predicate<Map<String, Long>> only(String nic) {
        return carried -> carried.entrySet().stream()
                .allMatch(one -> one.getKey().equals(nic) ? one.getValue() > BUSY : one.getValue() < QUIET);
    }

    private static boolean all(Map<String, Long> carried) {
        return carried.values().stream().allMatch(count -> count > BUSY);
    }

    @Test
    void aGoalThatChangesCountsForADownloadThatRuns() throws Exception {
        Process download = download(OTHER);
        try {
            await("aggregate: all links carry", GoalsTest::all);
            daemon.ask("link", "--goal", "handover");
            await("handover: the first link alone", only("wifi0"));
            daemon.ask("link", "--goal", "latency");
            await("latency: the link with the shortest round trip alone", only("eth0"));
            daemon.ask("link", "--goal", "aggregate");
            await("aggregate: all links carry again", GoalsTest::all);
            assertThat(download.isAlive()).as("the download goes on").isTrue();
        } finally {
            download.destroyForcibly().waitFor();
        }
    }

    @Test
    void aRuleCountsForItsHostOrPortAlone() throws Exception {
        daemon.ask("link", "--goal", "handover=:80");
        awaitDownload(LaptopBed.MPTCP_SERVER, "handover by the rule for the port", only("wifi0"));
        awaitDownload(OTHER, "aggregate for other ports", GoalsTest::all);
        int bytes = 6_000_000;
        daemon.ask("link", "--goal", "redundant=mptcp.test");
        Map<String, Long> twice = during(() -> curl.upload("mptcp.test", bytes));
        // What the fast link has brought before its turn came on a slow one goes once only.
        assertThat(sum(twice)).as("%s: everything twice", twice).isGreaterThan(bytes * 13L / 10);
        Map<String, Long> once = during(() -> curl.upload(OTHER, bytes));
        assertThat(sum(once)).as("%s: everything once", once).isLessThan(bytes * 12L / 10);
    }

    @Test
    void anOverflowLinkCarriesWhatMovesMuch() throws Exception {
        daemon.ask("link", "lte0", "overflow");
        try {
            assertThat(link("lte0").get("use").asString()).isEqualTo("waiting");
            Map<String, Long> little = during(() -> curl.download(OTHER, 400_000));
            assertThat(little.get("lte0")).as("of %s, a page", little).isLessThan(40_000);
            Process download = download(OTHER);
            try {
                await("all links carry what moves much", GoalsTest::all);
                assertThat(link("lte0").get("use").asString()).isEqualTo("used");
                assertThat(link("lte0").get("why").asString()).isEqualTo("carries for 1 connection that moves much");
            } finally {
                download.destroyForcibly().waitFor();
            }
        } finally {
            daemon.ask("link", "lte0", "primary");
        }
    }

    /** A download of its own, until the links carry it as they should. */
    private void awaitDownload(String host, String what, Predicate<Map<String, Long>> right) throws Exception {
        Process download = download(host);
        try {
            await(what, right);
        } finally {
            download.destroyForcibly().waitFor();
        }
    }

    /** A download through the proxy that goes on until it is destroyed. */
    private Process download(String host) throws IOException {
        var command = new ArrayList<>(List.of("curl", "-s", "--noproxy", "", "-m", "100", "-o", "/dev/null"));
        command.addAll(Curl.SOCKS);
        command.add("http://" + host + "/1000000000");
        return bed.laptop().start(command.toArray(String[]::new));
    }

    private JsonNode link(String name) throws Exception {
        for (JsonNode link : daemon.status().get("links")) {
            if (link.get("name").asString().equals(name)) {
                return link;
            }
        }
        throw new AssertionError("no link " + name);
    }
}
