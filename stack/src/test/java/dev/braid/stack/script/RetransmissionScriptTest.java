package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** The retransmission timer (RFC 6298). */
class RetransmissionScriptTest extends Script {
    private static final Seg[] NONE = {};

    /** Without timestamps: a round trip is measured on segments sent once alone. */
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000));
    }

    @Test
    @Rfc({"6298", "5", "5.4"})
    @Rfc({"6298", "5", "5.5"})
    void theTimeoutResendsTheFirstSegmentAndBacksOff() {
        Conn conn = established();
        conn.write(2_500);
        peer.sees(data(1, 1_001), data(1_001, 2_001), data(2_001, 2_501).psh()).seesNothing();
        after(200);
        peer.sees(data(1, 1_001)).seesNothing();
        after(400);
        peer.sees(data(1, 1_001)).seesNothing();
        after(800);
        peer.sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 2_501)).seesNothing();
    }

    @Test
    @Rfc({"5681", "3.1"})
    void afterATimeoutTheWindowOpensFromOneSegment() {
        Conn conn = established();
        conn.write(6_000);
        peer.sees(burst(1, 6_001, 1_000));
        after(200);
        peer.sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 1_001)).sees(data(1_001, 2_001), data(2_001, 3_001)).seesNothing();
        peer.sends(ack(1, 3_001)).sees(data(3_001, 4_001), data(4_001, 5_001)).seesWhatever();
        peer.sends(ack(1, 6_001)).seesNothing();
    }

    @Test
    @Rfc({"6298", "3"})
    void aRetransmittedSegmentGivesNoSample() {
        Conn conn = established();
        long before = conn.tcb().srttNs();
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        after(200);
        peer.sees(data(1, 1_001));
        after(100);
        peer.sends(ack(1, 1_001));
        assertThat(conn.tcb().srttNs()).as("Karn's rule").isEqualTo(before);
        assertThat(conn.tcb().retransmits()).isEqualTo(1);
    }

    @Test
    @Rfc({"6298", "5", "5.7"})
    void theBackOffStaysUntilASegmentSentOnceIsAcknowledged() {
        Conn conn = established();
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        after(200);
        peer.sees(data(1, 1_001));
        after(400);
        peer.sees(data(1, 1_001)).sends(ack(1, 1_001));
        assertThat(conn.tcb().rtoNs()).as("timeout backed off").isGreaterThanOrEqualTo(400_000_000L);
        conn.write(1_000);
        peer.sees(data(1_001, 2_001)).sends(ack(1, 2_001));
        assertThat(conn.tcb().rtoNs()).as("timeout by a fresh sample").isLessThan(300_000_000L);
    }

    @Test
    @Rfc({"8961", "4"})
    void aRepairAcknowledgedWithinARoundTripEndsALongBackOff() {
        host.listen();
        peer.sends(syn(0).mss(1_000)).sees(Seg.synAck(0, 1));
        after(20);
        peer.sends(ack(1, 1));
        Conn conn = host.accept();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000));
        for (int i = 0; i < 4; i++) {
            after(220L << i);
            peer.sees(data(1, 1_001));
        }
        long backedOff = conn.tcb().rtoNs();
        // Too soon for the repair, and an answer to what came before it.
        after(10);
        peer.sends(ack(1, 1_001)).seesWhatever();
        assertThat(conn.tcb().rtoNs()).isEqualTo(backedOff);
        after(20);
        peer.sends(ack(1, 2_001)).seesWhatever();
        assertThat(conn.tcb().rtoNs()).isLessThan(300_000_000L);
        peer.sends(ack(1, 3_001)).seesNothing();
    }

    @Test
    @Rfc({"7323", "4.1"})
    void withTimestampsARetransmittedSegmentGivesASample() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_012).ts(1_000, 0));
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        after(200);
        peer.sees(data(1, 1_001).ts(200, 1_000));
        after(80);
        peer.sends(ack(1, 1_001).ts(1_280, 200));
        assertThat(conn.tcb().srttNs()).isBetween(1_000_000L, 80_200_000L);
    }

    @Test
    @Rfc({"6298", "3"})
    void anEchoOlderThanTheRepairMeasuresNothing() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_012).ts(1_000, 0));
        conn.write(2_000);
        peer.sees(data(1, 1_001), data(1_001, 2_001));
        long before = conn.tcb().srttNs();
        after(200);
        peer.sees(data(1, 1_001));
        after(400);
        peer.sees(data(1, 1_001));
        // Both had arrived at once, but the ACK was lost: this one answers the repair and echoes the first transmission.
        peer.sends(ack(1, 2_001).ts(1_600, 0));
        assertThat(conn.tcb().srttNs()).isEqualTo(before);
    }

    @Test
    @Rfc({"6298", "5", "5.3"})
    void eachAckOfNewDataRestartsTheTimer() {
        Conn conn = established();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000));
        after(1);
        peer.sends(ack(1, 1_001));
        after(198);
        peer.seesNothing();
        afterWhatever(30);
        peer.sees(data(1_001, 2_001)).sends(ack(1, 3_001));
    }

    @Test
    @Rfc({"6298", "5", "5.2"})
    void nothingIsTimedWhenAllIsAcknowledged() {
        Conn conn = established();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000)).sends(ack(1, 3_001));
        after(100_000);
        peer.seesNothing();
    }

    @Test
    void aLostFinIsSentAgain() {
        Conn conn = established();
        conn.finish();
        peer.sees(fin(1, 1));
        after(200);
        peer.sees(fin(1, 1));
        after(400);
        peer.sees(fin(1, 1)).sends(ack(1, 2)).seesNothing();
        conn.isIn(TcpState.FIN_WAIT_2);
    }

    @Test
    void theEndOfTheStreamIsSentAgainWithItsLastBytes() {
        Conn conn = established();
        conn.write(1_500).finish();
        peer.seesWhatever();
        after(200);
        peer.sees(data(1, 1_001)).sends(ack(1, 1_001)).sees(data(1_001, 1_501), fin(1_501, 1));
        peer.sends(ack(1, 1_502)).seesNothing();
    }

    @Test
    @Rfc({"9293", "3.8.3", "MUST-20"})
    void aDeadPeerIsGivenUpInTheEnd() {
        Conn conn = established();
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        int resent = 0;
        for (int minute = 0; minute < 40 && conn.tcb() != null
                && conn.tcb().state() == TcpState.ESTABLISHED; minute++) {
            afterWhatever(60_000);
            while (peer.pending() > 0) {
                resent++;
                peer.next();
            }
        }
        assertThat(resent).as("retransmissions").isBetween(14, 16);
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ETIMEDOUT);
    }

    @Test
    void theUserTimeoutGivesUpEarlier() {
        Conn conn = established();
        conn.options(options -> options.tcp.userTimeoutNs = 1_000_000_000L);
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        afterWhatever(2_000);
        peer.seesWhatever();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ETIMEDOUT);
        after(10_000);
        peer.seesNothing();
    }

    @Test
    void aSmallerWindowDoesNotStopARetransmission() {
        Conn conn = established();
        conn.write(4_000);
        peer.sees(burst(1, 4_001, 1_000));
        peer.sends(ack(1, 1_001).win(1_500));
        after(200);
        peer.sees(data(1_001, 2_001)).sends(ack(1, 4_001).win(10_000)).sees(NONE);
    }

    @Test
    void whatWasQueuedBehindGoesOnAfterRecovery() {
        Conn conn = established();
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        after(200);
        peer.sees(data(1, 1_001));
        peer.sends(ack(1, 10_001)).sees(data(10_001, 11_001), data(11_001, 12_001)).seesWhatever();
        peer.sends(ack(1, 12_001)).seesWhatever();
        peer.sends(ack(1, 16_001)).seesWhatever();
        peer.sends(ack(1, 20_001)).seesNothing();
    }
}
