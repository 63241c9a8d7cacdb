package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.congestion.CongestionControl;
import dev.braid.stack.tcp.RecoveryState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Tail loss probes (RFC 8985 section 7). The path's round trip is 100 ms, so a probe is due after 202 ms. */
class LossProbeScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk(), 100);
    }

    @Test
    @Rfc({"8985", "7.2"})
    @Rfc({"8985", "7.3"})
    void silenceBringsTheHighestSegmentAgain() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(201);
        peer.seesNothing();
        after(1);
        peer.sees(data(4_001, 5_001).psh()).seesNothing();
        assertThat(conn.tcb().info(0).caState).isEqualTo(RecoveryState.OPEN);
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "7.3"})
    void newDataIsPreferredAndExceedsTheWindowByASegment() {
        Conn conn = established();
        conn.write(12_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        after(202);
        peer.sees(data(10_001, 11_001)).seesNothing();
        peer.sends(ack(1, 11_001)).sees(data(11_001, 12_001));
        peer.sends(ack(1, 12_001));
        assertThat(conn.tcb().retransmits()).isZero();
    }

    @Test
    @Rfc({"8985", "7.2"})
    void theProbeOfASingleSegmentWaitsForADelayedAck() {
        Conn conn = established();
        // A second round trip makes the timeout longer than the probe's wait.
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        after(299);
        peer.seesNothing().sends(ack(1, 1_001));
    }

    /** The wait for a delayed ACK would last longer than the timeout. */
    @Test
    @Rfc({"8985", "7.2"})
    void aProbeTakesThePlaceOfATimeoutThatWouldComeFirst() {
        Conn conn = established();
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        after(300);
        peer.sees(data(1, 1_001)).seesNothing();
        assertThat(conn.tcb().info(0).caState).isEqualTo(RecoveryState.OPEN);
        assertThat(conn.tcb().info(0).totalRto).isZero();
        peer.sends(ack(1, 1_001)).seesNothing();
    }

    /** Though a round trip was measured meanwhile. */
    @Test
    @Rfc({"8985", "7.3"})
    void noSecondProbeLeavesWhileOneIsInFlight() {
        hasProbed();
        after(48);
        peer.sends(ack(1, 1_001)).seesNothing();
        after(300);
        peer.seesNothing().sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "7.3"})
    void afterAProbeOnlyTheTimeoutIsLeft() {
        Conn conn = hasProbed();
        after(300);
        peer.sees(data(1, 1_001)).seesNothing();
        assertThat(conn.tcb().info(0).caState).isEqualTo(RecoveryState.LOSS);
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "7.4.1"})
    void theProbesSackShowsWhatWasLostBeforeIt() {
        Conn conn = hasProbed();
        after(100);
        // The others were sent so long ago that no settling time is left.
        peer.sends(ack(1, 3_001).sack(4_001, 5_001)).sees(data(3_001, 4_001)).seesNothing();
        assertThat(conn.tcb().info(0).caState).isEqualTo(RecoveryState.RECOVERY);
        peer.sends(ack(1, 5_001)).seesNothing();
        assertThat(conn.tcb().info(0).totalRto).isZero();
    }

    @Test
    @Rfc({"8985", "7.4.2"})
    void aLossThatTheProbeRepairedReducesTheWindow() {
        Conn conn = hasProbed();
        after(100);
        peer.sends(ack(1, 5_001)).seesNothing();
        assertThat(conn.tcb().ssthresh()).isEqualTo(CongestionControl.UNLIMITED);
        conn.write(1_000);
        peer.sees(data(5_001, 6_001).psh());
        after(100);
        peer.sends(ack(1, 6_001)).seesNothing();
        assertThat(conn.tcb().ssthresh()).isLessThan(CongestionControl.UNLIMITED);
    }

    @Test
    @Rfc({"8985", "7.4.2"})
    void aDuplicateForTheProbeShowsThatNothingWasLost() {
        Conn conn = hasProbed();
        peer.sends(ack(1, 5_001)).seesNothing();
        after(100);
        peer.sends(ack(1, 5_001)).seesNothing();
        conn.write(1_000);
        peer.sees(data(5_001, 6_001).psh());
        after(100);
        peer.sends(ack(1, 6_001)).seesNothing();
        assertThat(conn.tcb().ssthresh()).isEqualTo(CongestionControl.UNLIMITED);
    }

    @Test
    @Rfc({"8985", "7.4.2"})
    void aReportOfTheProbeAsADuplicateShowsThatNothingWasLost() {
        Conn conn = hasProbed();
        peer.sends(ack(1, 5_001)).seesNothing();
        conn.write(1_000);
        peer.sees(data(5_001, 6_001).psh());
        after(100);
        // With the acknowledgement that would show, without the report, that the probe mended a loss.
        peer.sends(ack(1, 6_001).sack(4_001, 5_001)).seesNothing();
        assertThat(conn.tcb().ssthresh()).isEqualTo(CongestionControl.UNLIMITED);
    }

    /** The first one is accounted for: it is the measurement alone that is missing. */
    @Test
    @Rfc({"8985", "7.3"})
    void aProbeThatIsOverAllowsNoOtherBeforeARoundTripWasMeasured() {
        Conn conn = established();
        conn.write(2_000);
        peer.sees(burst(1, 2_001, 1_000));
        after(202);
        peer.sees(data(1_001, 2_001).psh()).seesNothing();
        after(50);
        peer.sends(ack(1, 2_001)).seesNothing();
        peer.sends(ack(1, 2_001).sack(1_001, 2_001)).seesNothing();
        conn.write(2_000);
        peer.sees(burst(2_001, 4_001, 1_000));
        after(299);
        peer.seesNothing().sends(ack(1, 4_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "7.3"})
    void noSecondProbeLeavesBeforeARoundTripWasMeasured() {
        Conn conn = established();
        conn.write(2_000);
        peer.sees(burst(1, 2_001, 1_000));
        after(202);
        peer.sees(data(1_001, 2_001).psh()).seesNothing();
        // Without timestamps the ACK of a repeated segment measures nothing.
        after(50);
        peer.sends(ack(1, 2_001)).seesNothing();
        conn.write(2_000);
        peer.sees(burst(2_001, 4_001, 1_000));
        after(299);
        peer.seesNothing();
        after(1);
        peer.sees(data(2_001, 3_001)).seesNothing();
        peer.sends(ack(1, 4_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "7.2"})
    void withoutSackThereIsNoProbe() {
        host.listen();
        peer.sends(syn(0).mss(1_000)).sees(Seg.synAck(0, 1));
        after(100);
        peer.sends(ack(1, 1)).seesNothing();
        Conn conn = host.accept();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(299);
        peer.seesNothing();
        after(1);
        peer.sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    /** Five segments are in flight, of which the last one has gone again as a probe. */
    private Conn hasProbed() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(202);
        peer.sees(data(4_001, 5_001).psh()).seesNothing();
        return conn;
    }
}
