package dev.braid.stack.storm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs storms of many seeds. {@code -Dbraid.storm.seeds=N} runs so many, from 1 or from {@code -Dbraid.storm.from=S}; {@code
 * -Dbraid.storm.FAMILYseed=S} runs one with its journal, {@code -Dbraid.storm.FAMILYkind=K} only those of one kind.
 */
public final class Seeds {
    private static final int MAX_TOLD = 5;

    private Seeds() {}

    /** The storm of a seed. */
    @FunctionalInterface
    public interface Storms {
        /** Runs it; whatever does not hold is an {@link AssertionError} with the seed in it. */
        void run(long seed, boolean journals);
    }

    /**
     * Runs them all, and fails with every seed that did and what the first of them said.
     *
     * @param family what their properties' names begin with; empty, or with a dot at its end
     * @param kind theirs in the family
     * @param usual how many, unless another number is asked for
     */
    public static void run(String family, String kind, int usual, Storms storms) {
        String only = System.getProperty("braid.storm." + family + "kind", kind);
        assumeTrue(only.equalsIgnoreCase(kind), "another kind was asked for");
        Long single = Long.getLong("braid.storm." + family + "seed");
        if (single != null) {
            storms.run(single, true);
            return;
        }
        List<AssertionError> failures = new ArrayList<>();
        List<Long> failed = new ArrayList<>();
        int seeds = Integer.getInteger("braid.storm.seeds", usual);
        long from = Long.getLong("braid.storm.from", 1);
        for (long seed = from; seed < from + seeds; seed++) {
            try {
                storms.run(seed, false);
            } catch (AssertionError failure) {
                failed.add(seed);
                if (failures.size() < MAX_TOLD) {
                    failures.add(failure);
                }
            }
        }
        if (!failed.isEmpty()) {
            var all = new AssertionError(
                    "of " + seeds + " storms these failed: " + failed + "; the first of them follow");
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }
}
