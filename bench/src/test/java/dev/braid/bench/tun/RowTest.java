package dev.braid.bench.tun;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {
    @Test
    void aRowComparesMediansWithinItsTest() {
        List<Measurement> all = List.of(
                Samples.of(TestCase.STREAM, Peer.RAW, 1, 40), Samples.of(TestCase.STREAM, Peer.BRAID, 1, 22),
                Samples.of(TestCase.STREAM, Peer.RAW, 2, 80), Samples.of(TestCase.STREAM, Peer.BRAID, 2, 10),
                Samples.of(TestCase.STREAM, Peer.RAW, 3, 50), Samples.of(TestCase.STREAM, Peer.BRAID, 3, 20),
                Samples.of(TestCase.MAERTS, Peer.BRAID, 1, 999));
        List<Row> rows = Row.of(TestCase.STREAM, all);
        assertThat(rows).extracting(Row::peer).containsExactly(Peer.RAW, Peer.BRAID);
        Row braid = rows.get(1);
        assertThat(braid.median()).isEqualTo(20);
        assertThat(braid.min()).isEqualTo(10);
        assertThat(braid.max()).isEqualTo(22);
        assertThat(braid.ratioTo(Peer.RAW, rows)).isEqualTo(0.4);
        assertThat(braid.ratioTo(Peer.VETH, rows)).as("not measured").isNaN();
    }

    @Test
    void aMeasurementTellsSharesAndCosts() {
        Measurement braid = Samples.of(TestCase.STREAM, Peer.BRAID, 1, 8);
        assertThat(braid.fastPathShare()).isEqualTo(0.95);
        assertThat(braid.allocatedPerFrame()).isZero();
        assertThat(braid.coresUsed()).isEqualTo(1.5);
        assertThat(braid.bytesPerFrame()).isEqualTo(50_000);
        assertThat(braid.cpuMicros()).isEqualTo(1.5e6 * 65_536 / 1e9);
        assertThat(Samples.of(TestCase.STREAM, Peer.VETH, 1, 8).fastPathShare()).isNaN();
    }
}
