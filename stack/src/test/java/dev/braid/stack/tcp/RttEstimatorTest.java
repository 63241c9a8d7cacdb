package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

class RttEstimatorTest {
    private static final long MS = 1_000_000L;

    private final RttEstimator rtt = new RttEstimator();

    @Test
    @Rfc({"6298", "2.1"})
    void timeoutIsOneSecondBeforeAnyMeasurement() {
        assertThat(rtt.rtoNs()).isEqualTo(1000 * MS);
        assertThat(rtt.srttNs()).isZero();
    }

    @Test
    @Rfc({"6298", "2.2"})
    void firstMeasurementSetsTheEstimate() {
        rtt.sample(100 * MS);
        assertThat(rtt.srttNs()).isEqualTo(100 * MS);
        assertThat(rtt.rttvarNs()).isEqualTo(50 * MS);
        assertThat(rtt.rtoNs()).isEqualTo(300 * MS);
    }

    @Test
    @Rfc({"6298", "2.3"})
    void furtherMeasurementsAreSmoothed() {
        rtt.sample(400 * MS);
        rtt.sample(800 * MS);
        assertThat(rtt.rttvarNs()).isEqualTo(200 * MS * 3 / 4 + 400 * MS / 4);
        assertThat(rtt.srttNs()).isEqualTo(400 * MS * 7 / 8 + 800 * MS / 8);
        assertThat(rtt.rtoNs()).isEqualTo(450 * MS + 4 * 250 * MS);
        assertThat(rtt.minRttNs()).isEqualTo(400 * MS);
    }

    @Test
    @Rfc({"6298", "2.4"})
    void steadyPathKeepsTheMinimumAboveItsRoundTrip() {
        for (int i = 0; i < 200; i++) {
            rtt.sample(1 * MS);
        }
        assertThat(rtt.rtoNs()).isEqualTo(201 * MS);
    }

    @Test
    @Rfc({"6298", "5.5"})
    @Rfc({"6298", "2.5"})
    void backoffDoublesUpToTheMaximumAndEndsWithNews() {
        rtt.sample(100 * MS);
        for (int i = 1; i <= 5; i++) {
            rtt.backOff();
            assertThat(rtt.rtoNs()).isEqualTo((300L << i) * MS);
        }
        for (int i = 0; i < 100; i++) {
            rtt.backOff();
        }
        assertThat(rtt.rtoNs()).isEqualTo(120_000 * MS);
        rtt.endBackoff();
        assertThat(rtt.rtoNs()).isEqualTo(300 * MS);
    }

    @Test
    @Rfc({"6298", "5.7"})
    void lostHandshakeStartsDataWithThreeSeconds() {
        rtt.backOff();
        rtt.handshakeWasLost();
        assertThat(rtt.rtoNs()).isEqualTo(3000 * MS);
        rtt.sample(100 * MS);
        assertThat(rtt.rtoNs()).isEqualTo(300 * MS);
    }

    @Test
    @Rfc({"7323", "4.2"})
    void manyMeasurementsOfOneRoundTripCountAsOne() {
        var oncePerRound = new RttEstimator();
        rtt.sample(100 * MS);
        oncePerRound.sample(100 * MS);
        for (int round = 0; round < 10; round++) {
            oncePerRound.sample(200 * MS);
            for (int i = 0; i < 50; i++) {
                rtt.sample(200 * MS, 50);
            }
        }
        assertThat(rtt.srttNs()).isCloseTo(oncePerRound.srttNs(), org.assertj.core.data.Percentage.withPercentage(3));
    }

    @Test
    void absurdMeasurementsDoNoHarm() {
        rtt.sample(0);
        rtt.sample(-5);
        assertThat(rtt.srttNs()).isEqualTo(1);
        rtt.sample(Long.MAX_VALUE / 16);
        assertThat(rtt.rtoNs()).isEqualTo(120_000 * MS);
    }
}
