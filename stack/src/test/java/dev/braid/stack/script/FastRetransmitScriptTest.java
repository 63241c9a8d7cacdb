package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Loss found from duplicate and selective acknowledgements (RFC 5681, 6582, 6675). */
class FastRetransmitScriptTest extends Script {
    private Conn plain() {
        host.listen();
        return peer.opens(syn(0).mss(1_000));
    }

    private Conn withSack() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"5681", "3.2"})
    void theThirdDuplicateAckResendsTheFirstSegment() {
        Conn conn = plain();
        conn.write(6_000);
        peer.sees(burst(1, 6_001, 1_000));
        peer.sends(ack(1, 1), ack(1, 1)).seesNothing();
        peer.sends(ack(1, 1)).sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 6_001)).seesNothing();
    }

    @Test
    @Rfc({"5681", "2"})
    void anAckThatMovesTheWindowIsNoDuplicate() {
        Conn conn = plain();
        conn.write(6_000);
        peer.sees(burst(1, 6_001, 1_000));
        for (int i = 1; i <= 6; i++) {
            peer.sends(ack(1, 1).win(60_000 - i));
        }
        peer.seesNothing().sends(ack(1, 6_001));
    }

    @Test
    @Rfc({"5681", "2"})
    void anAckWithDataIsNoDuplicate() {
        Conn conn = plain();
        conn.write(6_000);
        peer.sees(burst(1, 6_001, 1_000));
        for (int i = 0; i < 4; i++) {
            peer.sends(data(1 + 100 * i, 101 + 100 * i).acking(1)).sees(ack(6_001, 101 + 100 * i));
        }
        peer.seesNothing().sends(ack(401, 6_001));
        conn.reads(400);
    }

    @Test
    @Rfc({"5681", "2"})
    void ackingNothingOutstandingIsNoDuplicate() {
        Conn conn = plain();
        peer.sends(ack(1, 1), ack(1, 1), ack(1, 1), ack(1, 1)).seesNothing();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000)).sends(ack(1, 3_001));
        assertThat(conn.tcb().retransmits()).isZero();
    }

    @Test
    @Rfc({"6582", "3.2"})
    void aPartialAckResendsTheNextHole() {
        Conn conn = plain();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        peer.sends(ack(1, 1), ack(1, 1), ack(1, 1)).sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 4_001)).sees(data(4_001, 5_001)).seesNothing();
        peer.sends(ack(1, 7_001)).sees(data(7_001, 8_001)).seesNothing();
        peer.sends(ack(1, 10_001)).seesNothing();
        assertThat(conn.tcb().retransmits()).isEqualTo(3);
    }

    @Test
    @Rfc({"5681", "3.2"})
    void aRecoveryTakesThreeTenthsOfTheCongestionWindow() {
        Conn conn = plain();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        assertThat(conn.tcb().cwnd()).isEqualTo(10_000);
        peer.sends(ack(1, 1), ack(1, 1), ack(1, 1)).sees(data(1, 1_001));
        peer.sends(ack(1, 10_001));
        assertThat(conn.tcb().ssthresh()).isEqualTo(7_000);
        assertThat(conn.tcb().cwnd()).as("as CUBIC has it").isEqualTo(7_000L);
    }

    @Test
    @Rfc({"6582", "3.2"})
    void duplicatesForWhatWasResentDoNotStartARecoveryAgain() {
        Conn conn = plain();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1), ack(1, 1), ack(1, 1)).sees(data(1, 1_001));
        peer.sends(ack(1, 5_001));
        long ssthresh = conn.tcb().ssthresh();
        conn.write(4_000);
        peer.seesWhatever();
        peer.sends(ack(1, 5_001), ack(1, 5_001)).seesWhatever();
        assertThat(conn.tcb().ssthresh()).isEqualTo(ssthresh);
        peer.sends(ack(1, 9_001)).seesWhatever();
    }

    @Test
    @Rfc({"6675", "5"})
    void oneSackOfThreeSegmentsIsEnough() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    void newDataFlowsWhileAHoleIsRepaired() {
        Conn conn = withSack();
        conn.write(30_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 10_001));
        peer.sees(data(1, 1_001));
        Seg next = peer.next();
        assertThat(next.seq).isEqualTo(10_001);
        peer.seesWhatever();
        peer.sends(ack(1, 15_001)).seesWhatever();
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    @Rfc({"2018", "8"})
    void anAckThatStopsAtSackedDataMeansTheReceiverReneged() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1).sack(1_001, 5_001)).sees(data(1, 1_001)).seesNothing();
        // The receiver threw away what it had SACKed: after a timeout everything is sent again.
        peer.sends(ack(1, 1_001));
        afterWhatever(1_500);
        peer.sees(data(1_001, 2_001)).seesWhatever();
        peer.sends(ack(1, 2_001)).seesWhatever();
        peer.sends(ack(1, 5_001)).seesWhatever();
    }

    @Test
    @Rfc({"3042", "2"})
    void theFirstTwoDuplicatesLetNewSegmentsGo() {
        Conn conn = plain();
        conn.write(15_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        after(100);
        peer.sends(ack(1, 1)).sees(data(10_001, 11_001)).seesNothing();
        peer.sends(ack(1, 1)).sees(data(11_001, 12_001)).seesNothing();
        peer.sends(ack(1, 12_001)).sees(burst(12_001, 15_001, 1_000)).sends(ack(1, 15_001));
    }
}
