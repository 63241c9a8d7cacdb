package dev.braid.bench.loss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.bench.bed.Disturbance;
import dev.braid.bench.loss.Comparison.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final List<Double> ANY = List.of(10.0, 10.0, 10.0);

    private static Verdict sending(List<Double> kernel, List<Double> kernelAgain, List<Double> braid) {
        return Transfers.comparison(kernel, ANY, braid, kernelAgain).verdict(Pair.FROM_BRAID);
    }

    @Test
    void braidIsComparedWithTheMedianOfBothKernelRuns() {
        Comparison one = Transfers.comparison(List.of(10.0, 12.0, 8.0), List.of(4.0, 5.0, 99.0),
                List.of(22.0, 2.0, 20.0), List.of(11.0, 9.0, 10.0));
        assertThat(one.kernelMedian()).isEqualTo(10);
        assertThat(one.kernelMin()).isEqualTo(8);
        assertThat(one.kernelMax()).isEqualTo(12);
        assertThat(one.median(Pair.TO_BRAID)).isEqualTo(5);
        assertThat(one.ratio(Pair.TO_BRAID)).isEqualTo(0.5);
        assertThat(one.ratio(Pair.FROM_BRAID)).isEqualTo(2);
        assertThat(one.sender(Pair.FROM_BRAID, "TcpRetransSegs")).isEqualTo(40);
        assertThat(one.sender(Pair.FROM_BRAID, "TcpExtTCPTimeouts")).isZero();
    }

    @Test
    void ninetyFivePercentOfTheKernelsMedianIsAsGood() {
        assertThat(sending(ANY, ANY, List.of(9.5, 9.5, 9.5))).isEqualTo(Verdict.AS_GOOD);
        assertThat(sending(ANY, ANY, List.of(9.49, 9.49, 9.49))).isEqualTo(Verdict.WORSE);
    }

    @Test
    void moreThanTheKernelIsAsGood() {
        assertThat(sending(ANY, ANY, List.of(15.0, 15.0, 15.0))).isEqualTo(Verdict.AS_GOOD);
    }

    @Test
    void lessCountsAsWithinTheSpreadWhenTheKernelHadLessInEitherRun() {
        List<Double> braid = List.of(9.0, 9.0, 9.0);
        assertThat(sending(List.of(8.9, 10.0, 10.0), ANY, braid)).isEqualTo(Verdict.WITHIN_SPREAD);
        assertThat(sending(ANY, List.of(10.0, 10.0, 8.9), braid)).isEqualTo(Verdict.WITHIN_SPREAD);
        assertThat(sending(List.of(9.1, 10.0, 10.0), List.of(10.0, 12.0, 9.1), braid)).isEqualTo(Verdict.WORSE);
    }

    @Test
    void aTransferThatDidNotEndCountsAsNothing() {
        assertThat(sending(ANY, ANY, List.of(10.0, 0.0, 10.0))).as("one of three").isEqualTo(Verdict.AS_GOOD);
        assertThat(sending(ANY, ANY, List.of(10.0, 0.0, 0.0))).as("two of three").isEqualTo(Verdict.WORSE);
    }

    @Test
    void oneDisturbedTransferMarksTheCell() {
        assertThat(Transfers.comparison(ANY, ANY, ANY, ANY).isDisturbed()).isFalse();
        var spoiled = new Transfer(Cell.WIFI, "cubic", Pair.KERNEL_1, 1, 10, Map.of(), Map.of(), null,
                new Disturbance("compiler", 0.9));
        assertThat(new Comparison(Cell.WIFI, "cubic", List.of(spoiled)).isDisturbed()).isTrue();
    }
}
