package dev.braid.bench.aggregation;

import dev.braid.bench.bed.Statistics;
import java.util.List;

/** All transfers of one cell, compared. */
record Comparison(Cell cell, List<Transfer> transfers) {
    /** Of the sum of the links alone, what two links with equal delays have to reach. */
    static final double GOOD_OF_SUM = 0.97;
    /** Of the kernel's median, what is as good as the kernel. */
    static final double GOOD_OF_KERNEL = 0.98;

    /** Mbit/s of the rounds, in their order. */
    List<Double> values(boolean braid, boolean down, Use use) {
        return transfers.stream()
                .filter(one -> one.braid() == braid && one.down() == down && one.use() == use)
                .map(Transfer::mbit)
                .toList();
    }

    /** The median of the rounds, Mbit/s. */
    double median(boolean braid, boolean down, Use use) {
        return Statistics.median(values(braid, down, use));
    }

    /** Both links together by the sum of each alone, of the same stack. */
    double ofSum(boolean braid, boolean down) {
        return Statistics.ratio(median(braid, down, Use.BOTH),
                median(braid, down, Use.FIRST) + median(braid, down, Use.SECOND));
    }

    /** Braid's median over both links by the kernel's. */
    double ofKernel(boolean down) {
        return Statistics.ratio(median(true, down, Use.BOTH), median(false, down, Use.BOTH));
    }

    /** Whether Braid does what is asked for in this direction. */
    boolean isGood(boolean down) {
        return ofKernel(down) >= GOOD_OF_KERNEL && (!cell.isLevel() || ofSum(true, down) >= GOOD_OF_SUM);
    }

    /** Whether something else ran during any of the transfers. */
    boolean isDisturbed() {
        return transfers.stream().anyMatch(one -> one.disturbance() != null);
    }

    /** Why transfers failed. */
    List<String> failures() {
        return transfers.stream().map(Transfer::failure).filter(why -> why != null).toList();
    }
}
