package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class CubicTest extends LossBasedSuite {
    @Override
    CongestionControl make() {
        return new Cubic();
    }

    @Test
    @Rfc({"9438", "4.6"})
    void lossLeavesSevenTenths() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        assertThat(control.cwnd()).isEqualTo(80L * MSS);
        loseOne(control);
        assertThat(control.cwnd()).isEqualTo(56L * MSS);
        assertThat(control.ssthresh()).isEqualTo(56L * MSS);
    }

    /** The formulas of RFC 9438 section 4.2, worked out on their own: a long fat path, where Reno's growth plays no part. */
    @Test
    @Rfc({"9438", "4.2"})
    void windowFollowsTheCubicFunctionOfTime() {
        CongestionControl control = established();
        for (int i = 0; i < 7; i++) {
            round(control);
        }
        double max = control.cwnd() / (double) MSS;
        loseOne(control);
        double start = control.cwnd() / (double) MSS;
        double k = Math.cbrt((max - start) / 0.4);
        long epochNs = nowNs;
        for (int i = 0; i < 200; i++) {
            round(control);
            double t = (nowNs - epochNs) / 1e9;
            double expected = 0.4 * Math.pow(t - k, 3) + max;
            assertThat(control.cwnd() / (double) MSS)
                    .as("after %.1f s, K = %.1f s", t, k)
                    .isCloseTo(expected, Percentage.withPercentage(1.5));
        }
        assertThat((nowNs - epochNs) / 1e9).isGreaterThan(k + 5);
    }

    @Test
    @Rfc({"9438", "4.7"})
    void flowThatIsCutBackTwiceLeavesRoomForOthers() {
        CongestionControl control = established();
        for (int i = 0; i < 6; i++) {
            round(control);
        }
        loseOne(control);
        long first = control.cwnd();
        loseOne(control);
        double plateau = first * 0.85;
        long k = (long) (1e9 * Math.cbrt((plateau - control.cwnd()) / MSS / 0.4));
        long endNs = nowNs + k;
        while (nowNs < endNs) {
            round(control);
        }
        assertThat((double) control.cwnd()).isCloseTo(plateau, Percentage.withPercentage(3));
    }

    @Test
    @Rfc({"9438", "4.3"})
    void onAShortPathItIsNoSlowerThanReno() {
        CongestionControl cubic = established();
        CongestionControl reno = new NewReno();
        reno.onEstablished(MSS, 100 * MS, false, nowNs);
        round(cubic);
        round(reno);
        loseOne(cubic);
        loseOne(reno);
        // 3(1-β)/(1+β) segments a round trip from 0.7 of the window on.
        double expected = cubic.cwnd() / (double) MSS;
        long before = nowNs;
        for (int i = 0; i < 40; i++) {
            nowNs = before + i * 5 * MS;
            fastRound(cubic);
            expected += i == 0 ? 0 : Math.min(1, 0.529);
        }
        assertThat(cubic.cwnd() / (double) MSS).isGreaterThanOrEqualTo(expected - 2);
    }

    private void fastRound(CongestionControl control) {
        long flight = control.cwnd();
        for (long acked = 0; acked < flight; acked += MSS) {
            ack(control, (int) Math.min(MSS, flight - acked), flight, false);
        }
        nowNs += 5 * MS;
    }

    @Test
    @Rfc({"9438", "4.9"})
    void spuriousLossGivesTheCurveBack() {
        long undisturbed = growth(fiveRoundsAfterLoss(), 60);
        CongestionControl control = fiveRoundsAfterLoss();
        long before = control.cwnd();
        control.onRecoveryStart(before, sndUna + before, nowNs);
        recoveryAck(control, 0, MSS, before - 2 * MSS, MSS);
        control.onUndo(nowNs);
        assertThat(control.cwnd()).isEqualTo(before);
        assertThat(growth(control, 60)).isCloseTo(undisturbed, Percentage.withPercentage(10));
    }

    private CongestionControl fiveRoundsAfterLoss() {
        CongestionControl control = afterLoss();
        for (int i = 0; i < 5; i++) {
            round(control);
        }
        return control;
    }

    private long growth(CongestionControl control, int rounds) {
        long before = control.cwnd();
        for (int i = 0; i < rounds; i++) {
            round(control);
        }
        return control.cwnd() - before;
    }

    @Test
    @Rfc({"9438", "5.8"})
    void pauseEarnsNoGrowth() {
        CongestionControl steady = afterLoss();
        long grown = growth(steady, 30);
        CongestionControl paused = afterLoss();
        for (int i = 0; i < 10; i++) {
            round(paused);
        }
        paused.onSent(MSS, paused.cwnd(), false, nowNs);
        nowNs += 600_000 * MS;
        long before = paused.cwnd();
        paused.onSent(MSS, 0, false, nowNs);
        round(paused);
        assertThat(paused.cwnd() - before).isLessThanOrEqualTo(grown / 4);
    }

    @Test
    @Rfc({"9438", "5.8"})
    void timeInWhichTheWindowIsNotFullEarnsNoGrowth() {
        CongestionControl control = afterLoss();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        for (int i = 0; i < 300; i++) {
            round(control, control.cwnd() - MSS, true);
        }
        long before = control.cwnd();
        round(control);
        assertThat(control.cwnd() - before).isLessThanOrEqualTo(2L * MSS);
    }

    @Test
    void itGrowsByASegmentForEveryTwoAtTheMost() {
        CongestionControl control = afterLoss();
        nowNs += 3_600_000 * MS;
        for (int i = 0; i < 20; i++) {
            long before = control.cwnd();
            round(control);
            nowNs += 60_000 * MS;
            assertThat(control.cwnd()).isLessThanOrEqualTo(before * 3 / 2 + MSS);
        }
    }

    @Test
    @Rfc({"9438", "4.8"})
    void afterATimeoutItStartsFromAnEmptyMemory() {
        CongestionControl control = established();
        for (int i = 0; i < 5; i++) {
            round(control);
        }
        control.onTimeout(control.cwnd(), 0, true, nowNs);
        assertThat(control.cwnd()).isEqualTo(MSS);
        assertThat(control.ssthresh()).isEqualTo(320L * 7 / 10 * MSS);
        control.onRecoveryEnd(0, nowNs);
        while (control.cwnd() < control.ssthresh()) {
            round(control);
        }
        long before = control.cwnd();
        round(control);
        assertThat(control.cwnd() - before).as("5 %% a round trip at least").isBetween(before / 21, before / 18);
    }

    // HyStart++.

    private void roundWithRtt(CongestionControl control, long rttNs) {
        long flight = control.cwnd();
        int acks = (int) (flight / (2 * MSS));
        for (int i = 0; i < acks; i++) {
            nowNs += rttNs / acks;
            sample.clear();
            sample.nowNs = nowNs;
            sample.ackedBytes = 2 * MSS;
            sample.newlyDelivered = 2 * MSS;
            sample.rttNs = rttNs;
            sample.srttNs = rttNs;
            sample.cwndLimited = true;
            sndUna += 2 * MSS;
            sample.sndUna = sndUna;
            sample.sndNxt = sndUna + control.cwnd();
            control.onAck(sample);
        }
    }

    @Test
    @Rfc({"9406", "4.2"})
    void risingRoundTripTimeSlowsSlowStartAndThenEndsIt() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            roundWithRtt(control, 100 * MS);
        }
        long before = control.cwnd();
        roundWithRtt(control, 115 * MS);
        assertThat(control.cwnd()).as("a queue is seen within the round").isLessThan(before * 8 / 5);
        assertThat(control.ssthresh()).isLessThan(CongestionControl.UNLIMITED);
        long slowed = control.cwnd();
        roundWithRtt(control, 115 * MS);
        assertThat(control.cwnd()).as("a quarter as fast").isCloseTo(slowed * 5 / 4, Percentage.withPercentage(3));
        for (int i = 0; i < 5; i++) {
            roundWithRtt(control, 115 * MS);
        }
        long end = control.cwnd();
        roundWithRtt(control, 115 * MS);
        assertThat(control.cwnd()).as("congestion avoidance").isLessThan(end * 11 / 10);
        assertThat(control.inSlowStart()).isFalse();
    }

    @Test
    @Rfc({"9406", "4.2"})
    void jitterThatGoesAwayLetsSlowStartGoOn() {
        CongestionControl control = established();
        for (int i = 0; i < 3; i++) {
            roundWithRtt(control, 100 * MS);
        }
        roundWithRtt(control, 130 * MS);
        roundWithRtt(control, 100 * MS);
        long before = control.cwnd();
        roundWithRtt(control, 100 * MS);
        assertThat(control.cwnd()).isGreaterThan(before * 3 / 2);
        assertThat(control.ssthresh()).isEqualTo(CongestionControl.UNLIMITED);
    }

    @Test
    @Rfc({"9406", "4.2"})
    void smallVariationOfTheRoundTripTimeIsNoQueue() {
        CongestionControl control = established();
        for (int i = 0; i < 5; i++) {
            roundWithRtt(control, 100 * MS + i * 2 * MS);
        }
        assertThat(control.cwnd()).isEqualTo(320L * MSS);
    }
}
