package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.congestion.CongestionControl;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacerTest {
    private static final int MSS = 1460;
    private static final long SECOND = 1_000_000_000L;

    private final Pacer pacer = new Pacer();

    private void pace(long rate, long nowNs) {
        pacer.rate(rate, 2 * MSS, true, nowNs);
    }

    @Test
    void unpacedFlowNeverWaits() {
        assertThat(pacer.mayGo(5)).isTrue();
        pacer.onSent(1 << 20, 5);
        assertThat(pacer.mayGo(5)).isTrue();
        assertThat(pacer.frameBudget()).isEqualTo(65_536);
    }

    @Test
    void flowWhosePacingIsOffNeverWaitsButHasFramesOfItsPace() {
        pacer.rate(10_000_000, 2 * MSS, false, 0);
        pacer.onSent(1 << 20, 5);
        assertThat(pacer.mayGo(5)).isTrue();
        assertThat(pacer.frameBudget()).isEqualTo(10_000);
        assertThat(pacer.rate()).isEqualTo(10_000_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 50_000, 1_250_000, 12_500_000, 125_000_000, 1_250_000_000, 12_500_000_000L})
    void longRunRateIsTheOneAskedToTheByte(long rate) {
        pace(rate, 0);
        long now = 0;
        long sent = 0;
        for (int frames = 0; frames < 1000; frames++) {
            if (!pacer.mayGo(now)) {
                long next = pacer.nextSendNs();
                assertThat(next).isGreaterThan(now);
                assertThat(next - now).as("not longer than a frame takes")
                        .isLessThanOrEqualTo((long) ((double) pacer.frameBudget() / rate * SECOND) + 2);
                now = next;
                assertThat(pacer.mayGo(now - 1)).isFalse();
            }
            assertThat(pacer.mayGo(now)).isTrue();
            int bytes = pacer.frameBudget() - frames % 7;
            pacer.onSent(bytes, now);
            sent += bytes;
        }
        long burst = (long) (rate * 1e-3);
        double paid = (double) rate * pacer.nextSendNs() / SECOND;
        assertThat((double) sent).isBetween(paid - rate * 2e-9 - 1, paid + burst + 1);
    }

    @Test
    void actsOftenWithoutLosingFractions() {
        // Nine bytes take 7.2 ns at this rate: a pacer that rounds each time would be 11 % slow.
        pace(1_250_000_000, 0);
        pacer.onSent(9, 0);
        long before = pacer.nextSendNs();
        for (int i = 0; i < 1_000_000; i++) {
            pacer.onSent(9, pacer.nextSendNs());
        }
        assertThat(pacer.nextSendNs() - before).isEqualTo(7_200_000L);
    }

    @Test
    void timerThatFiresHalfAMillisecondLateLosesNoRate() {
        long rate = 125_000_000;
        pace(rate, 0);
        long now = 0;
        long sent = 0;
        while (now < SECOND) {
            while (pacer.mayGo(now)) {
                pacer.onSent(pacer.frameBudget(), now);
                sent += pacer.frameBudget();
            }
            now = pacer.nextSendNs() + 500_000;
        }
        assertThat(sent).isCloseTo(rate, Percentage.withPercentage(1));
    }

    @Test
    void frameBudgetIsAMillisecondButTwoSegmentsAndAtMost64KiB() {
        pace(1_000, 0);
        assertThat(pacer.frameBudget()).isEqualTo(2 * MSS);
        pace(10_000_000, 0);
        assertThat(pacer.frameBudget()).isEqualTo(10_000);
        pace(1_000_000_000, 0);
        assertThat(pacer.frameBudget()).isEqualTo(65_536);
        pacer.rate(1_000, MSS, true, 0);
        assertThat(pacer.frameBudget()).isEqualTo(MSS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 1_250_000, 10_000_000, 125_000_000, 12_500_000_000L})
    void idleTimeEarnsNoMoreThanAFrameAndAMillisecond(long rate) {
        pace(rate, 0);
        pacer.onSent(pacer.frameBudget(), 0);
        long burst = 0;
        while (pacer.mayGo(100 * SECOND)) {
            pacer.onSent(pacer.frameBudget(), 100 * SECOND);
            burst += pacer.frameBudget();
        }
        assertThat(burst).isLessThanOrEqualTo(rate / 1000 + pacer.frameBudget());
    }

    @Test
    void repairsThatDoNotWaitAreOwedButNotForEver() {
        pace(10_000_000, 0);
        for (int i = 0; i < 1000; i++) {
            pacer.onSent(10_000, 0);
        }
        assertThat(pacer.mayGo(0)).isFalse();
        assertThat(pacer.mayGo(1_000_000)).isTrue();
    }

    @Test
    void changingTheRateKeepsWhatIsOwed() {
        pace(1_000_000, 0);
        pacer.onSent(2 * MSS, 0);
        assertThat(pacer.nextSendNs()).isEqualTo(2 * MSS * 1000);
        pace(2_000_000, 0);
        assertThat(pacer.nextSendNs()).isEqualTo(MSS * 1000);
        pace(CongestionControl.UNPACED, 0);
        assertThat(pacer.mayGo(0)).isTrue();
        pace(1_000_000, 7 * SECOND);
        assertThat(pacer.mayGo(7 * SECOND)).isTrue();
    }

    @Test
    void fastLanFlowNeverWaits() {
        // Ten segments in 50 µs: the rate of the first window.
        pace(2L * 10 * MSS * 20_000, 0);
        for (int i = 0; i < 10; i++) {
            assertThat(pacer.mayGo(0)).isTrue();
            pacer.onSent(MSS, 0);
        }
    }
}
