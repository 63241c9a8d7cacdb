package dev.braid.stack.storm;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Networks that lose nothing and keep nothing in order. {@code -Dbraid.storm.seeds=N} and {@code -Dbraid.storm.from=S} as for
 * {@link StormTest}; {@code -Dbraid.storm.restless.seed=S} runs one.
 */
@Tag("storms")
class RestlessStormTest {
    private static final int USUAL = 100;

    @Test
    void whereNothingIsLostNoTimerExpiresAndRackSeesThroughReordering() {
        Seeds.run("restless.", "", USUAL, (seed, journals) -> new RestlessStorm(seed).run());
    }
}
