package dev.braid.bench.tun;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.bench.bed.Disturbance;
import java.util.List;
import org.junit.jupiter.api.Test;

class TunTableTest {
    @Test
    void spoiledRoundsCountOnlyWhereNoneIsClean() {
        List<Measurement> clean = List.of(Samples.of(TestCase.RR, Peer.RAW, 1, 9));
        List<Measurement> spoiled = List
                .of(Samples.of(TestCase.RR, Peer.RAW, 2, 99, new Disturbance("compiler", 1.0)));
        assertThat(TunTable.keep(clean, spoiled)).isEqualTo(clean);
        assertThat(TunTable.keep(List.of(), spoiled)).isEqualTo(spoiled);
    }
}
