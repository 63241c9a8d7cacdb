package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BBR by itself on a simple path: the test cases of draft-ietf-ccwg-bbr's appendix, and what its text promises. */
class BbrTest {
    private static final int MSS = BbrPath.MSS;
    private static final long MS = BbrPath.MS;
    private static final long SECOND = BbrPath.SECOND;

    private static BbrPath inProbeBw(double megabits, long rttMs) {
        var path = new BbrPath(megabits, rttMs);
        path.runTo(BbrPhase.PROBE_BW_CRUISE, 40 * path.rttNs + 5 * SECOND);
        return path;
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "10, 20", "10, 100", "100, 1", "100, 20", "100, 100", "1000, 20", "10, 300"})
    void startupFindsTheBandwidthInRoundsOfDoublingAndEndsOnThePlateau(double megabits, long rttMs) {
        var path = new BbrPath(megabits, rttMs);
        double doublings = Math.log(path.bdp() / (10.0 * MSS) + 1) / Math.log(2);
        path.runUntil(path::startupIsOver, (long) ((doublings + 8) * 2 * path.rttNs) + 500 * MS);
        assertThat(path.bbr.model().bandwidth.max())
                .isCloseTo((long) path.bytesPerSecond, Percentage.withPercentage(2));
        assertThat(path.bbr.model().rounds.count()).isLessThanOrEqualTo((long) (doublings + 10));
        assertThat(path.lost).isZero();
        assertThat(path.bbr.inSlowStart()).isFalse();
    }

    @Test
    void startupDoublesTheRateEachRound() {
        var path = new BbrPath(1000, 100);
        path.run(110 * MS);
        long before = path.sent;
        for (int i = 0; i < 4; i++) {
            path.run(100 * MS);
            long round = path.sent - before;
            before = path.sent;
            path.run(100 * MS);
            assertThat(path.sent - before).isGreaterThan(round * 17 / 10);
            before = path.sent;
        }
        assertThat(path.phase()).isEqualTo(BbrPhase.STARTUP);
    }

    @Test
    void drainEndsWhenTheQueueIsGone() {
        var path = new BbrPath(100, 20);
        path.runTo(BbrPhase.DRAIN, 2 * SECOND);
        assertThat(path.inflight).isGreaterThan(path.bdp() * 3 / 2);
        assertThat((double) path.bbr.pacingRate())
                .isCloseTo(0.5 * 0.99 * path.bbr.model().bandwidth.bw(), Percentage.withPercentage(0.1));
        path.runUntil(() -> path.phase() != BbrPhase.DRAIN, 4 * path.rttNs);
        assertThat(path.inflight).isLessThanOrEqualTo(path.bdp() * 11 / 10);
    }

    @Test
    void drainEndsAfterThreeRoundsAtTheLatest() {
        var path = new BbrPath(100, 20);
        path.runTo(BbrPhase.DRAIN, 2 * SECOND);
        path.bytesPerSecond /= 4;
        long rounds = path.bbr.model().rounds.count();
        path.runUntil(() -> path.phase() != BbrPhase.DRAIN, 2 * SECOND);
        assertThat(path.bbr.model().rounds.count()).isLessThanOrEqualTo(rounds + 4);
        assertThat(path.inflight).isGreaterThan(path.bdp());
    }

    @Test
    void probesInCyclesOfFourPhasesWithTheirGains() {
        BbrPath path = inProbeBw(100, 20);
        for (int cycle = 0; cycle < 3; cycle++) {
            path.runTo(BbrPhase.PROBE_BW_REFILL, 4 * SECOND);
            assertPace(path, 1.0);
            path.runTo(BbrPhase.PROBE_BW_UP, 3 * path.rttNs);
            assertPace(path, 1.25);
            path.runTo(BbrPhase.PROBE_BW_DOWN, 10 * path.rttNs);
            assertPace(path, 0.9);
            path.runTo(BbrPhase.PROBE_BW_CRUISE, 20 * path.rttNs);
            assertPace(path, 1.0);
        }
        assertThat(path.bbr.info())
                .isEqualTo(new CongestionInfo.Bbr(path.bbr.model().bandwidth.bw(), 20_000, 256, 512));
    }

    private static void assertPace(BbrPath path, double gain) {
        assertThat((double) path.bbr.pacingRate())
                .isCloseTo(gain * 0.99 * path.bbr.model().bandwidth.bw(), Percentage.withPercentage(0.1));
    }

    @ParameterizedTest
    @CsvSource({"10, 1", "10, 20", "10, 100", "100, 1", "100, 20", "100, 100", "1000, 1", "1000, 20", "10, 300"})
    void fillsThePathWithLittleQueue(double megabits, long rttMs) {
        BbrPath path = inProbeBw(megabits, rttMs);
        path.mostQueueBytes = 0;
        assertThat(path.utilisation(15 * SECOND)).isGreaterThan(0.93);
        assertThat(path.mostQueueBytes).isLessThan(Math.max(path.bdp(), 64L * MSS * 3));
        assertThat(path.lost).isZero();
    }

    @Test
    void probeRttKeepsHalfTheProductInFlightAndEnds() {
        BbrPath path = inProbeBw(100, 20);
        path.rttNs += MS; // a longer path looks like a queue that does not go away
        path.runTo(BbrPhase.PROBE_RTT, 6 * SECOND);
        long beganNs = path.nowNs;
        path.run(150 * MS);
        assertThat(path.phase()).isEqualTo(BbrPhase.PROBE_RTT);
        assertThat(path.inflight).isLessThanOrEqualTo(path.bdp() * 6 / 10);
        path.runTo(BbrPhase.PROBE_BW_CRUISE, SECOND);
        assertThat(path.nowNs - beganNs).isBetween(200 * MS, 350 * MS);
        assertThat(path.bbr.model().bandwidth.bw())
                .as("slow samples taken on purpose do not count")
                .isCloseTo((long) path.bytesPerSecond, Percentage.withPercentage(3));
        path.run(12 * SECOND);
        assertThat(path.bbr.model().minRtt.ns()).isBetween(path.rttNs, path.rttNs + MS);
    }

    @Test
    void probeRttDuringStartupLeadsBackToStartup() {
        var path = new BbrPath(1000, 100);
        path.appBytesPerSecond = 100_000;
        path.runTo(BbrPhase.PROBE_RTT, 8 * SECOND);
        path.runTo(BbrPhase.STARTUP, 2 * SECOND);
    }

    @Test
    void pauseReplacesProbeRtt() {
        BbrPath path = inProbeBw(100, 20);
        path.run(3 * SECOND);
        path.pause();
        path.run(4 * SECOND);
        path.resume();
        assertThat(path.bbr.model().minRtt.probeDue()).isFalse();
        path.run(40 * MS);
        assertThat(path.phase()).isNotEqualTo(BbrPhase.PROBE_RTT);
        assertThat(path.bbr.model().minRtt.probeDue()).isFalse();
    }

    @Test
    void restartsFromIdleAtTheEstimatedRate() {
        BbrPath path = inProbeBw(100, 20);
        path.runTo(BbrPhase.PROBE_BW_UP, 4 * SECOND);
        path.pause();
        path.run(SECOND);
        path.resume();
        path.step(path.nowNs + MS);
        assertPace(path, 1.0);
        path.run(20 * MS);
        assertThat(path.utilisation(SECOND)).isGreaterThan(0.9);
    }

    @Test
    void applicationThatSendsLittleDoesNotLowerTheEstimate() {
        BbrPath path = inProbeBw(100, 20);
        long before = path.bbr.model().bandwidth.bw();
        path.appBytesPerSecond = 100_000;
        path.run(30 * SECOND);
        assertThat(path.bbr.model().bandwidth.bw()).isGreaterThan(before * 9 / 10);
        path.appBytesPerSecond = Double.POSITIVE_INFINITY;
        path.run(100 * MS);
        assertThat(path.utilisation(2 * SECOND)).isGreaterThan(0.9);
    }

    @Test
    void startupDoesNotEndWhileTheApplicationLimits() {
        var path = new BbrPath(100, 20);
        path.appBytesPerSecond = 1_000_000;
        path.run(4 * SECOND);
        assertThat(path.phase()).isEqualTo(BbrPhase.STARTUP);
        assertThat(path.bbr.model().fullPipe.ever()).isFalse();
    }

    @Test
    void manyLossesEndStartupEvenWhileTheApplicationLimits() {
        var path = new BbrPath(100, 20);
        path.appBytesPerSecond = 6_000_000;
        path.run(SECOND);
        assertThat(path.phase()).isEqualTo(BbrPhase.STARTUP);
        path.loses = index -> index % 12 == 0;
        path.runUntil(path::startupIsOver, SECOND);
        assertThat(path.bbr.model().bounds.longTerm()).isLessThan(BbrInflightBounds.INFINITE);
    }

    @Test
    void fewLossesDoNotEndStartup() {
        var path = new BbrPath(1000, 20);
        path.loses = index -> index % 200 == 0;
        path.run(100 * MS);
        assertThat(path.lost).isPositive();
        assertThat(path.phase()).isEqualTo(BbrPhase.STARTUP);
    }

    @Test
    void anyLossEndsStartupWithoutSack() {
        var path = new BbrPath(1000, 20);
        path.sack = false;
        path.loses = index -> index == 30;
        path.runUntil(path::startupIsOver, 200 * MS);
    }

    @Test
    void shallowQueueBoundsWhatProbesPutInFlight() {
        var path = new BbrPath(100, 40);
        path.queueBytes = path.bdp() / 5;
        path.runTo(BbrPhase.PROBE_BW_UP, 4 * SECOND);
        path.run(20 * SECOND);
        assertThat(path.bbr.model().bounds.longTerm()).isBetween(path.bdp() * 7 / 10, path.bdp() * 14 / 10);
        long lostBefore = path.lost;
        long sentBefore = path.sent;
        assertThat(path.utilisation(20 * SECOND)).isGreaterThan(0.8);
        assertThat((double) (path.lost - lostBefore) / (path.sent - sentBefore)).isLessThan(0.02);
    }

    @Test
    void tooMuchLossEndsAProbeAtOnce() {
        BbrPath path = inProbeBw(100, 40);
        path.runTo(BbrPhase.PROBE_BW_UP, 4 * SECOND);
        path.run(20 * MS);
        path.loses = index -> index % 10 == 0;
        long target = path.bbr.model().targetInflight();
        path.runTo(BbrPhase.PROBE_BW_DOWN, 3 * path.rttNs);
        assertThat(path.bbr.model().bounds.longTerm()).isBetween(target * 7 / 10, path.bdp() * 13 / 10);
    }

    @Test
    void lossWhileCruisingSlowsDownToWhatIsDeliveredAndTheNextProbeForgets() {
        BbrPath path = inProbeBw(100, 20);
        path.loses = index -> index % 20 == 0;
        path.run(4 * path.rttNs);
        BbrBandwidth bandwidth = path.bbr.model().bandwidth;
        assertThat(bandwidth.shortTerm()).isLessThan(bandwidth.max()).isGreaterThan(bandwidth.max() * 7 / 10);
        assertThat(bandwidth.bw()).isEqualTo(bandwidth.shortTerm());
        path.loses = index -> false;
        path.runTo(BbrPhase.PROBE_BW_REFILL, 4 * SECOND);
        assertThat(bandwidth.shortTerm()).isEqualTo(BbrBandwidth.INFINITE);
    }

    @Test
    void roundWithLossTakesAtMostThreeTenths() {
        BbrPath path = inProbeBw(100, 20);
        long before = path.bbr.model().bandwidth.bw();
        path.bytesPerSecond /= 10;
        path.queueBytes = 20L * MSS;
        for (int i = 0; i < 8; i++) {
            long bw = path.bbr.model().bandwidth.bw();
            long round = path.bbr.model().rounds.count();
            while (path.bbr.model().rounds.count() == round) {
                path.step(path.nowNs + MS);
            }
            assertThat(path.bbr.model().bandwidth.bw()).isGreaterThanOrEqualTo(bw * 69 / 100);
        }
        assertThat(path.bbr.model().bandwidth.bw()).isLessThan(before / 4);
    }

    @ParameterizedTest
    @CsvSource({"10, 20", "100, 20", "100, 100", "10, 100"})
    void lossThatIsNotTheFlowsDoingIsBorne(double megabits, long rttMs) {
        var path = new BbrPath(megabits, rttMs);
        path.queueBytes = Math.max(path.bdp(), 64L * MSS);
        path.loses = BbrPath.randomly(0.001);
        path.run(5 * SECOND);
        assertThat(path.utilisation(30 * SECOND)).isGreaterThan(0.85);
    }

    @Test
    void spuriousRecoveryOutOfAProbeIsUndone() {
        BbrPath path = inProbeBw(100, 20);
        path.runTo(BbrPhase.PROBE_BW_UP, 4 * SECOND);
        path.run(20 * MS);
        long boundBefore = path.bbr.model().bounds.longTerm();
        path.loses = index -> index % 10 == 0;
        path.runTo(BbrPhase.PROBE_BW_DOWN, 3 * path.rttNs);
        path.bbr.onUndo(path.nowNs);
        assertThat(path.phase()).isEqualTo(BbrPhase.PROBE_BW_REFILL);
        assertThat(path.bbr.model().bounds.longTerm()).isEqualTo(boundBefore);
    }

    @Test
    void spuriousRecoveryOutOfStartupIsUndone() {
        var path = new BbrPath(1000, 20);
        path.run(80 * MS);
        long next = path.packets();
        path.loses = index -> index % 12 == 0 && index < next + 100;
        path.runUntil(path::startupIsOver, SECOND);
        path.bbr.onUndo(path.nowNs);
        assertThat(path.phase()).isEqualTo(BbrPhase.STARTUP);
        assertThat(path.bbr.model().bounds.longTerm()).isEqualTo(BbrInflightBounds.INFINITE);
        path.runUntil(path::startupIsOver, 2 * SECOND);
        assertThat(path.bbr.model().bandwidth.max())
                .isCloseTo((long) path.bytesPerSecond, Percentage.withPercentage(2));
    }

    @Test
    void windowReturnsAfterATimeout() {
        BbrPath path = inProbeBw(100, 20);
        long before = path.bbr.cwnd();
        path.bbr.onTimeout(path.inflight, 0, true, path.nowNs);
        assertThat(path.bbr.cwnd()).isEqualTo(MSS);
        path.bbr.onTimeout(path.inflight, 0, false, path.nowNs);
        path.bbr.onRecoveryEnd(0, path.nowNs);
        assertThat(path.bbr.cwnd()).isEqualTo(before);
    }

    @Test
    void marksCountAsCongestion() {
        var startup = new BbrPath(100, 20);
        startup.run(50 * MS);
        startup.bbr.onEcnReduction(startup.inflight, 0, startup.nowNs);
        assertThat(startup.phase()).isEqualTo(BbrPhase.DRAIN);

        BbrPath up = inProbeBw(100, 20);
        up.runTo(BbrPhase.PROBE_BW_UP, 4 * SECOND);
        up.bbr.onEcnReduction(up.inflight, 0, up.nowNs);
        assertThat(up.phase()).isEqualTo(BbrPhase.PROBE_BW_DOWN);
        assertThat(up.bbr.model().bounds.longTerm()).isLessThan(BbrInflightBounds.INFINITE);

        BbrPath cruise = inProbeBw(100, 20);
        cruise.bbr.onEcnReduction(cruise.inflight, 0, cruise.nowNs);
        cruise.run(3 * cruise.rttNs);
        assertThat(cruise.bbr.model().bandwidth.shortTerm()).isLessThan(BbrBandwidth.INFINITE);
    }

    @Test
    void followsTenTimesTheRateWithinAFewCycles() {
        BbrPath path = inProbeBw(10, 40);
        path.run(3 * SECOND);
        path.bytesPerSecond *= 10;
        path.run(15 * SECOND);
        assertThat(path.utilisation(5 * SECOND)).isGreaterThan(0.9);
    }

    @Test
    void followsATenthOfTheRate() {
        BbrPath path = inProbeBw(100, 40);
        path.run(3 * SECOND);
        path.queueBytes = path.bdp();
        path.bytesPerSecond /= 10;
        path.run(12 * SECOND);
        assertThat(path.bbr.model().bandwidth.max())
                .isCloseTo((long) path.bytesPerSecond, Percentage.withPercentage(5));
        path.run(5 * SECOND);
        path.mostQueueBytes = 0;
        assertThat(path.utilisation(10 * SECOND)).isGreaterThan(0.93);
        assertThat(path.mostQueueBytes).isLessThan(path.bdp() * 12 / 10);
    }

    @Test
    void boundGrowsByDoublingStepsOnceThePathTakesMore() {
        var path = new BbrPath(100, 40);
        path.queueBytes = path.bdp() / 5;
        path.run(10 * SECOND);
        long bound = path.bbr.model().bounds.longTerm();
        path.bytesPerSecond *= 10;
        path.queueBytes *= 10;
        path.run(20 * SECOND);
        assertThat(path.bbr.model().bounds.longTerm()).isGreaterThan(5 * bound);
        assertThat(path.utilisation(5 * SECOND)).isGreaterThan(0.85);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 20, 40})
    void aggregatedAcknowledgmentsDoNotStallTheFlow(long ackEveryMs) {
        var path = new BbrPath(100, 20);
        path.ackEveryNs = ackEveryMs * MS;
        path.run(5 * SECOND);
        assertThat(path.bbr.model().aggregation.extraAcked()).isGreaterThan(path.bdp() * ackEveryMs / 60);
        assertThat(path.utilisation(10 * SECOND)).isGreaterThan(0.9);
    }

    @Test
    void productBelowAPacketIsManaged() {
        BbrPath path = inProbeBw(0.5, 5);
        assertThat(path.bbr.cwnd()).isGreaterThanOrEqualTo(4L * MSS);
        assertThat(path.utilisation(20 * SECOND)).isGreaterThan(0.9);
        assertThat(path.mostQueueBytes).isLessThan(20L * MSS);
    }

    @Test
    void sameEntropyMakesTheSameFlowAndAnotherAnother() {
        assertThat(probes(1)).isEqualTo(probes(1)).isNotEqualTo(probes(2));
    }

    private static List<Long> probes(long entropy) {
        var path = new BbrPath(100, 100, entropy);
        var moments = new ArrayList<Long>();
        for (int i = 0; i < 4; i++) {
            path.runTo(BbrPhase.PROBE_BW_REFILL, 10 * SECOND);
            moments.add(path.nowNs);
            path.runTo(BbrPhase.PROBE_BW_CRUISE, 10 * SECOND);
        }
        for (int i = 1; i < moments.size(); i++) {
            assertThat(moments.get(i) - moments.get(i - 1)).isBetween(2 * SECOND, 8 * SECOND);
        }
        return moments;
    }

    @Test
    void takesOverTheWindowOfAnotherControl() {
        var reno = new NewReno();
        reno.onEstablished(MSS, 20 * MS, false, 0);
        var bbr = new Bbr();
        bbr.onTakeOver(reno, MSS, 20 * MS, 3L * MSS, true, SECOND);
        assertThat(bbr.cwnd()).isEqualTo(reno.cwnd());
        assertThat(bbr.pacingRate()).isPositive();
        bbr.onRecoveryEnd(0, SECOND);
        assertThat(bbr.cwnd()).isEqualTo(reno.cwnd());
    }
}
