package dev.braid.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.StreamProtocol;
import dev.braid.tools.testbed.PathSpec;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("kernel")
@Timeout(120)
class TunDemoTest {
    private static final long BYTES = 12_000_000;

    @ParameterizedTest
    @EnumSource(value = Pull.class, names = {"SILENCE", "DOWN", "ADDRESS"})
    void aPulledPathCostsNoByteAndTheReportSaysWhatItCost(Pull pull) throws Exception {
        var plan = new DemoPlan(List.of(new PathSpec("wifi", 40), new PathSpec("lte", 20)), StreamProtocol.MPTCP, BYTES,
                pull, 1_000_000_000L, false);
        var shown = new ByteArrayOutputStream();
        DemoResult result = new TunDemo(plan, new PrintStream(shown, true, StandardCharsets.UTF_8)).run();
        Map<String, ?> report = result.report();
        assertThat(report.keySet())
                .containsAll(List.of("device", "bytes", "seconds", "goodput_mbit_s", "capacity_mbit_s",
                        "aggregation", "handover_gap_ms", "recovery_ms", "return_ms", "bytes_reinjected",
                        "digest_match", "paths",
                        "fallback"));
        assertThat(report.get("device")).isEqualTo("tun");
        assertThat(report.get("bytes")).isEqualTo(2 * BYTES);
        assertThat(report.get("digest_match")).isEqualTo(true);
        assertThat(report.get("fallback")).isEqualTo(false);
        assertThat(report.get("handover_gap_ms")).isNotNull();
        assertThat(result.paths()).extracting(PathResult::name).containsExactly("wifi", "lte");
        assertThat(result.paths()).allSatisfy(path -> assertThat(path.bytesRx()).isGreaterThan(BYTES / 10));
        assertThat(result.receipt()).contains("a path pulled", "digest matches").doesNotContain("FELL BACK");
        assertThat(shown.toString(StandardCharsets.UTF_8)).contains("wifi", "lte", "Mbit/s");
    }
}
