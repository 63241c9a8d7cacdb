package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.MSS;
import static dev.braid.stack.script.Seg.SACK;
import static dev.braid.stack.script.Seg.SACK_OK;
import static dev.braid.stack.script.Seg.TS;
import static dev.braid.stack.script.Seg.WSCALE;
import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

class OptionScriptTest extends Script {
    @Test
    @Rfc({"9293", "3.7.1", "MUST-14"})
    @Rfc({"9293", "3.7.1", "SHLD-5"})
    void aSynOffersEverything() {
        host.connect(peer);
        Seg offered = peer.next();
        assertThat(syn(0).mss(variant().linkMss()).sackOk().ts(0, 0).accepts(offered)).as("%s", offered).isTrue();
        assertThat(offered.wscale).as("window scale").isBetween(0, 14);
    }

    @Test
    void aSynAckAnswersWhatWasOffered() {
        host.listen();
        peer.sends(peer.fullSyn());
        Seg answer = peer.next();
        assertThat(synAck(0, 1).mss(variant().linkMss()).sackOk().ts(0, 1000).accepts(answer)).as("%s", answer)
                .isTrue();
        assertThat(answer.wscale).isNotNull();
    }

    @Test
    @Rfc({"7323", "2.2"})
    @Rfc({"7323", "3.2"})
    @Rfc({"2018", "2"})
    void aSynAckOffersNothingThatTheSynDidNot() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1).mss(variant().linkMss()).lacks(WSCALE, SACK_OK, TS));
    }

    @Test
    void eachOptionIsAnsweredOnItsOwn() {
        host.listen();
        peer.sends(syn(0).wscale(3)).sees(synAck(0, 1).lacks(SACK_OK, TS));
        Peer second = peer(49_501);
        second.sends(syn(0).sackOk()).sees(synAck(0, 1).sackOk().lacks(WSCALE, TS));
        Peer third = peer(49_502);
        third.sends(syn(0).ts(5, 0)).sees(synAck(0, 1).ts(0, 5).lacks(WSCALE, SACK_OK));
    }

    @Test
    @Rfc({"9293", "3.7.1", "MUST-15"})
    void withoutAnMssOptionSegmentsAreSmall() {
        host.listen();
        Conn conn = peer.opens(syn(0));
        conn.write(3_000);
        int mss = variant().host.isIpv4() ? 536 : 1220;
        peer.sees(burst(1, 3_001, mss)).sends(ack(1, 3_001));
    }

    @Test
    @Rfc({"9293", "3.7.1", "MUST-16"})
    void noSegmentIsLargerThanThePeersMss() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(700));
        conn.write(2_000);
        peer.sees(burst(1, 2_001, 700)).sends(ack(1, 2_001));
    }

    @Test
    @Rfc({"9293", "3.7.1", "MUST-16"})
    void noSegmentIsLargerThanTheLinkAllows() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(9_000));
        int mss = variant().linkMss();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, mss)).sends(ack(1, 3_001));
    }

    @Test
    @Rfc({"6691", "2"})
    void optionsComeOutOfTheSegmentAndNotOutOfTheMss() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_012).ts(1000, 0));
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000)).sends(ack(1, 3_001));
    }

    @Test
    @Rfc({"7323", "2.2"})
    void aWindowInASynIsNeverScaled() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).wscale(7).win(2_000));
        peer.sends(ack(1, 1).win(2_048));
        conn.write(5_000);
        peer.sees(data(1, 1_001), data(1_001, 2_001)).seesWhatever();
    }

    @Test
    @Rfc({"7323", "2.3"})
    void windowsAreScaledBothWays() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).wscale(7).win(60_000));
        peer.sends(ack(1, 1).win(128 * 700));
        assertThat(conn.tcb().sndWnd()).isEqualTo(128 * 700);
        peer.sends(data(1, 101).psh());
        Seg answer = peer.next();
        assertThat(answer.win).as("the host's window, unscaled").isGreaterThan(30_000);
    }

    @Test
    @Rfc({"7323", "2.3"})
    void aScaleAboveFourteenCountsAsFourteen() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).rawOptions(3, 3, 15, 1).win(1_000));
        peer.sends(Seg.ack(1, 1).win(3));
        assertThat(conn.tcb().sndWnd()).isEqualTo(3 << 14);
    }

    @Test
    void withoutScalingTheWindowIsTheField() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        peer.sends(ack(1, 1).win(4_321));
        assertThat(conn.tcb().sndWnd()).isEqualTo(4_321);
    }

    @Test
    @Rfc({"7323", "3.2"})
    void onceAgreedOnTimestampsAreInEverySegment() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_012).ts(1_000, 0));
        after(10);
        conn.write(1_000);
        peer.sees(data(1, 1_001).ts(10, 1_000));
        after(5);
        peer.sends(data(1, 101).acking(1_001).ts(1_015, 10));
        peer.sees(ack(1_001, 101).ts());
        conn.finish();
        peer.sees(Seg.fin(1_001, 101).ts()).sends(ack(101, 1_002));
        conn.reads(100);
    }

    @Test
    @Rfc({"7323", "3.2"})
    void withoutAgreementTimestampsAreInNone() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        conn.write(1_000);
        peer.sees(data(1, 1_001).lacks(TS)).sends(ack(1, 1_001));
    }

    @Test
    @Rfc({"7323", "4.3"})
    void theEchoedTimestampIsThatOfTheFirstSegmentNotAcknowledged() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_012).ts(1_000, 0));
        after(10);
        peer.sendsTogether(data(1, 101).ts(1_010, 0), data(101, 1_101).ts(1_012, 0));
        peer.sees(ack(1, 1_101).ts(10, 1_010));
        peer.sendsTogether(data(1_101, 2_101).ts(1_013, 0));
        peer.sees(ack(1, 2_101).ts(10, 1_013));
        conn.reads(2_100);
    }

    @Test
    void anActiveOpenUsesOnlyWhatTheAnswerAgreedTo() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).sackOk().ts());
        peer.sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1).lacks(TS));
        conn.write(1_000);
        peer.sees(data(1, 1_001).lacks(TS)).sends(ack(1, 1_001));
        peer.sends(data(1_001, 2_001)).sees(ack(1_001, 1).lacks(SACK, TS));
        peer.sends(data(1, 1_001)).sees(ack(1_001, 2_001));
        conn.reads(2_000);
    }

    @Test
    void optionsOfASynCountOnASynAlone() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        peer.sends(data(1, 11).rawOptions(2, 4, 0, 100, 4, 2, 3, 3, 7, 1, 1, 1));
        peer.seesWhatever();
        conn.write(2_000);
        peer.sees(data(1, 1_001), data(1_001, 2_001)).sends(ack(11, 2_001));
        conn.reads(10);
    }

    @Test
    void theMssOfASynAckIsTheLinks() {
        host.listen();
        peer.sends(syn(0).mss(500)).sees(synAck(0, 1).mss(variant().linkMss()));
    }

    @Test
    void noMssOptionTravelsOutsideASyn() {
        host.listen();
        Conn conn = peer.opens();
        conn.write(100);
        peer.sees(data(1, 101).lacks(MSS, WSCALE, SACK_OK)).sends(ack(1, 101));
    }
}
