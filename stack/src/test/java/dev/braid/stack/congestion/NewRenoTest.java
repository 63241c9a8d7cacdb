package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class NewRenoTest extends LossBasedSuite {
    @Override
    CongestionControl make() {
        return new NewReno();
    }

    @Test
    @Rfc({"5681", "3.1"})
    void slowStartDoublesTheWindowEachRoundTrip() {
        CongestionControl control = established();
        round(control);
        assertThat(control.cwnd()).isEqualTo(20L * MSS);
        round(control);
        assertThat(control.cwnd()).isEqualTo(40L * MSS);
        assertThat(control.pacingRate()).isEqualTo(2L * 40 * MSS * 10);
    }

    @Test
    @Rfc({"5681", "3.1"})
    void congestionAvoidanceAddsASegmentEachRoundTrip() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        control.onRecoveryStart(80L * MSS, 0, nowNs);
        assertThat(control.ssthresh()).isEqualTo(40L * MSS);
        control.onRecoveryEnd(0, nowNs);
        assertThat(control.cwnd()).isEqualTo(40L * MSS);
        for (int i = 1; i <= 5; i++) {
            round(control);
            assertThat(control.cwnd()).isEqualTo((40L + i) * MSS);
        }
        assertThat(control.pacingRate()).isCloseTo((long) (1.2 * 45 * MSS * 10), Percentage.withPercentage(1));
    }

    @Test
    @Rfc({"5681", "3.1"})
    void laterTimeoutsOfTheSameDataLeaveTheThreshold() {
        CongestionControl control = established();
        control.onTimeout(10L * MSS, 0, true, nowNs);
        assertThat(control.ssthresh()).isEqualTo(5L * MSS);
        control.onTimeout(MSS, 0, false, nowNs);
        assertThat(control.ssthresh()).isEqualTo(5L * MSS);
    }

    @Test
    @Rfc({"7661", "4.4.1"})
    void lossInAnUnusedWindowCountsWhatWasInFlight() {
        CongestionControl control = established();
        for (int i = 0; i < 5; i++) {
            round(control);
        }
        for (int i = 0; i < 30; i++) {
            round(control, 20L * MSS, true);
        }
        assertThat(control.cwnd()).isGreaterThan(100L * MSS);
        control.onRecoveryStart(20L * MSS, 0, nowNs);
        assertThat(control.ssthresh()).isCloseTo(10L * MSS, Percentage.withPercentage(20));
        sample.clear();
        sample.lostBytes = 4 * MSS;
        control.onAck(sample);
        control.onRecoveryEnd(0, nowNs);
        assertThat(control.cwnd()).isCloseTo(8L * MSS, Percentage.withPercentage(20));
    }

}
