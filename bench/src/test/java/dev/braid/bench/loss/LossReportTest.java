package dev.braid.bench.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LossReportTest {
    private static final LossReport REPORT = new LossReport(
            new LossRun.Plan(List.of(Cell.WIFI), List.of("cubic"), 3, 1, 3, null),
            List.of(Transfers.comparison(List.of(10.0, 11.0, 9.2), List.of(9.3, 9.3, 9.3), List.of(5.0, 6.0, 4.0),
                    List.of(10.0, 10.0, 10.0))));

    @Test
    void theTableSaysWhatIsWorse() {
        assertThat(REPORT.text()).contains("wifi           60 Mbit/s, 8 ms, queue 250 kB")
                .containsPattern("wifi +cubic +10.000 +9.20-11.00 .*5.000 +0.50 WORSE .* 9.300 +0.93 in spread")
                .contains("40/0, 40/0")
                .contains(
                        "Braid sends: 0 of 1 at least 0.95 of the kernel, 0 within its spread, 1 worse; Braid receives: 0 of 1 "
                                + "at least 0.95 of the kernel, 1 within its spread, 0 worse.");
    }

    @Test
    void markdownHasARowForEachCell() {
        assertThat(REPORT.markdown()).contains(
                "| `wifi` | cubic | 10.00 (9.20-11.00) | 5.00 | **0.50** | 9.30 | 0.93, within the spread |");
    }

    @Test
    void programsGetEveryRound() {
        JsonNode report = JsonMapper.shared().readTree(REPORT.json());
        assertThat(report.get("table").asString()).isEqualTo("kernel-loss");
        JsonNode cell = report.get("cells").get(0);
        assertThat(cell.get("cell").asString()).isEqualTo("wifi");
        assertThat(cell.get("congestion_control").asString()).isEqualTo("cubic");
        assertThat(cell.get("kernel_median").asDouble()).isEqualTo(10);
        JsonNode pairs = cell.get("pairs");
        assertThat(pairs.size()).isEqualTo(4);
        assertThat(pairs.get(0).has("verdict")).as("the kernel is not judged").isFalse();
        JsonNode fromBraid = pairs.get(Pair.FROM_BRAID.ordinal());
        assertThat(fromBraid.get("values").size()).isEqualTo(3);
        assertThat(fromBraid.get("verdict").asString()).isEqualTo("worse");
        assertThat(fromBraid.get("sender_counters").get(0).get("TcpRetransSegs").asInt()).isEqualTo(40);
        assertThat(report.get("kernel-braid").get("within the kernel's spread").asInt()).isEqualTo(1);
    }
}
