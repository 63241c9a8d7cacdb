package dev.braid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a user types it. Figures are for people: no test depends on one. */
class MainTest {
    /** Exit status and standard output. */
    private record Run(int status, String out) {}

    private static Run run(String... arguments) {
        PrintStream before = System.out;
        var out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            return new Run(Main.run(arguments), out.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void wrongUsageEndsWithTwo() {
        assertThat(run().status()).isEqualTo(2);
        assertThat(run("tun", "--tests", "sprint").status()).isEqualTo(2);
        assertThat(run("tun", "--peers", "nobody").status()).isEqualTo(2);
        assertThat(run("tun", "--seconds", "0").status()).isEqualTo(2);
        assertThat(run("tun", "--help").out()).contains("Example:");
        assertThat(run("aggregation", "--cells", "moon").status()).isEqualTo(2);
        assertThat(run("aggregation", "--seconds", "0").status()).isEqualTo(2);
        assertThat(run("aggregation", "--json", "--markdown").status()).isEqualTo(2);
        assertThat(run("kernel-loss", "--cells", "moon").status()).isEqualTo(2);
        assertThat(run("kernel-loss", "--congestion", "hope").status()).isEqualTo(2);
        assertThat(run("kernel-loss", "--rounds", "0").status()).isEqualTo(2);
        assertThat(run("kernel-loss", "--json", "--markdown").status()).isEqualTo(2);
        assertThat(run("kernel-loss", "--help").out()).contains("Example:", "duplicating");
    }

    @Test
    @Tag("kernel")
    void aTableOfRealTunsHasItsKeys() {
        Run run = run("tun", "--json", "--seconds", "0.3", "--rounds", "1", "--peers", "raw,braid", "--tests",
                "stream,maerts,rr,crr,maerts1500");
        assertThat(run.status()).isEqualTo(0);
        JsonNode report = JsonMapper.shared().readTree(run.out());
        assertThat(report.get("tests").size()).isEqualTo(5);
        for (JsonNode test : report.get("tests")) {
            assertThat(test.get("peers").size()).as(test.get("test").asString()).isEqualTo(2);
            for (JsonNode peer : test.get("peers")) {
                assertThat(peer.get("median").asDouble()).as(peer.toString()).isPositive();
                assertThat(peer.has("to_raw")).isTrue();
                assertThat(peer.has("cores_used")).isTrue();
            }
            assertThat(test.get("peers").get(1).has("fast_path_share")).isTrue();
        }
    }

    @Test
    @Tag("kernel")
    void aCellOfKernelLossHasAllFourPairs(@TempDir Path traces) throws IOException {
        Run run = run("kernel-loss", "--json", "--cells", "wifi", "--congestion", "reno", "--rounds", "1", "--trace",
                traces.toString());
        assertThat(run.status()).isEqualTo(0);
        JsonNode report = JsonMapper.shared().readTree(run.out());
        assertThat(report.get("cells").size()).isEqualTo(1);
        JsonNode pairs = report.get("cells").get(0).get("pairs");
        assertThat(pairs.size()).isEqualTo(4);
        for (JsonNode pair : pairs) {
            assertThat(pair.get("median").asDouble()).as(pair.toString()).isPositive();
            assertThat(pair.get("failures").size()).as(pair.toString()).isZero();
            assertThat(pair.get("link_counters").get(0).get("forth.LOST").asInt())
                    .as("what the link lost of at least 2,071 data packets: %s", pair)
                    .isGreaterThan(10);
            assertThat(pair.get("sender_counters").get(0).get("TcpRetransSegs").asInt()).as(pair.toString())
                    .isPositive();
        }
        for (String pair : List.of("kernel-kernel-1", "braid-kernel")) {
            assertThat(Files.readAllLines(traces.resolve("wifi-reno-" + pair + "-1.txt")))
                    .as(pair)
                    .anyMatch(line -> line.contains(" reno ") && line.contains("cwnd:"));
        }
    }
}
