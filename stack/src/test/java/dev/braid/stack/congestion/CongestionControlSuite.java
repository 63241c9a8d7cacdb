package dev.braid.stack.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Allocation;
import dev.braid.testing.Rfc;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every congestion control must do, whatever its formula; each implementation extends this with its own tests. */
abstract class CongestionControlSuite {
    static final int MSS = 1460;
    static final long MS = 1_000_000L;

    final AckSample sample = new AckSample();
    long nowNs = 5_000 * MS;
    long sndUna;
    long delivered;

    abstract CongestionControl make();

    CongestionControl established() {
        CongestionControl control = make();
        control.onEstablished(MSS, 100 * MS, false, nowNs);
        return control;
    }

    /** One round trip of a sender that fills its window, acknowledged in pairs of segments. */
    void round(CongestionControl control) {
        round(control, control.cwnd(), false);
    }

    void round(CongestionControl control, long flight, boolean appLimited) {
        long acked = 0;
        int acks = (int) Math.max(1, flight / (2 * MSS));
        for (int i = 0; i < acks; i++) {
            nowNs += 100 * MS / acks;
            int bytes = (int) (i == acks - 1 ? flight - acked : 2 * MSS);
            acked += bytes;
            ack(control, bytes, flight, appLimited);
        }
    }

    void ack(CongestionControl control, int bytes, long inflightBefore, boolean appLimited) {
        sample.clear();
        sample.nowNs = nowNs;
        sample.ackedBytes = bytes;
        sample.rttNs = 100 * MS;
        sample.srttNs = 100 * MS;
        sample.minRttNs = 100 * MS;
        sample.inflightBefore = inflightBefore;
        sample.inflightAfter = inflightBefore - bytes;
        sample.cwndLimited = !appLimited;
        sample.mostInflight = inflightBefore;
        delivered(bytes, inflightBefore);
        sample.rateAppLimited = appLimited;
        sndUna += bytes;
        sample.sndUna = sndUna;
        sample.sndNxt = sndUna + inflightBefore - bytes;
        control.onAck(sample);
    }

    /** The rate sample of a path that delivers what is in flight in a round trip. */
    private void delivered(int bytes, long inflightBefore) {
        delivered += bytes;
        sample.newlyDelivered = bytes;
        sample.deliveredBytes = delivered;
        sample.rateDelivered = inflightBefore;
        sample.priorDelivered = Math.max(0, delivered - inflightBefore);
        sample.txInflight = inflightBefore;
        sample.rateIntervalNs = 100 * MS;
        sample.deliveryRate = inflightBefore * 10;
        sample.selectiveAcks = true;
    }

    @Test
    @Rfc({"6928", "2"})
    void initialWindowIsTenSegments() {
        assertThat(established().cwnd()).isEqualTo(10L * MSS);
        CongestionControl jumbo = make();
        jumbo.onEstablished(8960, 0, false, nowNs);
        assertThat(jumbo.cwnd()).isEqualTo(2L * 8960);
    }

    @Test
    @Rfc({"5681", "3.1"})
    void lostHandshakeStartsWithOneSegment() {
        CongestionControl control = make();
        control.onEstablished(MSS, 100 * MS, true, nowNs);
        assertThat(control.cwnd()).isEqualTo(MSS);
    }

    @Test
    @Rfc({"5681", "3.1"})
    void timeoutsOfTheHandshakeDoNotEndSlowStart() {
        CongestionControl control = make();
        control.onTimeout(1, 0, true, nowNs);
        control.onTimeout(1, 0, false, nowNs);
        control.onEstablished(MSS, 100 * MS, true, nowNs);
        assertThat(control.ssthresh()).isEqualTo(CongestionControl.UNLIMITED);
        for (int i = 0; i < 4; i++) {
            round(control);
        }
        assertThat(control.cwnd()).isGreaterThan(8L * MSS);
    }

    @Test
    void windowGrowsWhileThePacerHoldsBackPartOfIt() {
        CongestionControl control = established();
        for (int i = 0; i < 4; i++) {
            round(control, control.cwnd() * 3 / 4, false);
        }
        assertThat(control.cwnd()).isGreaterThan(50L * MSS);
    }

