package dev.braid.bench.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void theMedianIsTheMiddleOneOfAnOddNumber() {
        assertThat(Statistics.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5.0);
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(Statistics.median(List.of(8.0, 1.0, 3.0, 100.0))).isEqualTo(5.5);
    }

    @Test
    void nothingHasNoMedian() {
        assertThatThrownBy(() -> Statistics.median(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRatioToNothingSaysNothing() {
        assertThat(Statistics.ratio(3, 4)).isEqualTo(0.75);
        assertThat(Statistics.ratio(3, 0)).isNaN();
    }
}
