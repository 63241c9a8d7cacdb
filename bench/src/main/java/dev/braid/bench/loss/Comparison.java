package dev.braid.bench.loss;

import dev.braid.bench.bed.Statistics;
import java.util.List;

/**
 * All transfers of one cell under one congestion control, compared: Braid's median with the median of everything the kernel
 * did against itself, and with the spread of that.
 */
record Comparison(Cell cell, String control, List<Transfer> transfers) {
    /** Of the kernel's median, what is as good as the kernel. */
    static final double GOOD = 0.95;

    /** How a pair fares beside the kernel. */
    enum Verdict {
        /** At least {@value Comparison#GOOD} of the kernel's median. */
        AS_GOOD("as good"),
        /** Less, but the kernel has had less itself. */
        WITHIN_SPREAD("within the kernel's spread"),
        /** Less than the kernel ever had. */
        WORSE("worse");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        /** As it is printed. */
        String text() {
            return text;
        }
    }

    /** The transfers of a pair, in the order of the rounds. */
    List<Transfer> of(Pair pair) {
        return transfers.stream().filter(one -> one.pair() == pair).toList();
    }

    /** Mbit/s of a pair in the order of the rounds. */
    List<Double> values(Pair pair) {
        return of(pair).stream().map(Transfer::mbit).toList();
    }

    /** The median of a pair's rounds, Mbit/s. */
    double median(Pair pair) {
        return Statistics.median(values(pair));
    }

    private List<Double> kernelValues() {
        return transfers.stream().filter(one -> one.pair().isKernelOnly()).map(Transfer::mbit).toList();
    }

    /** The median of all the kernel's transfers to itself, both runs. */
    double kernelMedian() {
        return Statistics.median(kernelValues());
    }

    /** The least the kernel had in either run. */
    double kernelMin() {
        return Statistics.min(kernelValues());
    }

    /** The most the kernel had in either run. */
    double kernelMax() {
        return Statistics.max(kernelValues());
    }

    /** A pair's median by the kernel's. */
    double ratio(Pair pair) {
        return Statistics.ratio(median(pair), kernelMedian());
    }

    /** What the ratio means. More than the kernel is as good. */
    Verdict verdict(Pair pair) {
        if (ratio(pair) >= GOOD) {
            return Verdict.AS_GOOD;
        }
        return median(pair) >= kernelMin() ? Verdict.WITHIN_SPREAD : Verdict.WORSE;
    }

    /** The median of one of the sender's counters. */
    double sender(Pair pair, String counter) {
        return Statistics.median(of(pair).stream().map(one -> (double) one.sender(counter)).toList());
    }

    /** Whether something else ran during any of the transfers. */
    boolean isDisturbed() {
        return transfers.stream().anyMatch(one -> one.disturbance() != null);
    }
}
