package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FightsTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final Fights fights = new Fights();

    private void repairs(int count, long fromNs, long everyNs) {
        for (int i = 0; i < count; i++) {
            fights.repaired(fromNs + i * everyNs);
        }
    }

    @Test
    void moreThanTenRepairsInTenSecondsAreAFight() {
        repairs(10, 0, SECOND_NS / 2);
        assertThat(fights.isOne(5 * SECOND_NS)).isFalse();
        assertThat(fights.paceNs(5 * SECOND_NS)).isEqualTo(5 * SECOND_NS);
        assertThat(fights.repaired(5 * SECOND_NS)).as("begins").isTrue();
        assertThat(fights.repaired(5 * SECOND_NS)).as("is told once").isFalse();
        assertThat(fights.paceNs(5 * SECOND_NS)).isEqualTo(6 * SECOND_NS);
    }

    @Test
    void aRepairNowAndThenIsNone() {
        repairs(100, 0, 2 * SECOND_NS);
        assertThat(fights.isOne(200 * SECOND_NS)).isFalse();
    }

    @Test
    void aFightGoesOnAtThePaceItIsSlowedTo() {
        repairs(11, 0, 1);
        repairs(100, SECOND_NS, 2 * SECOND_NS);
        assertThat(fights.isOne(201 * SECOND_NS)).isTrue();
    }

    @Test
    void aFightEndsWhenNothingIsTakenAwayForTenSeconds() {
        repairs(11, 0, 1);
        assertThat(fights.isOne(9 * SECOND_NS)).isTrue();
        assertThat(fights.isOne(11 * SECOND_NS)).isFalse();
        assertThat(fights.repaired(11 * SECOND_NS)).isFalse();
        assertThat(fights.isOne(11 * SECOND_NS)).isFalse();
    }
}
