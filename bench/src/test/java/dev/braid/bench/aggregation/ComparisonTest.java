package dev.braid.bench.aggregation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ComparisonTest {
    private static final Cell LEVEL = new Cell(Cell.Rates.HOME, Cell.Delays.NONE);
    private static final Cell SLANTED = new Cell(Cell.Rates.HOME, Cell.Delays.SECOND_FAR);

    /** Links alone with 40 and 20, both directions alike. */
    private static Comparison comparison(Cell cell, double braid, double kernel) {
        var transfers = new ArrayList<Transfer>();
        for (boolean down : new boolean[] {true, false}) {
            for (boolean isBraid : new boolean[] {true, false}) {
                transfers.add(new Transfer(cell, isBraid, down, Use.FIRST, 40, null, null));
                transfers.add(new Transfer(cell, isBraid, down, Use.SECOND, 20, null, null));
                transfers.add(new Transfer(cell, isBraid, down, Use.BOTH, isBraid ? braid : kernel, null, null));
            }
        }
        return new Comparison(cell, transfers);
    }

    @Test
    void bothLinksAreComparedWithTheSumAndWithTheKernel() {
        Comparison one = comparison(LEVEL, 57, 60);
        assertThat(one.ofSum(true, true)).isEqualTo(0.95);
        assertThat(one.ofKernel(true)).isEqualTo(0.95);
        assertThat(one.isGood(true)).isFalse();
    }

    @Test
    void linksWithEqualDelaysHaveToReachTheSumToo() {
        assertThat(comparison(LEVEL, 57, 57).isGood(true)).isFalse();
        assertThat(comparison(LEVEL, 58.5, 59).isGood(true)).isTrue();
        assertThat(comparison(SLANTED, 50, 50).isGood(false)).isTrue();
        assertThat(comparison(SLANTED, 48, 50).isGood(false)).isFalse();
    }

    @Test
    void queuesHoldWhatIsOnItsWayWithinBounds() {
        assertThat(new Cell(Cell.Rates.UNEQUAL, Cell.Delays.NONE).queuePackets(1)).isEqualTo(20);
        assertThat(new Cell(Cell.Rates.EQUAL, Cell.Delays.SECOND_FAR).queuePackets(1)).isEqualTo(41);
        assertThat(new Cell(Cell.Rates.FAST, Cell.Delays.FIRST_FAR).queuePackets(0)).isEqualTo(100);
    }

    @Test
    void everyReportSaysWhichCellsFallShort() {
        var report = new AggregationReport(1, 5, List.of(comparison(LEVEL, 57, 60), comparison(SLANTED, 50, 50)));
        assertThat(report.text()).contains("40/20@0/0", "SHORT", "2 of 4 are good");
        assertThat(report.markdown()).contains("**0.950**", "| `40/20@1/25` | up | 50.00 |");
        JsonNode cell = JsonMapper.shared().readTree(report.json()).get("cells").get(0);
        assertThat(cell.get("good").asBoolean()).isFalse();
        assertThat(cell.get("braid").get("both").asDouble()).isEqualTo(57);
    }
}
