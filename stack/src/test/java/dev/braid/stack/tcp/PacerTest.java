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

    @Test
    void unpacedFlowNeverWaits() {
        assertThat(pacer.sendableBytes(5)).isEqualTo(Long.MAX_VALUE);
        pacer.onSent(1 << 20, 5);
        assertThat(pacer.sendableBytes(5)).isEqualTo(Long.MAX_VALUE);
        assertThat(pacer.frameBudget()).isEqualTo(65_536);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1_000, 50_000, 1_250_000, 12_500_000, 125_000_000, 1_250_000_000, 12_500_000_000L})
    void longRunRateIsTheOneAsked(long rate) {
        pacer.rate(rate, MSS, 0);
        long now = 0;
        long sent = 0;
        for (int frames = 0; frames < 1000; frames++) {
            long sendable = pacer.sendableBytes(now);
            if (sendable == 0) {
                long next = pacer.nextSendNs();
                assertThat(next).isGreaterThan(now);
                assertThat(next - now).as("not longer than the credit of a frame takes")
                        .isLessThanOrEqualTo((long) (2.0 * pacer.frameBudget() / rate * SECOND) + 2);
                now = next;
                sendable = pacer.sendableBytes(now);
            }
            assertThat(sendable).isPositive();
            int bytes = (int) Math.min(sendable, pacer.frameBudget());
            pacer.onSent(bytes, now);
            sent += bytes;
        }
        long burst = Math.max(rate / 1000, 2 * MSS);
        assertThat(sent).isCloseTo(burst + (long) ((double) rate * now / SECOND), Percentage.withPercentage(1));
    }

    @Test
    void timerThatFiresHalfAMillisecondLateLosesNoRate() {
        long rate = 125_000_000;
        pacer.rate(rate, MSS, 0);
        long now = 0;
        long sent = 0;
        while (now < SECOND) {
            for (long sendable = pacer.sendableBytes(now); sendable > 0; sendable = pacer.sendableBytes(now)) {
                int bytes = (int) Math.min(sendable, pacer.frameBudget());
                pacer.onSent(bytes, now);
                sent += bytes;
            }
            now = pacer.nextSendNs() + 130_000;
        }
        assertThat(sent).isCloseTo(rate, Percentage.withPercentage(1));
    }

    @Test
    void frameBudgetIsAMillisecondButTwoSegmentsAndAtMost64KiB() {
        pacer.rate(1_000, MSS, 0);
        assertThat(pacer.frameBudget()).isEqualTo(2 * MSS);
        pacer.rate(10_000_000, MSS, 0);
        assertThat(pacer.frameBudget()).isEqualTo(10_000);
        pacer.rate(1_000_000_000, MSS, 0);
        assertThat(pacer.frameBudget()).isEqualTo(65_536);
    }

    @Test
    void idleTimeEarnsNoMoreThanTheBurst() {
        pacer.rate(10_000_000, MSS, 0);
        pacer.onSent(10_000, 0);
        assertThat(pacer.sendableBytes(100 * SECOND)).isEqualTo(10_000);
    }

    @Test
    void retransmissionsThatDoNotWaitAreOwedButNotForEver() {
        pacer.rate(10_000_000, MSS, 0);
        for (int i = 0; i < 1000; i++) {
            pacer.onSent(10_000, 0);
        }
        assertThat(pacer.sendableBytes(0)).isZero();
        assertThat(pacer.sendableBytes(2_500_000)).isPositive();
    }

    @Test
    void changingTheRateKeepsWhatIsOwed() {
        pacer.rate(1_000_000, MSS, 0);
        pacer.onSent(2 * MSS, 0);
        pacer.rate(2_000_000, MSS, 0);
        assertThat(pacer.sendableBytes(0)).isZero();
        pacer.rate(CongestionControl.UNPACED, MSS, 0);
        assertThat(pacer.sendableBytes(0)).isPositive();
        pacer.rate(1_000_000, MSS, 7 * SECOND);
        assertThat(pacer.sendableBytes(7 * SECOND)).isBetween(0L, 2L * MSS);
    }

    @Test
    void fastLanFlowNeverWaits() {
        // Ten segments in 50 µs: the rate of the first window.
        long rate = 2L * 10 * MSS * 20_000;
        pacer.rate(rate, MSS, 0);
        for (int i = 0; i < 10; i++) {
            assertThat(pacer.sendableBytes(0)).isPositive();
            pacer.onSent(MSS, 0);
        }
    }
}
