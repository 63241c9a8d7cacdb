package dev.braid.bench.loss;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Transfers as a run would bring them. */
final class Transfers {
    private Transfers() {}

    static Transfer of(Pair pair, int round, double mbit) {
        return new Transfer(Cell.WIFI, "cubic", pair, round, mbit, Map.of("TcpRetransSegs", 40L),
                Map.of("forth.LOST", 38L), null, null);
    }

    /** A cell with these figures of each pair, in the order of {@link Pair}. */
    static Comparison comparison(
            List<Double> kernel, List<Double> toBraid, List<Double> fromBraid, List<Double> kernelAgain) {
        var all = new ArrayList<Transfer>();
        List<List<Double>> values = List.of(kernel, toBraid, fromBraid, kernelAgain);
        for (Pair pair : Pair.values()) {
            int round = 1;
            for (double mbit : values.get(pair.ordinal())) {
                all.add(of(pair, round++, mbit));
            }
        }
        return new Comparison(Cell.WIFI, "cubic", all);
    }
}
