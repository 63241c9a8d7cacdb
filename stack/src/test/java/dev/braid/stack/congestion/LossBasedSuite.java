package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** What the controls have in common that take loss as the sign of congestion. */
abstract class LossBasedSuite extends CongestionControlSuite {
    @Test
    @Rfc({"5681", "3.1"})
    void slowStartDoublesTheWindow() {
        CongestionControl control = established();
        round(control);
        assertThat(control.cwnd()).isEqualTo(20L * MSS);
        round(control);
        assertThat(control.cwnd()).isEqualTo(40L * MSS);
        assertThat(control.pacingRate()).isEqualTo(2L * 40 * MSS * 10);
    }

    @Test
    void slowStartGrowsToTwiceWhatWasOutWhereTheApplicationLimits() {
        CongestionControl control = established();
        ack(control, 2 * MSS, 5L * MSS, true);
        assertThat(control.cwnd()).isEqualTo(10L * MSS);
        ack(control, 2 * MSS, 6L * MSS, true);
        assertThat(control.cwnd()).isEqualTo(12L * MSS);
        ack(control, 2 * MSS, 6L * MSS, true);
        assertThat(control.cwnd()).isEqualTo(12L * MSS);
    }

    @Test
    void avoidanceDoesNotGrowAWindowThatIsNotFull() {
        CongestionControl control = afterLoss();
        long before = control.cwnd();
        for (int i = 0; i < 100; i++) {
            round(control, before - MSS, true);
        }
        assertThat(control.cwnd()).isEqualTo(before);
    }

    @Test
    @Rfc({"6937", "3"})
    void windowGoesDownInProportionToWhatArrives() {
        CongestionControl control = established();
        for (int i = 0; i < 2; i++) {
            round(control);
        }
        long flight = control.cwnd();
        control.onRecoveryStart(flight, sndUna + flight, nowNs);
        long target = control.ssthresh();
        long inflight = flight - MSS;
        long sent = 0;
        for (long arrived = MSS; arrived < flight; arrived += MSS) {
            inflight -= MSS;
            recoveryAck(control, 0, MSS, inflight, arrived == MSS ? MSS : 0);
            long allowed = Math.max(0, (control.cwnd() - inflight) / MSS * MSS);
            if (allowed > 0) {
                control.onSent((int) allowed, inflight, sent == 0, nowNs);
                sent += allowed;
                inflight += allowed;
            }
            assertThat(sent).as("sent for %d that arrived", arrived)
                    .isBetween(arrived * target / flight - MSS, arrived * target / flight + 2 * MSS);
        }
        control.onRecoveryEnd(inflight, nowNs);
        assertThat(control.cwnd()).isEqualTo(target);
        assertThat(inflight).isBetween(target - 2 * MSS, target);
    }

    @Test
    @Rfc({"6937", "3"})
    void afterHeavyLossSlowStartLeadsBackToTheThreshold() {
        CongestionControl control = established();
        for (int i = 0; i < 2; i++) {
            round(control);
        }
        long flight = control.cwnd();
        control.onRecoveryStart(flight, sndUna + flight, nowNs);
        long inflight = 4L * MSS;
        recoveryAck(control, 0, MSS, inflight, (int) (flight - 5L * MSS));
        assertThat(control.cwnd()).as("packet conservation while losses are told of").isEqualTo(inflight + MSS);
        control.onSent(MSS, inflight, true, nowNs);
        recoveryAck(control, MSS, MSS, inflight, 0);
        assertThat(control.cwnd()).as("and a segment more where there is progress").isEqualTo(inflight + 2L * MSS);
    }

    @Test
    void firstRepairLeavesThoughThePipeIsFull() {
        CongestionControl control = established();
        for (int i = 0; i < 2; i++) {
            round(control);
        }
        long flight = control.cwnd();
        control.onRecoveryStart(flight, sndUna + flight, nowNs);
        long inflight = control.ssthresh();
        recoveryAck(control, 0, MSS, inflight, MSS);
        assertThat(control.cwnd()).as("for the first repair").isEqualTo(inflight + MSS);
        control.onSent(MSS, inflight - MSS, true, nowNs);
        recoveryAck(control, 0, MSS, inflight, 0);
        assertThat(control.cwnd()).as("for what follows").isEqualTo(inflight);
    }

