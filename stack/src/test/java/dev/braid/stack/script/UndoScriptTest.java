package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.RecoveryState;
import dev.braid.stack.tcp.TcbProbe;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Recoveries that turn out to have been needless, and what the host makes of it. */
class UndoScriptTest extends Script {
    private static final String FULL_UNDO = "TcpExtTCPFullUndo";
    private static final String PARTIAL_UNDO = "TcpExtTCPPartialUndo";
    private static final String DSACK_UNDO = "TcpExtTCPDSACKUndo";
    private static final String LOSS_UNDO = "TcpExtTCPLossUndo";
    private static final String SPURIOUS_RTOS = "TcpExtTCPSpuriousRTOs";

    @Override
    protected void config(TcpConfig config) {
        config.earlyRetrans = 0; // loss probes have a script of their own
    }

    private Conn withSack() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    private Conn withTimestamps() {
        host.listen();
        return peer.opens(syn(0).mss(1_012).ts(1_000, 0));
    }

    private Conn withBoth() {
        host.listen();
        return peer.opens(syn(0).mss(1_012).sackOk().ts(1_000, 0));
    }

    private Conn withNeither() {
        host.listen();
        return peer.opens(syn(0).mss(1_000));
    }

    /** Ten segments leave, and SACKs of the last three start a recovery 20 ms later. */
    private long recovers(Conn conn) {
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        after(20);
        peer.sends(ack(1, 1).sack(7_001, 8_001));
        peer.sends(ack(1, 1).sack(7_001, 9_001));
        peer.sends(ack(1, 1).sack(7_001, 10_001));
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.RECOVERY);
        assertThat(conn.tcb().cwnd()).isLessThan(cwnd);
        return cwnd;
    }

    private void undone(Conn conn, long cwnd) {
        assertThat(TcbProbe.recoveryState(conn.tcb())).as("state").isIn(RecoveryState.OPEN, RecoveryState.DISORDER);
        assertThat(conn.tcb().cwnd()).as("cwnd").isGreaterThanOrEqualTo(cwnd);
    }

    // Fast recovery.

    @Test
    @Rfc({"3522", "3.2"})
    void anEchoOlderThanTheFirstRepairUndoesAWholeRecovery() {
        Conn conn = withBoth();
        long cwnd = recovers(conn);
        peer.seesWhatever();
        after(5);
        peer.sends(ack(1, 10_001).ts(1_025, 0));
        undone(conn, cwnd);
        assertThat(counter(FULL_UNDO)).isEqualTo(1);
        assertThat(conn.tcb().ssthresh()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @Rfc({"3522", "3.2"})
    void anEchoOfTheRepairUndoesNothing() {
        Conn conn = withBoth();
        long cwnd = recovers(conn);
        peer.seesWhatever();
        after(5);
        peer.sends(ack(1, 10_001).ts(1_025, 20));
        assertThat(conn.tcb().cwnd()).isLessThan(cwnd);
        assertThat(counter(FULL_UNDO)).isZero();
    }

    @Test
    void anEchoFromBeforeTheConnectionUndoesNothing() {
        Conn conn = withBoth();
        long cwnd = recovers(conn);
        peer.seesWhatever();
        after(5);
        peer.sends(ack(1, 10_001).ts(1_025, -5_000));
        assertThat(conn.tcb().cwnd()).isLessThan(cwnd);
        assertThat(counter(FULL_UNDO)).isZero();
    }

    @Test
    @Rfc({"2883", "5.4"})
    void reportsOfEveryRepairUndoTheRecovery() {
        Conn conn = withSack();
        conn.write(4_000);
        peer.sees(burst(1, 4_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        after(20);
        peer.sends(ack(1, 1).sack(1_001, 2_001));
        peer.sends(ack(1, 1).sack(1_001, 3_001));
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        after(5);
        // The original was late, and then the repair came too.
        peer.sends(ack(1, 4_001));
        assertThat(conn.tcb().cwnd()).isLessThan(cwnd);
        peer.sends(ack(1, 4_001).sack(1, 1_001));
        undone(conn, cwnd);
        assertThat(counter(DSACK_UNDO)).isEqualTo(1);
        assertThat(counter("TcpExtTCPDSACKRecv")).isEqualTo(1);
        assertThat(conn.tcb().info(nowNs()).dsackDups).isEqualTo(1);
    }

    @Test
    void aReportThatComesAfterTheRecoveryUndoesItStill() {
        Conn conn = withSack();
        long cwnd = recovers(conn);
        int resent = peer.pending();
        peer.seesWhatever();
        after(5);
        peer.sends(ack(1, 10_001));
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.OPEN);
        assertThat(conn.tcb().cwnd()).isLessThan(cwnd);
        for (int i = 0; i < resent; i++) {
            assertThat(counter(DSACK_UNDO)).as("before report " + i).isZero();
            peer.sends(ack(1, 10_001).sack(1_000 * i + 1, 1_000 * i + 1_001));
        }
        undone(conn, cwnd);
        assertThat(counter(DSACK_UNDO)).isEqualTo(1);
    }

    @Test
    @Rfc({"2883", "5.1"})
    void moreReportsThanRepairsAreIgnored() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1_001));
        // The network's own duplicate: nothing was sent again.
        peer.sends(ack(1, 1_001).sack(1, 1_001)).seesNothing();
        assertThat(counter("TcpExtTCPDSACKIgnoredDubious")).isEqualTo(1);
        // Reversed, wider than the window, and of what was never sent.
        peer.sends(ack(1, 2_001).sack(1_001, 1));
        peer.sends(ack(1, 2_001).sack(-200_000, 1_001));
        peer.sends(ack(1, 2_001).sack(1_001, 90_001));
        assertThat(counter("TcpExtTCPDSACKIgnoredDubious")).isEqualTo(4);
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    // Timeouts.

    @Test
    @Rfc({"5682", "3.1"})
    void aTimeoutAfterWhichAnOriginalIsSackedIsUndone() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        timesOut();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.LOSS);
        peer.sends(ack(1, 1).sack(1_001, 2_001));
        undone(conn, cwnd);
        assertThat(counter(SPURIOUS_RTOS)).isEqualTo(1);
        assertThat(counter(LOSS_UNDO)).isEqualTo(1);
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"5682", "2.1"})
    void afterATimeoutNewDataGoesFirstAndTheNextAckTellsThatItWasSpurious() {
        Conn conn = withNeither();
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        timesOut();
        // The original's ACK: step 2b.
        peer.sends(ack(1, 1_001)).sees(data(10_001, 11_001), data(11_001, 12_001)).seesNothing();
        assertThat(counter(SPURIOUS_RTOS)).isZero();
        // The next original's: step 3b. Nothing more is sent again.
        peer.sends(ack(1, 2_001));
        assertThat(counter(SPURIOUS_RTOS)).isEqualTo(1);
        undone(conn, cwnd);
        peer.sends(ack(1, 5_001));
        while (peer.pending() > 0) {
            assertThat(peer.next().seq).as("new data").isGreaterThanOrEqualTo(12_001);
        }
        takesTheRest(12_001, 20_001);
    }

    @Test
    @Rfc({"5682", "2.1"})
    void afterATimeoutADuplicateTellsThatTheLossWasReal() {
        Conn conn = withNeither();
        asksByNewData(conn);
        // The new data arrived behind a hole: step 3a.
        peer.sends(ack(1, 1_001)).sees(data(1_001, 2_001)).seesWhatever();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.LOSS);
        assertThat(counter(SPURIOUS_RTOS)).isZero();
        takesTheRest(12_001, 20_001);
    }

    @Test
    @Rfc({"5682", "2.1"})
    void withNothingNewToSendRepairsGoOnAtOnce() {
        Conn conn = withNeither();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        timesOut();
        peer.sends(ack(1, 1_001)).sees(data(1_001, 2_001), data(2_001, 3_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
        assertThat(counter(SPURIOUS_RTOS)).isZero();
    }

    @Test
    @Rfc({"5682", "3.1"})
    void withSackNewDataBeyondAHoleTellsThatTheLossWasReal() {
        Conn conn = withSack();
        asksByNewData(conn);
        peer.sends(ack(1, 1_001).sack(10_001, 11_001)).sees(data(1_001, 2_001)).seesWhatever();
        assertThat(counter(SPURIOUS_RTOS)).isZero();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.LOSS);
        takesTheRest(12_001, 20_001);
    }

    @Test
    @Rfc({"3522", "3.2"})
    @Rfc({"4015", "3.2"})
    void anEchoOlderThanTheFirstRepairUndoesATimeout() {
        Conn conn = withTimestamps();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        timesOut();
        peer.sends(ack(1, 1_001).ts(1_201, 0));
        undone(conn, cwnd);
        assertThat(counter(LOSS_UNDO)).isEqualTo(1);
        peer.seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"4015", "3.2"})
    void theTimeoutLearnsFromADelayThatItMistookForLoss() {
        Conn conn = withBoth();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        long before = conn.tcb().rtoNs();
        timesOut();
        after(100);
        peer.sends(ack(1, 1_001).ts(1_301, 0));
        assertThat(conn.tcb().srttNs()).as("SRTT").isGreaterThan(30_000_000L);
        assertThat(conn.tcb().rtoNs()).as("RTO").isGreaterThan(before).isGreaterThan(300_000_000L);
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    void anAckThatReportsTheRepairAsADuplicateMeasuresNothing() {
        Conn conn = withBoth();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        long srtt = conn.tcb().srttNs();
        long cwnd = conn.tcb().cwnd();
        timesOut();
        after(100);
        // All had arrived, but no ACK came back until the repair asked for one.
        peer.sends(ack(1, 5_001).ts(1_301, 0).sack(1, 1_001));
        assertThat(conn.tcb().srttNs()).isEqualTo(srtt);
        undone(conn, cwnd);
        assertThat(counter(LOSS_UNDO)).isEqualTo(1);
    }

    @Test
    void aTimeoutWhoseRepairIsReportedIsUndoneWithoutTimestamps() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        timesOut();
        peer.sends(ack(1, 5_001).sack(1, 1_001));
        undone(conn, cwnd);
        assertThat(counter(LOSS_UNDO)).isEqualTo(1);
    }

    @Test
    @Rfc({"3522", "3.2"})
    void partOfARecoveryThatWasLateIsUndoneOnceNoRepairIsOut() {
        Conn conn = withBoth();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        after(20);
        peer.sends(ack(1, 1).sack(1_001, 2_001));
        peer.sends(ack(1, 1).sack(1_001, 3_001));
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        after(5);
        peer.sends(ack(1, 4_001).ts(1_025, 0));
        undone(conn, cwnd);
        assertThat(counter(PARTIAL_UNDO)).isEqualTo(1);
        peer.sends(ack(1, 10_001)).seesNothing();
    }

    /** More of what was taken for lost may be late only: the repairs' own answers will tell. */
    @Test
    @Rfc({"3522", "3.2"})
    void whatWasLateHoldsFurtherRepairsBackWhileSomeAreOut() {
        Conn conn = withBoth();
        long cwnd = recovers(conn);
        int repairs = peer.pending();
        assertThat(repairs).as("repairs under way").isBetween(2, 6);
        peer.seesWhatever();
        after(5);
        peer.sends(ack(1, 1_001).sack(7_001, 10_001).ts(1_025, 0)).seesNothing();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.RECOVERY);
        peer.sends(ack(1, 10_001).ts(1_025, 0)).seesNothing();
        undone(conn, cwnd);
    }

    @Test
    @Rfc({"5682", "3.1"})
    void onceTheLossWasRealNothingLateMakesTheTimeoutSpurious() {
        Conn conn = withSack();
        asksByNewData(conn);
        peer.sends(ack(1, 1_001).sack(10_001, 11_001)).sees(data(1_001, 2_001)).seesWhatever();
        peer.sends(ack(1, 1_001).sack(9_001, 11_001)).seesWhatever();
        assertThat(counter(SPURIOUS_RTOS)).isZero();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.LOSS);
        takesTheRest(12_001, 20_001);
    }

    /** Without SACK, what lies behind the repair may have waited for nothing but the repair. */
    @Test
    @Rfc({"5682", "2.1"})
    void anAckOfTheRepairAndAllBehindItDoesNotTellThatTheTimeoutWasSpurious() {
        Conn conn = withNeither();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        long cwnd = conn.tcb().cwnd();
        timesOut();
        peer.sends(ack(1, 10_001)).seesNothing();
        assertThat(counter(SPURIOUS_RTOS)).isZero();
        assertThat(counter(LOSS_UNDO)).isZero();
        assertThat(conn.tcb().ssthresh()).isLessThan(cwnd);
    }

    @Test
    @Rfc({"5682", "2.1"})
    void withoutRoomForAWholeNewSegmentRepairsGoOnAtOnce() {
        Conn conn = withNeither();
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000));
        timesOut();
        peer.sends(ack(1, 1_001).win(9_500)).sees(data(1_001, 2_001), data(2_001, 3_001)).seesNothing();
        assertThat(counter(SPURIOUS_RTOS)).isZero();
        takesTheRest(10_001, 20_001);
    }

    /** A timeout, an acknowledgement of what went again, and two new segments, whose acknowledgements will tell whether it was spurious. */
    private void asksByNewData(Conn conn) {
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000));
        timesOut();
        peer.sends(ack(1, 1_001)).sees(data(10_001, 11_001), data(11_001, 12_001)).seesNothing();
    }

    /** The peer acknowledges what came, up to the end. */
    private void takesTheRest(int came, int end) {
        int highest = came;
        for (int turns = 0; highest < end && turns < 20; turns++) {
            peer.sends(ack(1, highest));
            while (peer.pending() > 0) {
                highest = Math.max(highest, peer.next().end);
            }
        }
        peer.sends(ack(1, end)).seesNothing();
    }

    /** The retransmission timer expires, and the first segment is sent again. */
    private void timesOut() {
        for (int waited = 0; waited < 1_000 && counter("TcpExtTCPTimeouts") == 0; waited += 10) {
            afterWhatever(10);
        }
        assertThat(counter("TcpExtTCPTimeouts")).isEqualTo(1);
        peer.seesWhatever();
    }
}
