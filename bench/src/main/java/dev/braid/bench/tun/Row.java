package dev.braid.bench.tun;

import dev.braid.bench.bed.Statistics;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One peer in one test: its measurements of all rounds together. */
record Row(TestCase test, Peer peer, List<Measurement> rounds) {
    /** The median of the rounds, in the test's unit. */
    double median() {
        return median(Measurement::value);
    }

    /** The median of something measured beside the value. */
    double median(ToDoubleFunction<Measurement> what) {
        return Statistics.median(values(what));
    }

    /** The values in the order of the rounds. */
    List<Double> values(ToDoubleFunction<Measurement> what) {
        return rounds.stream().map(what::applyAsDouble).toList();
    }

    double min() {
        return Statistics.min(values(Measurement::value));
    }

    double max() {
        return Statistics.max(values(Measurement::value));
    }

    /** Heap bytes a frame in the most frugal round: what the JIT has not compiled yet allocates in the others. */
    double allocatedPerFrame() {
        return Statistics.min(values(Measurement::allocatedPerFrame));
    }

    /** A percentile in µs, of a test that has them. */
    double micros(String percentile) {
        return median(one -> one.client().real(percentile) / 1e3);
    }

    /** Whether something else ran during every round. */
    boolean isDisturbed() {
        return rounds.stream().anyMatch(one -> one.disturbance() != null);
    }

    /** The rows of a test, in the peers' order. */
    static List<Row> of(TestCase test, List<Measurement> all) {
        return all.stream()
                .filter(one -> one.test() == test)
                .map(Measurement::peer)
                .distinct()
                .map(peer -> new Row(test, peer,
                        all.stream().filter(one -> one.test() == test && one.peer() == peer).toList()))
                .toList();
    }

    /** How this row compares with that peer's, NaN when it was not measured. */
    double ratioTo(Peer other, List<Row> rows) {
        return rows.stream()
                .filter(row -> row.peer() == other)
                .mapToDouble(row -> Statistics.ratio(median(), row.median()))
                .findFirst()
                .orElse(Double.NaN);
    }
}