    @Test
    void reorderingTimerOpensTheWindowForTheFirstRepair() {
        CongestionControl control = established();
        control.onRecoveryStart(2L * MSS, sndUna + 2L * MSS, nowNs);
        control.onTimerLoss(MSS, 0, nowNs);
        assertThat(control.cwnd()).isEqualTo(MSS);
    }

    @Test
    void secondReductionInAWindowTakesNothing() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        control.onEcnReduction(control.cwnd(), sndUna + control.cwnd(), nowNs);
        long threshold = control.ssthresh();
        control.onRecoveryStart(control.cwnd(), sndUna + control.cwnd(), nowNs);
        assertThat(control.ssthresh()).isEqualTo(threshold);
        control.onTimeout(control.cwnd(), 0, true, nowNs);
        assertThat(control.ssthresh()).isEqualTo(threshold);
    }

    @Test
    @Rfc({"4015", "3.2"})
    void spuriousRecoveryGivesBackWhatItTook() {
        CongestionControl control = established();
        for (int i = 0; i < 4; i++) {
            round(control);
        }
        long before = control.cwnd();
        control.onRecoveryStart(before, sndUna + before, nowNs);
        for (int i = 0; i < 20; i++) {
            recoveryAck(control, 0, MSS, before - (i + 1L) * MSS, 0);
        }
        assertThat(control.cwnd()).isLessThan(before);
        control.onUndo(nowNs);
        assertThat(control.cwnd()).isEqualTo(before);
        assertThat(control.inSlowStart()).as("slow start goes on").isTrue();
        round(control);
        assertThat(control.cwnd()).isGreaterThan(before);
    }

    @Test
    void stretchAcknowledgmentAfterATimeoutFreesNoMoreThanWasSentSince() {
        CongestionControl control = established();
        for (int i = 0; i < 4; i++) {
            round(control);
        }
        control.onTimeout(100L * MSS, 0, true, nowNs);
        control.onSent(MSS, 0, true, nowNs);
        sample.clear();
        sample.nowNs = nowNs;
        sample.ackedBytes = 50 * MSS;
        sample.newlyDelivered = 50 * MSS;
        sample.cwndLimited = true;
        sample.inLoss = true;
        control.onAck(sample);
        assertThat(control.cwnd()).isEqualTo(2L * MSS);
    }

    @Test
    void ackDivisionGainsNothing() {
        CongestionControl whole = established();
        ack(whole, MSS, 10L * MSS, false);
        CongestionControl divided = established();
        for (int i = 0; i < MSS; i++) {
            ack(divided, 1, 10L * MSS, false);
        }
        assertThat(divided.cwnd()).isEqualTo(whole.cwnd());
    }

    @Test
    @Rfc({"7661", "4.3"})
    void windowIsKeptThroughAPauseAndHalvedOnlyAfterFiveMinutes() {
        CongestionControl control = established();
        for (int i = 0; i < 4; i++) {
            round(control);
        }
        long before = control.cwnd();
        nowNs += 60_000 * MS;
        control.onSent(MSS, 0, false, nowNs);
        assertThat(control.cwnd()).isEqualTo(before);
        nowNs += 301_000 * MS;
        control.onSent(MSS, 0, false, nowNs);
        assertThat(control.cwnd()).isEqualTo(before / 2);
        assertThat(control.ssthresh()).isGreaterThanOrEqualTo(before * 3 / 4);
    }

    @Test
    @Rfc({"5681", "3.1"})
    void thresholdIsNeverBelowTwoSegments() {
        CongestionControl control = established();
        control.onTimeout(1, 0, true, nowNs);
        for (int i = 0; i < 20; i++) {
            control.onRecoveryStart(1, 0, nowNs);
            control.onRecoveryEnd(0, nowNs);
        }
        assertThat(control.ssthresh()).isEqualTo(2L * MSS);
        assertThat(control.cwnd()).isEqualTo(2L * MSS);
    }

    @Test
    void paceFollowsWhatIsInFlightWhileTheWindowIsSmall() {
        CongestionControl control = afterLoss();
        long pace = control.pacingRate();
        assertThat(pace).isCloseTo((long) (1.2 * control.cwnd() * 10), Percentage.withPercentage(25));
        assertThat(control.inSlowStart()).isFalse();
    }

    /** A control whose first loss ended slow start. */
    CongestionControl afterLoss() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        loseOne(control);
        return control;
    }
}
