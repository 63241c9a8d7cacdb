package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.SACK;
import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** The selective acknowledgements the host sends (RFC 2018). */
class SackScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"2018", "4"})
    @Rfc({"5681", "4.2"})
    void dataBehindAHoleIsAcknowledgedAtOnceAndSelectively() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001)).sees(ack(1, 1).sack(1_001, 2_001));
        peer.sends(data(2_001, 3_001)).sees(ack(1, 1).sack(1_001, 3_001));
        conn.readsNothing();
        peer.sends(data(1, 1_001)).sees(ack(1, 3_001).lacks(SACK));
        conn.reads(3_000);
    }

    @Test
    @Rfc({"2018", "4"})
    void theFirstBlockHoldsTheSegmentThatCausedTheAck() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001)).sees(ack(1, 1).sack(1_001, 2_001));
        peer.sends(data(5_001, 6_001)).sees(ack(1, 1).sack(5_001, 6_001, 1_001, 2_001));
        peer.sends(data(3_001, 4_001)).sees(ack(1, 1).sack(3_001, 4_001, 5_001, 6_001, 1_001, 2_001));
        peer.sends(data(2_001, 3_001)).sees(ack(1, 1).sack(1_001, 4_001, 5_001, 6_001));
        peer.sends(data(1, 1_001)).sees(ack(1, 4_001).sack(5_001, 6_001));
        peer.sends(data(4_001, 5_001)).sees(ack(1, 6_001).lacks(SACK));
        conn.reads(6_000);
    }

    @Test
    @Rfc({"2018", "3"})
    void atMostFourBlocksFitAndThreeBesideTimestamps() {
        Conn conn = established();
        for (int i = 1; i <= 4; i++) {
            peer.sends(data(2_000 * i + 1, 2_000 * i + 1_001)).seesWhatever();
        }
        peer.sends(data(10_001, 11_001));
        peer.sees(ack(1, 1).sack(10_001, 11_001, 8_001, 9_001, 6_001, 7_001, 4_001, 5_001));
        conn.abort();
        peer.seesWhatever();

        Peer other = peer(49_501);
        other.sends(syn(0).mss(1_012).sackOk().ts(1_000, 0)).sees(Seg.synAck(0, 1)).sends(ack(1, 1));
        host.accept();
        for (int i = 1; i <= 4; i++) {
            other.sends(data(2_000 * i + 1, 2_000 * i + 1_001)).seesWhatever();
        }
        other.sends(data(10_001, 11_001));
        other.sees(ack(1, 1).ts().sack(10_001, 11_001, 8_001, 9_001, 6_001, 7_001));
    }

    @Test
    @Rfc({"2018", "2"})
    void withoutAgreementNoBlocksAreSent() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        peer.sends(data(1_001, 2_001)).sees(ack(1, 1).lacks(SACK));
        peer.sends(data(1, 1_001)).sees(ack(1, 2_001));
        conn.reads(2_000);
    }

    @Test
    void overlappingSegmentsMakeOneBlock() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001)).sees(ack(1, 1).sack(1_001, 2_001));
        peer.sends(data(1_501, 2_501)).sees(ack(1, 1).sack(1_501, 2_001, 1_001, 2_501));
        peer.sends(data(901, 1_101)).sees(ack(1, 1).sack(1_001, 1_101, 901, 2_501));
        peer.sends(data(1, 901)).sees(ack(1, 2_501).lacks(SACK));
        conn.reads(2_500);
    }

    @Test
    void aSegmentInsideAQueuedOneAddsNothing() {
        Conn conn = established();
        peer.sends(data(1_001, 3_001)).sees(ack(1, 1).sack(1_001, 3_001));
        peer.sends(data(1_501, 2_001)).sees(ack(1, 1));
        peer.sends(data(1, 1_001)).sees(ack(1, 3_001));
        conn.reads(3_000);
    }

    @Test
    void aSegmentAcrossManyHolesFillsThemAll() {
        Conn conn = established();
        peer.sends(data(1_001, 1_501)).seesWhatever();
        peer.sends(data(2_001, 2_501)).seesWhatever();
        peer.sends(data(3_001, 3_501)).sees(ack(1, 1).sack(3_001, 3_501, 2_001, 2_501, 1_001, 1_501));
        peer.sends(data(501, 3_801)).sees(ack(1, 1).sack(1_001, 1_501, 501, 3_801));
        peer.sends(data(1, 501)).sees(ack(1, 3_801).lacks(SACK));
        conn.reads(3_800);
    }

    @Test
    void aFinBehindAHoleWaits() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001).fin()).seesWhatever();
        conn.readsNothing();
        peer.sends(data(1, 1_001)).sees(ack(1, 2_002));
        conn.reads(2_000).readsEnd();
    }

    @Test
    void aFinAloneBehindAHoleWaits() {
        Conn conn = established();
        peer.sends(Seg.fin(1_001, 1)).seesWhatever();
        conn.readsNothing();
        peer.sends(data(1, 1_001)).sees(ack(1, 1_002));
        conn.reads(1_000).readsEnd();
    }

    @Test
    void blocksRideOnNoDataSegment() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001)).sees(ack(1, 1).sack(1_001, 2_001));
        conn.write(1_000);
        Seg sent = peer.next();
        org.assertj.core.api.Assertions.assertThat(sent.length()).isEqualTo(1_000);
        peer.sends(data(1, 1_001).acking(1_001)).seesWhatever();
        conn.reads(2_000);
    }
}
