package dev.braid.bench.bed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Medians and ranges. Stateless. */
public final class Statistics {
    private Statistics() {}

    /**
     * The middle value; of an even number, the mean of the middle two.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values, no median");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** The least value. */
    public static double min(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    /** The greatest value. */
    public static double max(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    /** A ratio, or NaN when the divisor says nothing. */
    public static double ratio(double value, double to) {
        return to > 0 ? value / to : Double.NaN;
    }

    /** Three decimals, more than a measurement on a shared machine is worth; null for what says nothing. */
    public static @Nullable Double rounded(double value) {
        return Double.isFinite(value) ? Math.round(value * 1000) / 1000.0 : null;
    }
}
