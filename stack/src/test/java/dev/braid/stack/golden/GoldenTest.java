package dev.braid.stack.golden;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The golden tables: what flows reach in the simulator, to the last digit; {@link GoldenRun} has the switches. */
@Tag("golden")
class GoldenTest {
    @Test
    void goodputIsWhatItWas() {
        new GoodputTable().run();
    }

    @Test
    void flowsShareAsTheyDid() {
        new FairnessTable().run();
    }

    @Test
    void twoLinksCarryTogetherWhatTheyDid() {
        new AggregationTable().run();
    }
}
