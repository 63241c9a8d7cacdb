package dev.braid.stack.storm;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Networks that lose nothing and keep nothing in order. {@code -Dbraid.storm.seeds=N} and {@code -Dbraid.storm.from=S} as for
 * {@link StormTest}; {@code -Dbraid.storm.restless.seed=S} runs one.
 */
@Tag("storms")
class RestlessStormTest {
    private static final int USUAL = 100;
    private static final int MAX_TOLD = 5;

    @Test
    void whereNothingIsLostNoTimerExpiresAndRackSeesThroughReordering() {
        Long single = Long.getLong("braid.storm.restless.seed");
        long from = single != null ? single : Long.getLong("braid.storm.from", 1);
        int seeds = single != null ? 1 : Integer.getInteger("braid.storm.seeds", USUAL);
        List<Long> failed = new ArrayList<>();
        List<AssertionError> failures = new ArrayList<>();
        for (long seed = from; seed < from + seeds; seed++) {
            try {
                new RestlessStorm(seed).run();
            } catch (AssertionError failure) {
                failed.add(seed);
                if (failures.size() < MAX_TOLD) {
                    failures.add(failure);
                }
            }
        }
        if (!failed.isEmpty()) {
            var all = new AssertionError(
                    "of " + seeds + " restless storms these failed: " + failed + "; the first of them follow");
            failures.forEach(all::addSuppressed);
            throw all;
        }
    }
}
