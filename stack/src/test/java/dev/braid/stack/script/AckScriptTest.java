package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;

import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** When acknowledgements leave (RFC 9293 section 3.8.6.3, RFC 5681 section 4.2). */
class AckScriptTest extends Script {
    @Override
    protected void config(TcpConfig config) {
        config.quickAcks = 0;
    }

    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"9293", "3.8.6.3", "MUST-58"})
    @Rfc({"9293", "3.8.6.3", "SHLD-18"})
    void aSingleSegmentIsAcknowledgedAfterADelay() {
        Conn conn = established();
        peer.sends(data(1, 101)).seesNothing();
        after(40);
        peer.sees(ack(1, 101)).seesNothing();
        conn.reads(100);
    }

    @Test
    @Rfc({"9293", "3.8.6.3", "SHLD-19"})
    void everySecondFullSegmentIsAcknowledgedAtOnce() {
        Conn conn = established();
        peer.sends(data(1, 1_001)).seesNothing();
        peer.sends(data(1_001, 2_001)).sees(ack(1, 2_001)).seesNothing();
        peer.sends(data(2_001, 3_001)).seesNothing();
        peer.sends(data(3_001, 4_001)).sees(ack(1, 4_001));
        conn.reads(4_000);
    }

    @Test
    void aBatchIsAcknowledgedOnce() {
        Conn conn = established();
        peer.sendsTogether(data(1, 1_001), data(1_001, 2_001), data(2_001, 3_001), data(3_001, 4_001));
        peer.sees(ack(1, 4_001)).seesNothing();
        conn.reads(4_000);
    }

    @Test
    void theDelayRunsFromTheFirstSegment() {
        Conn conn = established();
        peer.sends(data(1, 101));
        after(30);
        peer.sends(data(101, 201)).seesNothing();
        after(10);
        peer.sees(ack(1, 201));
        after(1_000);
        conn.reads(200);
    }

    @Test
    void moreThanOneFullSegmentIsAcknowledgedAtOnce() {
        Conn conn = established();
        peer.sends(data(1, 1_001)).seesNothing();
        peer.sends(data(1_001, 1_002)).sees(ack(1, 1_002)).seesNothing();
        conn.reads(1_001);
    }

    @Test
    void dataCarriesTheAcknowledgement() {
        Conn conn = established();
        peer.sends(data(1, 101)).seesNothing();
        conn.write(50);
        peer.sees(data(1, 51).acking(101)).seesNothing();
        conn.reads(100);
        after(100);
        peer.sends(ack(101, 51));
    }

    @Test
    void whatEndsAMessageIsAcknowledgedOnceItIsRead() {
        Conn conn = established();
        peer.sends(data(1, 101)).seesNothing();
        conn.reads(60);
        peer.seesNothing();
        conn.reads(40);
        peer.sees(ack(1, 101));
        // A full segment is one when it is pushed.
        peer.sends(data(101, 1_101).psh()).seesNothing();
        conn.reads(1_000);
        peer.sees(ack(1, 1_101));
        peer.sends(data(1_101, 2_101)).seesNothing();
        conn.reads(1_000);
        peer.seesNothing();
        after(40);
        peer.sees(ack(1, 2_101));
    }

    @Test
    void segmentsThatBecameSmallerTogetherAreFullOnes() {
        Conn conn = established();
        peer.sends(data(1, 1_001), data(1_001, 2_001)).sees(ack(1, 2_001));
        conn.reads(2_000);
        // One smaller segment ends a message, two of a size are what a segment holds now.
        peer.sends(data(2_001, 2_901)).seesNothing();
        conn.reads(900);
        peer.sees(ack(1, 2_901)).sends(data(2_901, 3_801)).seesNothing();
        conn.reads(900);
        peer.seesNothing();
        peer.sends(data(3_801, 4_701)).sees(ack(1, 4_701));
        conn.reads(900);
    }

    @Test
    void aProgramThatAnswersAcknowledgesByItsAnswers() {
        Conn conn = established();
        peer.sends(data(1, 101)).seesNothing();
        conn.reads(100);
        peer.sees(ack(1, 101));
        conn.write(50);
        peer.sees(data(1, 51).acking(101)).sends(ack(101, 51));
        peer.sends(data(101, 201)).seesNothing();
        conn.reads(100);
        peer.seesNothing();
        conn.write(50);
        peer.sees(data(51, 101).acking(201)).sends(ack(201, 101));
        // A second message before the answer to the first is acknowledged once read.
        peer.sends(data(201, 301), data(301, 401)).seesNothing();
        conn.reads(200);
        peer.sees(ack(101, 401));
    }

    @Test
    void aProgramThatDidNotAnswerInTimeCountsAsSilentAgain() {
        Conn conn = established();
        peer.sends(data(1, 101));
        conn.write(50);
        peer.sees(data(1, 51).acking(101)).sends(ack(101, 51));
        peer.sends(data(101, 201));
        conn.reads(200);
        peer.seesNothing();
        after(40);
        peer.sees(ack(51, 201));
        peer.sends(data(201, 301)).seesNothing();
        conn.reads(100);
        peer.sees(ack(51, 301));
    }

    @Test
    @Rfc({"5681", "4.2"})
    void aFilledHoleIsAcknowledgedAtOnce() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001)).sees(ack(1, 1));
        peer.sends(data(2_001, 3_001)).sees(ack(1, 1));
        peer.sends(data(1, 501)).sees(ack(1, 501).sack(1_001, 3_001));
        peer.sends(data(501, 1_001)).sees(ack(1, 3_001));
        conn.reads(3_000);
    }

    @Test
    @Rfc({"9293", "3.10.7.4"})
    void anOldSegmentIsAcknowledgedAtOnce() {
        Conn conn = established();
        peer.sends(data(1, 1_001), data(1_001, 2_001)).sees(ack(1, 2_001));
        peer.sends(data(1, 1_001)).sees(ack(1, 2_001)).seesNothing();
        conn.reads(2_000).readsNothing();
    }

    @Test
    void aSegmentHalfOldDeliversItsNewHalf() {
        Conn conn = established();
        peer.sends(data(1, 1_001));
        peer.sends(data(501, 1_501)).seesWhatever();
        conn.reads(1_500).readsNothing();
        after(40);
        peer.seesWhatever();
    }

    @Test
    void aFinIsAcknowledgedAtOnce() {
        Conn conn = established();
        peer.sends(data(1, 101).fin()).sees(ack(1, 102));
        conn.reads(100).readsEnd();
    }

    @Test
    void quickAckAcknowledgesEachBatch() {
        Conn conn = established();
        conn.options(options -> options.tcp.quickAck = true);
        peer.sends(data(1, 11)).sees(ack(1, 11));
        peer.sends(data(11, 21)).sees(ack(1, 21));
        conn.reads(20);
    }

    @Test
    @Rfc({"9293", "3.8.6.3"})
    void aPureAckIsNeverAcknowledged() {
        Conn conn = established();
        peer.sends(ack(1, 1), ack(1, 1).win(1_234), ack(1, 1)).seesNothing();
        after(1_000);
        conn.readsNothing();
    }
}
