package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.RecoveryState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Loss found by time (RFC 8985 section 6). The path's round trip is 100 ms, so a quarter of it is 25 ms. */
class RackScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk(), 100);
    }

    private RecoveryState state(Conn conn) {
        return conn.tcb().info(0).caState;
    }

    @Test
    @Rfc({"8985", "6.2"})
    void aSingleSackIsWaitedOutForAQuarterOfTheRoundTrip() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(100);
        peer.sends(ack(1, 1).sack(2_001, 3_001)).seesNothing();
        assertThat(state(conn)).isEqualTo(RecoveryState.DISORDER);
        after(20);
        peer.seesNothing();
        after(7);
        peer.sees(data(1, 1_001)).seesNothing();
        assertThat(state(conn)).isEqualTo(RecoveryState.RECOVERY);
        assertThat(conn.tcb().info(0).lost).isEqualTo(2);
        peer.sends(ack(1, 5_001)).seesNothing();
        assertThat(state(conn)).isEqualTo(RecoveryState.OPEN);
    }

    /** Step 4: what was repaired had only been late, so it is waited for longer the next time. */
    @Test
    @Rfc({"8985", "6.2"})
    void aReportOfDuplicatesMakesTheNextWaitLonger() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(100);
        peer.sends(ack(1, 1).sack(2_001, 3_001)).seesNothing();
        after(27);
        peer.sees(data(1, 1_001));
        peer.sends(ack(1, 5_001).sack(1, 1_001)).seesNothing();
        conn.write(5_000);
        peer.sees(burst(5_001, 10_001, 1_000));
        after(100);
        peer.sends(ack(1, 5_001).sack(7_001, 8_001)).seesNothing();
        after(45);
        peer.seesNothing();
        after(7);
        peer.sees(data(5_001, 6_001));
        peer.sends(ack(1, 10_001)).seesNothing();
    }

    /** While a loss is being repaired the path is not thought to reorder (step 4), however little was SACKed. */
    @Test
    @Rfc({"8985", "6.2"})
    void duringRecoveryNothingIsWaitedOut() {
        Conn conn = established();
        recoversBehindNewData(conn);
        after(100);
        peer.sends(ack(1, 10_001)).seesNothing();
        assertThat(state(conn)).isEqualTo(RecoveryState.RECOVERY);
        after(1);
        peer.sends(ack(1, 10_001).sack(11_001, 12_001)).sees(data(10_001, 11_001)).seesNothing();
        peer.sends(ack(1, 12_001)).seesNothing();
        assertThat(state(conn)).isEqualTo(RecoveryState.OPEN);
    }

    @Test
    @Rfc({"3042", "2"})
    void theFirstTwoSacksLetNewSegmentsGo() {
        Conn conn = established();
        recoversBehindNewData(conn);
        peer.sends(ack(1, 12_001)).seesNothing();
    }

    /** The first of ten segments is lost; two more leave before that is found. */
    private void recoversBehindNewData(Conn conn) {
        conn.write(12_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        after(100);
        peer.sends(ack(1, 1).sack(1_001, 2_001)).sees(data(10_001, 11_001)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 3_001)).sees(data(11_001, 12_001)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        assertThat(state(conn)).isEqualTo(RecoveryState.RECOVERY);
    }

    @Test
    @Rfc({"8985", "6.2"})
    void dupThreshSackedSegmentsCutTheWaitShort() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(100);
        peer.sends(ack(1, 1).sack(1_001, 3_001)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "6.2"})
    void reorderingSeenOnceIsWaitedOutEverAfter() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(100);
        // 1-1001 arrives late, behind two others.
        peer.sends(ack(1, 1).sack(1_001, 3_001));
        peer.sends(ack(1, 3_001)).sends(ack(1, 5_001)).seesNothing();
        assertThat(conn.tcb().info(0).reordSeen).isEqualTo(1);
        conn.write(6_000);
        peer.sees(burst(5_001, 11_001, 1_000));
        after(100);
        peer.sends(ack(1, 5_001).sack(6_001, 11_001)).seesNothing();
        after(10);
        // It was only late again.
        peer.sends(ack(1, 11_001)).seesNothing();
        assertThat(conn.tcb().retransmits()).isZero();
        assertThat(state(conn)).isEqualTo(RecoveryState.OPEN);
    }

    /** Neither timestamps nor DSACK tell that the repair was needless: that its answer came at once does. */
    @Test
    void reorderingIsSeenWhereTheRepairCannotHaveArrivedYet() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(100);
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        after(49);
        peer.sends(ack(1, 5_001)).seesNothing();
        assertThat(conn.tcb().info(0).reordSeen).isEqualTo(1);
        conn.write(6_000);
        peer.sees(burst(5_001, 11_001, 1_000));
        after(100);
        peer.sends(ack(1, 5_001).sack(6_001, 11_001)).seesNothing();
        after(10);
        peer.sends(ack(1, 11_001)).seesNothing();
        assertThat(conn.tcb().retransmits()).isEqualTo(1);
    }

    /** The path may have become shorter. */
    @Test
    void aRepairThatMayHaveArrivedSaysNothingOfReordering() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        after(100);
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        after(51);
        peer.sends(ack(1, 5_001)).seesNothing();
        assertThat(conn.tcb().info(0).reordSeen).isZero();
    }

    @Test
    @Rfc({"8985", "3"})
    void aLostRetransmissionIsFoundByWhatWasSentAfterIt() {
        Conn conn = established();
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        after(100);
        peer.sends(ack(1, 1).sack(1_001, 10_001)).sees(data(1, 1_001));
        // New data leaves behind the repair, which is lost again; its arrival tells.
        peer.seesWhatever();
        after(100);
        peer.sends(ack(1, 1).sack(1_001, 11_001)).sees(data(1, 1_001)).seesWhatever();
        assertThat(state(conn)).isEqualTo(RecoveryState.RECOVERY);
        after(50);
        peer.sends(ack(1, 20_001)).seesWhatever();
        assertThat(conn.tcb().info(0).totalRto).isZero();
    }

    @Test
    @Rfc({"8985", "6.2"})
    void aSegmentSentBehindTheOneSackedIsNotLost() {
        Conn conn = established();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000));
        after(50);
        conn.write(2_000);
        peer.sees(burst(3_001, 5_001, 1_000));
        after(60);
        peer.sends(ack(1, 1).sack(2_001, 3_001)).seesNothing();
        after(27);
        peer.sees(data(1, 1_001)).seesNothing();
        assertThat(conn.tcb().info(0).lost).as("what was sent 50 ms later is not").isEqualTo(2);
        peer.sends(ack(1, 3_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"8985", "6.3"})
    void aTimeoutSparesWhatWasSentLately() {
        Conn conn = established();
        conn.write(2_000);
        peer.sees(burst(1, 2_001, 1_000));
        after(202);
        peer.sees(data(1_001, 2_001).psh()).seesNothing();
        after(250);
        conn.write(1_000);
        peer.sees(data(2_001, 3_001).psh());
        after(50);
        // The first two are overdue, the third was sent half a round trip ago.
        peer.sees(data(1, 1_001)).seesNothing();
        assertThat(conn.tcb().info(0).lost).isEqualTo(2);
        peer.sends(ack(1, 3_001)).seesNothing();
    }

    @Test
    void sackBlocksOfAnAckThatCameLateAreNews() {
        Conn conn = established();
        conn.write(8_000);
        peer.sees(burst(1, 8_001, 1_000));
        after(100);
        peer.sends(ack(1, 3_001)).seesNothing();
        peer.sends(ack(1, 2_001).sack(4_001, 7_001)).sees(data(3_001, 4_001)).seesNothing();
        peer.sends(ack(1, 8_001)).seesNothing();
    }
}