    @Test
    void windowGrowsWhileItIsFilled() {
        CongestionControl control = established();
        long before = control.cwnd();
        for (int i = 0; i < 3; i++) {
            round(control);
        }
        assertThat(control.cwnd()).isGreaterThan(3 * before);
    }

    @Test
    @Rfc({"7661", "4.4"})
    void windowThatIsNotUsedDoesNotGrow() {
        CongestionControl control = established();
        for (int i = 0; i < 50; i++) {
            round(control, 2 * MSS, true);
        }
        assertThat(control.cwnd()).isLessThanOrEqualTo(20L * MSS);
    }

    /** One loss in a full window, repaired within a round trip. */
    void loseOne(CongestionControl control) {
        long flight = control.cwnd();
        control.onRecoveryStart(flight, sndUna + flight, nowNs);
        long inflight = flight - MSS;
        for (long sacked = MSS; sacked < flight; sacked += MSS) {
            inflight -= MSS;
            recoveryAck(control, 0, MSS, inflight, sacked == MSS ? MSS : 0);
            while (control.cwnd() - inflight >= MSS) {
                control.onSent(MSS, inflight, sacked == MSS, nowNs);
                inflight += MSS;
            }
            nowNs += 100 * MS * MSS / flight;
        }
        recoveryAck(control, (int) Math.min(flight, 1 << 30), MSS, inflight, 0);
        control.onRecoveryEnd(inflight, nowNs);
    }

    void recoveryAck(CongestionControl control, int acked, int delivered, long inflight, int lost) {
        sample.clear();
        sample.nowNs = nowNs;
        sample.ackedBytes = acked;
        delivered(delivered, inflight + delivered);
        sample.sackedBytes = acked > 0 ? 0 : delivered;
        sample.knownBytes = Math.max(0, acked - delivered);
        sample.lostBytes = lost;
        sample.rttNs = 100 * MS;
        sample.srttNs = 100 * MS;
        sample.minRttNs = 100 * MS;
        sample.inflightBefore = inflight + delivered;
        sample.inflightAfter = inflight;
        sndUna += acked;
        sample.sndUna = sndUna;
        sample.sndNxt = sndUna + inflight;
        sample.inRecovery = true;
        control.onAck(sample);
    }

    @Test
    void lossTakesAndRecoveryEnds() {
        CongestionControl control = established();
        for (int i = 0; i < 5; i++) {
            round(control);
        }
        long before = control.cwnd();
        loseOne(control);
        assertThat(control.cwnd()).isLessThan(before).isGreaterThanOrEqualTo(2L * MSS);
    }

    @Test
    @Rfc({"5681", "3.1"})
    void timeoutLeavesOneSegment() {
        CongestionControl control = established();
        round(control);
        control.onTimeout(control.cwnd(), 0, true, nowNs);
        assertThat(control.cwnd()).isEqualTo(MSS);
        assertThat(control.inSlowStart()).isTrue();
    }

    @Test
    void spuriousTimeoutGivesBackWhatItTook() {
        CongestionControl control = established();
        for (int i = 0; i < 4; i++) {
            round(control);
        }
        long before = control.cwnd();
        control.onTimeout(before, 0, true, nowNs);
        control.onUndo(nowNs);
        assertThat(control.cwnd()).isEqualTo(before);
    }

