package dev.braid.fastpath.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitMix64Test {
    @Test
    void followsThePublishedSequence() {
        // The first outputs of Vigna's splitmix64.c for seed 1234567.
        SplitMix64 random = new SplitMix64(1234567);
        assertThat(random.nextLong()).isEqualTo(6457827717110365317L);
        assertThat(random.nextLong()).isEqualTo(3203168211198807973L);
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
    }

    @Test
    void isIndexable() {
        SplitMix64 random = new SplitMix64(42);
        random.nextLong();
        assertThat(random.nextLong()).isEqualTo(SplitMix64.at(42, 2));
    }

    @Test
    void aSplitDoesNotDependOnWhatItsParentHandsOutLater() {
        SplitMix64 one = new SplitMix64(42);
        SplitMix64 other = new SplitMix64(42);
        SplitMix64 childOfOne = one.split();
        SplitMix64 childOfOther = other.split();
        other.nextLong();
        assertThat(childOfOne.nextLong()).isEqualTo(childOfOther.nextLong()).isNotEqualTo(one.nextLong());
    }

    @Test
    void boundedNumbersStayInBoundsAndReachBoth() {
        SplitMix64 random = new SplitMix64(1);
        int low = 0;
        int high = 0;
        for (int i = 0; i < 10_000; i++) {
            int number = random.between(-3, 3);
            assertThat(number).isBetween(-3, 3);
            low += number == -3 ? 1 : 0;
            high += number == 3 ? 1 : 0;
        }
        assertThat(low).isBetween(1_200, 1_700);
        assertThat(high).isBetween(1_200, 1_700);
    }

    @Test
    void chanceComesNearItsProbability() {
        SplitMix64 random = new SplitMix64(9);
        int hits = 0;
        for (int i = 0; i < 100_000; i++) {
            hits += random.chance(0.02) ? 1 : 0;
        }
        assertThat(hits).isBetween(1_850, 2_150);
        assertThat(random.chance(0)).isFalse();
        assertThat(random.chance(1)).isTrue();
    }
}
