package dev.braid.stack.timer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.testing.Allocation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
    private static final long MS = 1_000_000L;

    private final TimerWheel wheel = new TimerWheel(0);

    @Test
    void entryExpiresAtItsDeadlineAndNotBefore() {
        WheelEntry entry = entry();
        wheel.schedule(entry, 200 * MS);

        assertThat(wheel.poll(200 * MS - 1)).isNull();
        assertThat(wheel.poll(200 * MS + TimerWheel.TICK_NS)).isSameAs(entry);
        assertThat(entry.isScheduled()).isFalse();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void nextDeadlineIsWhenPollWillAnswer() {
        WheelEntry entry = entry();
        wheel.schedule(entry, 7_200_000 * MS);

        long next = wheel.nextDeadlineNs();
        assertThat(next).isBetween(7_200_000 * MS, 7_200_000 * MS + TimerWheel.TICK_NS);
        assertThat(wheel.poll(next - 1)).isNull();
        assertThat(wheel.poll(next)).isSameAs(entry);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void laterDeadlineLeavesTheEntryInItsPlaceUntilItComesUp() {
        WheelEntry entry = entry();
        wheel.schedule(entry, 200 * MS);
        wheel.schedule(entry, 400 * MS);
        assertThat(entry.deadlineNs()).isEqualTo(400 * MS);

        assertThat(wheel.nextDeadlineNs()).isLessThan(201 * MS);
        assertThat(wheel.poll(wheel.nextDeadlineNs())).isNull();
        assertThat(wheel.nextDeadlineNs()).isBetween(400 * MS, 400 * MS + TimerWheel.TICK_NS);
        assertThat(wheel.poll(wheel.nextDeadlineNs())).isSameAs(entry);
    }

    @Test
    void earlierDeadlineMovesTheEntry() {
        WheelEntry entry = entry();
        wheel.schedule(entry, 60_000 * MS);
        wheel.schedule(entry, 10 * MS);

        assertThat(wheel.size()).isEqualTo(1);
        assertThat(wheel.poll(11 * MS)).isSameAs(entry);
        assertThat(wheel.poll(61_000 * MS)).isNull();
    }

    @Test
    void cancelledEntryNeverExpires() {
        WheelEntry first = entry();
        WheelEntry second = entry();
        wheel.schedule(first, 10 * MS);
        wheel.schedule(second, 10 * MS);
        wheel.cancel(first);
        wheel.cancel(first);

        assertThat(wheel.size()).isEqualTo(1);
        assertThat(wheel.poll(20 * MS)).isSameAs(second);
        assertThat(wheel.poll(20 * MS)).isNull();
    }

    @Test
    void dueEntryCanBeCancelledByAnotherOnesOwner() {
        WheelEntry first = entry();
        WheelEntry second = entry();
        wheel.schedule(first, 10 * MS);
        wheel.schedule(second, 10 * MS);

        assertThat(wheel.poll(20 * MS)).isSameAs(first);
        wheel.cancel(second);
        assertThat(wheel.poll(20 * MS)).isNull();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Deadlines.NONE);
    }

    @Test
    void deadlineThatHasPassedIsDueAtOnce() {
        assertThat(wheel.poll(500 * MS)).isNull();
        WheelEntry entry = entry();
        wheel.schedule(entry, 3 * MS);
        assertThat(wheel.nextDeadlineNs()).isLessThanOrEqualTo(500 * MS);
        assertThat(wheel.poll(500 * MS)).isSameAs(entry);
    }

    @Test
    void schedulingForNeverCancels() {
        WheelEntry entry = entry();
        wheel.schedule(entry, 3 * MS);
        wheel.schedule(entry, Deadlines.NONE);
        assertThat(entry.isScheduled()).isFalse();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void entriesOfOneTickExpireInTheOrderOfScheduling() {
        var entries = new ArrayList<WheelEntry>();
        for (int i = 0; i < 10; i++) {
            entries.add(entry());
            wheel.schedule(entries.get(i), 5 * MS);
        }
        var expired = new ArrayList<WheelEntry>();
        expireAll(wheel, 6 * MS, expired);
        assertThat(expired).isEqualTo(entries);
    }

    @Test
    void twoHoursOfIdlenessTakeOneWakeUp() {
        wheel.schedule(entry(), 7_200_000 * MS);
        int wakeUps = 0;
        while (wheel.poll(wheel.nextDeadlineNs()) == null) {
            wakeUps++;
        }
        assertThat(wakeUps).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5_000_000_000L, Long.MIN_VALUE / 2, 1L << 61, 77_777_777_777L})
    void anyOriginAndAnyDistanceAgreeWithASortedList(long origin) {
        for (int seed = 0; seed < 20; seed++) {
            compareWithModel(origin, new Random(seed));
        }
    }

    private static void compareWithModel(long origin, Random random) {
        var wheel = new TimerWheel(origin);
        var entries = new ArrayList<WheelEntry>();
        for (int i = 0; i < 40; i++) {
            entries.add(entry());
        }
        var waiting = new HashSet<WheelEntry>();
        long now = origin;
        for (int step = 0; step < 600; step++) {
            WheelEntry entry = entries.get(random.nextInt(entries.size()));
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    wheel.schedule(entry, now + (random.nextLong() >>> random.nextInt(8, 56)) - 1000);
                    waiting.add(entry);
                }
                case 2 -> {
                    wheel.cancel(entry);
                    waiting.remove(entry);
                }
                default -> now = advance(wheel, waiting, now, random);
            }
            assertThat(wheel.size()).isEqualTo(waiting.size());
        }
    }

    private static long advance(TimerWheel wheel, HashSet<WheelEntry> waiting, long before, Random random) {
        long now = before + (random.nextLong() >>> random.nextInt(16, 50));
        if (random.nextInt(4) == 0 && wheel.nextDeadlineNs() < before + (1L << 50)) {
            now = Math.max(before, wheel.nextDeadlineNs());
        }
        var deadlines = new java.util.HashMap<WheelEntry, Long>();
        waiting.forEach(e -> deadlines.put(e, e.deadlineNs()));
        for (WheelEntry expired = wheel.poll(now); expired != null; expired = wheel.poll(now)) {
            assertThat(waiting.remove(expired)).isTrue();
            assertThat(deadlines.get(expired)).as("never early").isLessThanOrEqualTo(now);
        }
        for (WheelEntry left : waiting) {
            assertThat(left.deadlineNs()).as("never late by a tick").isGreaterThan(now - TimerWheel.TICK_NS);
            assertThat(wheel.nextDeadlineNs()).isLessThan(left.deadlineNs() + TimerWheel.TICK_NS);
        }
        assertThat(wheel.nextDeadlineNs()).as("the next wake-up brings something new").isGreaterThan(now);
        return now;
    }

    @Test
    void nothingIsAllocatedForAnyOfIt() {
        List<WheelEntry> entries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            entries.add(entry());
        }
        long[] now = {0};
        long bytes = Allocation.inSteadyState(() -> {
            for (int round = 0; round < 1_000; round++) {
                for (int i = 0; i < entries.size(); i++) {
                    wheel.schedule(entries.get(i), now[0] + i * MS * 20);
                }
                now[0] += 100 * MS;
                while (wheel.poll(now[0]) != null) {
                    now[0]++;
                }
            }
        });
        assertThat(bytes).isZero();
    }

    private static void expireAll(TimerWheel wheel, long nowNs, List<WheelEntry> into) {
        for (WheelEntry entry = wheel.poll(nowNs); entry != null; entry = wheel.poll(nowNs)) {
            into.add(entry);
        }
    }

    private static WheelEntry entry() {
        return new WheelEntry(nowNs -> {});
    }
}