    @Test
    void windowAndRateStayPositiveWhateverHappens() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            CongestionControl control = established();
            for (int i = 0; i < 500; i++) {
                happens(control, random);
                assertThat(control.cwnd()).isBetween((long) MSS, 1L << 40);
                assertThat(control.ssthresh()).isGreaterThanOrEqualTo(2L * MSS);
                assertThat(control.pacingRate()).isPositive();
            }
        }
    }

    private void happens(CongestionControl control, Random random) {
        nowNs += random.nextInt(50) * MS;
        long flight = random.nextInt(1 << 20);
        switch (random.nextInt(16)) {
            case 0 -> control.onRecoveryStart(flight, flight, nowNs);
            case 1 -> control.onRecoveryEnd(flight, nowNs);
            case 2 -> control.onTimeout(flight, flight / 3, random.nextBoolean(), nowNs);
            case 3 -> control.onUndo(nowNs);
            case 4 -> control.onSent(random.nextInt(65_536), random.nextInt(2) * flight, random.nextBoolean(), nowNs);
            case 5 -> control.onEcnReduction(flight, flight, nowNs);
            case 6 -> control.onIdle(1 + random.nextInt(100));
            case 7 -> control.onTimerLoss(random.nextInt(65_536), flight, nowNs);
            case 8 ->
                recoveryAck(control, random.nextInt(65_536), random.nextInt(65_536), flight, random.nextInt(5_000));
            default -> ack(control, random.nextInt(65_536), flight, random.nextBoolean());
        }
    }

    @Test
    void windowNeverOverflowsHoweverLongNothingIsLost() {
        CongestionControl control = established();
        for (int i = 0; i < 30_000; i++) {
            // Weeks, a minute at a time: the window doubles at once where the control lets it.
            nowNs += 60_000 * MS;
            ack(control, (int) Math.min(control.cwnd(), Integer.MAX_VALUE), control.cwnd(), false);
            assertThat(control.cwnd()).isBetween((long) MSS, 1L << 40);
            assertThat(control.pacingRate()).isPositive();
        }
        control.onRecoveryStart(1L << 30, 0, nowNs);
        control.onTimeout(1L << 30, 0, true, nowNs);
        assertThat(control.cwnd()).isGreaterThanOrEqualTo(MSS);
    }

    @Test
    void idleTimesShrinkTheWindowToTheInitialOneAtMost() {
        CongestionControl control = established();
        for (int i = 0; i < 4; i++) {
            round(control);
        }
        long before = control.cwnd();
        control.onIdle(1_000);
        assertThat(control.cwnd()).isBetween(10L * MSS, before);
    }

    @Test
    void smallerSegmentsLeaveAWindowOfAtLeastOne() {
        CongestionControl control = established();
        round(control);
        long before = control.cwnd();
        control.onMss(500);
        assertThat(control.cwnd()).isBetween(500L, before);
        control.onTimeout(before, 0, true, nowNs);
        assertThat(control.cwnd()).isGreaterThanOrEqualTo(500L);
        control.onMss(8_960);
        assertThat(control.cwnd()).isGreaterThanOrEqualTo(8_960L);
    }

    @Test
    void anotherControlGoesOnFromTheWindowThereIs() {
        for (String name : CongestionControls.STANDARD.names()) {
            CongestionControl before = CongestionControls.STANDARD.create(name);
            before.onEstablished(MSS, 100 * MS, false, nowNs);
            for (int i = 0; i < 3; i++) {
                round(before);
            }
            CongestionControl control = make();
            control.onTakeOver(before, MSS, 100 * MS, before.cwnd(), false, nowNs);
            assertThat(control.cwnd()).as("%s after %s", control.name(), name).isEqualTo(before.cwnd());
            round(control);
            assertThat(control.cwnd()).isGreaterThanOrEqualTo(4L * MSS);
        }
    }

    @Test
    void takingOverInTheMiddleOfRecoveryReleasesNoBurst() {
        for (String name : CongestionControls.STANDARD.names()) {
            CongestionControl before = CongestionControls.STANDARD.create(name);
            before.onEstablished(MSS, 100 * MS, false, nowNs);
            for (int i = 0; i < 3; i++) {
                round(before);
            }
            long flight = before.cwnd();
            before.onRecoveryStart(flight, sndUna + flight, nowNs);
            recoveryAck(before, 0, MSS, flight - 2 * MSS, MSS);
            long most = Math.max(flight, before.cwnd());
            CongestionControl control = make();
            control.onTakeOver(before, MSS, 100 * MS, flight - 2 * MSS, true, nowNs);
            assertThat(control.cwnd()).as("%s after %s", control.name(), name).isLessThanOrEqualTo(most);
            recoveryAck(control, 0, MSS, flight - 3 * MSS, 0);
            // BBR's Startup goes on in recovery: by what was delivered.
            assertThat(control.cwnd()).isLessThanOrEqualTo(most + MSS);
            control.onRecoveryEnd(0, nowNs);
            assertThat(control.cwnd()).isBetween((long) MSS, most + MSS);
        }
    }

    @Test
    void nothingIsAllocated() {
        CongestionControl control = established();
        var random = new Random(4);
        long bytes = Allocation.inSteadyState(() -> {
            for (int i = 0; i < 50_000; i++) {
                happens(control, random);
            }
        });
        assertThat(bytes).isZero();
    }
}
