package dev.braid.bench.tun;

import java.util.List;

/** Medians and ranges. Stateless. */
final class Statistics {
    private Statistics() {}

    /**
     * The middle value; of an even number, the mean of the middle two.
     *
     * @throws IllegalArgumentException when there is none
     */
    static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values, no median");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The least value. */
    static double min(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The greatest value. */
    static double max(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** A ratio, or NaN when the divisor says nothing. */
    static double ratio(double value, double to) {
        return to > 0 ? value / to : Double.NaN;
    }
}
