package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.SACK;
import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** What the host tells of segments that came twice (RFC 2883). */
class DsackScriptTest extends Script {
    private static final String OLD_SENT = "TcpExtTCPDSACKOldSent";
    private static final String OFO_SENT = "TcpExtTCPDSACKOfoSent";

    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"2883", "4.1.1"})
    void aDuplicateOfWhatIsAcknowledgedIsReportedBelowTheAck() {
        Conn conn = established();
        peer.sends(data(1, 501)).sees(ack(1, 501).lacks(SACK));
        peer.sends(data(501, 1_001)).sees(ack(1, 1_001).lacks(SACK));
        peer.sends(data(1, 501)).sees(ack(1, 1_001).sack(1, 501));
        assertThat(counter(OLD_SENT)).isEqualTo(1);
        assertThat(counter(OFO_SENT)).isZero();
        conn.reads(1_000);
    }

    @Test
    @Rfc({"2883", "4.1.2"})
    void behindADuplicateBelowTheAckComesWhatWaits() {
        Conn conn = established();
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(1_001, 1_501)).sees(ack(1, 501).sack(1_001, 1_501));
        peer.sends(data(1, 501)).sees(ack(1, 501).sack(1, 501, 1_001, 1_501));
        peer.sends(data(501, 1_001)).sees(ack(1, 1_501).lacks(SACK));
        conn.reads(1_500);
    }

    @Test
    @Rfc({"2883", "4.1.3"})
    void aDuplicateOfWhatWaitsIsReportedBeforeTheBlockThatHoldsIt() {
        established();
        peer.sends(data(1_001, 1_501)).sees(ack(1, 1).sack(1_001, 1_501));
        peer.sends(data(1_501, 2_001)).sees(ack(1, 1).sack(1_001, 2_001));
        peer.sends(data(3_001, 3_501)).sees(ack(1, 1).sack(3_001, 3_501, 1_001, 2_001));
        peer.sends(data(1_501, 2_001)).sees(ack(1, 1).sack(1_501, 2_001, 1_001, 2_001, 3_001, 3_501));
        assertThat(counter(OFO_SENT)).isEqualTo(1);
        assertThat(counter(OLD_SENT)).isZero();
    }

    @Test
    @Rfc({"2883", "4"})
    void eachDuplicateIsReportedOnce() {
        established();
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(1, 501)).sees(ack(1, 501).sack(1, 501));
        peer.sends(data(501, 1_001)).sees(ack(1, 1_001).lacks(SACK));
        peer.sends(data(1, 501)).sees(ack(1, 1_001).sack(1, 501));
        peer.sends(data(1, 501)).sees(ack(1, 1_001).sack(1, 501));
        assertThat(counter(OLD_SENT)).isEqualTo(3);
    }

    @Test
    void whatIsNewIsAcknowledgedBeforeTheDuplicateThatCameWithIt() {
        Conn conn = established();
        peer.sendsTogether(data(1, 501), data(1, 501)).sees(ack(1, 501).lacks(SACK), ack(1, 501).sack(1, 501));
        peer.sends(data(1_001, 1_501)).sees(ack(1, 501).sack(1_001, 1_501));
        peer.sendsTogether(data(501, 1_001), data(501, 1_001)).sees(ack(1, 1_501).lacks(SACK),
                ack(1, 1_501).sack(501, 1_001));
        conn.reads(1_500);
    }

    @Test
    @Rfc({"2883", "4.2.1"})
    void ofASegmentThatIsPartlyOldTheOldPartIsReported() {
        Conn conn = established();
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(1, 1_501)).sees(ack(1, 1_501).sack(1, 501));
        conn.reads(1_500);
    }

    @Test
    @Rfc({"2883", "4.2.2"})
    void theFirstOfTwoOldPartsIsReported() {
        Conn conn = established();
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(2_501, 3_001)).sees(ack(1, 501).sack(2_501, 3_001));
        peer.sends(data(501, 1_001)).sees(ack(1, 1_001));
        peer.sends(data(1_501, 2_001)).sees(ack(1, 1_001).sack(1_501, 2_001, 2_501, 3_001));
        peer.sends(data(501, 2_001)).sees(ack(1, 2_001).sack(501, 1_001, 2_501, 3_001));
        conn.reads(2_000);
    }

    @Test
    @Rfc({"2883", "4.2.3"})
    void theFirstOfTwoPartsThatWaitIsReportedBeforeTheBlockThatHoldsBoth() {
        established();
        peer.sends(data(1_001, 1_501)).sees(ack(1, 1).sack(1_001, 1_501));
        peer.sends(data(2_001, 2_501)).sees(ack(1, 1).sack(2_001, 2_501, 1_001, 1_501));
        peer.sends(data(501, 2_501)).sees(ack(1, 1).sack(1_001, 1_501, 501, 2_501));
    }

    @Test
    void aRepairThatOverlapsWhatWaitsTellsWhereItNeedNotHaveReached() {
        Conn conn = established();
        peer.sends(data(501, 1_001)).sees(ack(1, 1).sack(501, 1_001));
        peer.sends(data(1, 1_501)).sees(ack(1, 1_501).sack(501, 1_001));
        assertThat(counter(OFO_SENT)).isEqualTo(1);
        conn.reads(1_500);
    }

    @Test
    void duplicatesOfOneBatchAreAllReported() {
        established();
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(501, 1_001)).sees(ack(1, 1_001));
        peer.sends(data(1_001, 1_501)).sees(ack(1, 1_501));
        // Neighbours share a block, as coalesced packets do; others leave one by one.
        peer.sendsTogether(data(1, 501), data(501, 1_001));
        peer.sees(ack(1, 1_501).sack(1, 1_001));
        peer.sendsTogether(data(1, 501), data(1_001, 1_501));
        peer.sees(ack(1, 1_501).sack(1, 501), ack(1, 1_501).sack(1_001, 1_501));
        peer.sendsTogether(data(1, 501), data(1, 501));
        peer.sees(ack(1, 1_501).sack(1, 501), ack(1, 1_501).sack(1, 501));
    }

    @Test
    void aFinThatCameTwiceIsReportedToo() {
        Conn conn = established();
        peer.sends(fin(1, 1)).sees(ack(1, 2));
        peer.sends(fin(1, 1)).sees(ack(1, 2).sack(1, 2));
        conn.readsEnd();
    }

    @Test
    void aReportThatMeetsDataToSendHasAnAckOfItsOwn() {
        Conn conn = established();
        peer.sends(data(1, 501)).sees(ack(1, 501));
        conn.write(11_000);
        peer.sees(Seg.burst(1, 10_001, 1_000)).seesNothing();
        peer.sendsTogether(data(1, 501), ack(501, 1_001));
        peer.sees(data(10_001, 11_001).lacks(SACK), ack(11_001, 501).sack(1, 501));
        peer.sends(ack(501, 11_001)).seesNothing();
    }

    @Test
    @Rfc({"2883", "4.3"})
    void aDuplicateThatItsTimestampBetraysIsReported() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_012).sackOk().ts(1_000, 0));
        peer.sends(data(1, 501).ts(1_010, 0)).sees(ack(1, 501));
        peer.sends(data(1, 501).ts(1_005, 0)).sees(ack(1, 501).sack(1, 501));
        conn.reads(500);
    }

    @Test
    void withoutAgreementNothingIsReported() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(1, 501)).sees(ack(1, 501).lacks(SACK));
        assertThat(counter(OLD_SENT)).isZero();
        conn.reads(500);
    }
}
