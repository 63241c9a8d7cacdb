package dev.braid.stack.storm;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** 234: more was promised than memory held. 243: neither timestamps nor DSACK told of reordering that was repaired at once. */
    @ParameterizedTest
    @ValueSource(longs = {234, 243})
    void whatOnceFailedHolds(long seed) {
        new RestlessStorm(seed).run();
    }
}
