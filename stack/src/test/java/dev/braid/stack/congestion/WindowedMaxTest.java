package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowedMaxTest {
    private final WindowedMax filter = new WindowedMax();

    @Test
    void largestValueCountsForTheWindowAndThenTheNextLargest() {
        assertThat(filter.add(50, 0, 10)).isEqualTo(50);
        assertThat(filter.add(40, 4, 10)).isEqualTo(50);
        assertThat(filter.add(30, 10, 10)).isEqualTo(50);
        assertThat(filter.add(10, 11, 10)).isEqualTo(40);
        assertThat(filter.add(10, 15, 10)).isEqualTo(30);
    }

    @Test
    void silenceLongerThanTheWindowForgetsAll() {
        filter.add(50, 0, 10);
        assertThat(filter.add(1, 30, 10)).isEqualTo(1);
    }

    @Test
    void neverSaysLessThanTheLastValuesNorMoreThanTheWindowHeld() {
        var random = new Random(3);
        List<long[]> seen = new ArrayList<>();
        long tick = 0;
        for (int i = 0; i < 20_000; i++) {
            tick += random.nextInt(3);
            long value = random.nextInt(1000);
            seen.add(new long[] {tick, value});
            long now = tick;
            long told = filter.add(value, tick, 20);
            long most = seen.stream().filter(s -> s[0] >= now - 20).mapToLong(s -> s[1]).max().orElseThrow();
            assertThat(told).isBetween(value, most);
            seen.removeIf(s -> s[0] < now - 40);
        }
    }
}
