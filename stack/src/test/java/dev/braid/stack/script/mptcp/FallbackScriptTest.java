package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Seg;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** How a connection becomes plain TCP, and goes on (RFC 8684 sections 3.1 and 3.7). */
class FallbackScriptTest extends MptcpScript {
    /** Both directions as plain TCP: no option of MPTCP, and an end by FIN. */
    private void isPlain(Conn conn, int hostNext, int peerNext) {
        mp.fellBack();
        conn.write(100);
        wifi.sees(data(hostNext, hostNext + 100).lacks(MpOption.ALL)).sends(ack(peerNext, hostNext + 100).bare());
        wifi.sends(data(peerNext, peerNext + 200).bare());
        wifi.sees(ack(hostNext + 100, peerNext + 200).lacks(MpOption.ALL));
        conn.reads(200).finish();
        wifi.sees(fin(hostNext + 100, peerNext + 200).lacks(MpOption.ALL));
        wifi.sends(fin(peerNext + 200, hostNext + 101).bare());
        wifi.sees(ack(hostNext + 101, peerNext + 201).lacks(MpOption.ALL)).seesNothing();
        conn.readsEnd().close();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aServerThatSpeaksNoMultipathIsTalkedToPlainly() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck()).sees(ack(1, 1).lacks(MpOption.ALL));
        isToldAs(FallbackReason.NOT_CAPABLE, conn);
        isPlain(conn, 1, 1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aClientThatSpeaksNoMultipathIsTalkedToPlainly() {
        host.listen();
        wifi.sends(wifi.fullSyn()).sees(synAck(0, 1).lacks(MpOption.ALL)).sends(ack(1, 1)).seesNothing();
        isPlainFromTheBeginning();
        assertThat(counter("MPTcpExtMPCapableSYNRX")).isZero();
    }

    private void isPlainFromTheBeginning() {
        Conn conn = host.accept();
        neverWasMultipath(conn);
        isPlain(conn, 1, 1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aThirdPacketWithoutKeysMakesItPlain() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        wifi.sends(ack(1, 1).bare()).seesNothing();
        Conn conn = host.accept();
        isToldAs(FallbackReason.NO_CAPABLE_ACK, conn);
        isPlain(conn, 1, 1);
    }

    /** The server never saw the keys and ends at once: its FIN is the stream's end, though the segment behind it is what says so. */
    @Test
    @Rfc({"8684", "3.7"})
    void anEndThatComesJustBeforeTheFallbackIsTheStreams() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck().with(capable().key()));
        wifi.sees(ack(1, 1).with(capable().keys()));
        conn.write(2);
        wifi.sees(data(1, 3).with(capable().keys().length(2)));
        wifi.sendsTogether(fin(1, 1).bare(), ack(2, 3).bare());
        wifi.sees(ack(3, 2).lacks(MpOption.ALL));
        isToldAs(FallbackReason.NO_DSS, conn);
        conn.readsEnd().close();
        wifi.sees(fin(3, 2)).sends(ack(2, 4));
    }

    @Test
    @Rfc({"8684", "3.1"})
    void anotherVersionIsAnsweredPlainly() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable().version(0))).sees(synAck(0, 1).lacks(MpOption.ALL));
        wifi.sends(ack(1, 1)).seesNothing();
        isPlainFromTheBeginning();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void flagBIsAnsweredPlainly() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable().flags(MpOption.FLAG_B | MpOption.FLAG_H)));
        wifi.sees(synAck(0, 1).lacks(MpOption.ALL)).sends(ack(1, 1)).seesNothing();
        isPlainFromTheBeginning();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void noAlgorithmIsAnsweredPlainly() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable().flags(0)));
        wifi.sees(synAck(0, 1).lacks(MpOption.ALL)).sends(ack(1, 1)).seesNothing();
        isPlainFromTheBeginning();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aServerOfAnotherVersionIsTalkedToPlainly() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck().with(capable().version(0).key()));
        wifi.sees(ack(1, 1).lacks(MpOption.ALL));
        isToldAs(FallbackReason.NOT_CAPABLE, conn);
        isPlain(conn, 1, 1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aServerThatSetsFlagBIsTalkedToPlainly() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable()));
        wifi.sends(wifi.fullSynAck().with(capable().flags(MpOption.FLAG_B | MpOption.FLAG_H).key()));
        wifi.sees(ack(1, 1).lacks(MpOption.ALL));
        isToldAs(FallbackReason.NOT_CAPABLE, conn);
        isPlain(conn, 1, 1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aServerThatPicksNoAlgorithmIsTalkedToPlainly() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck().with(capable().flags(0).key()));
        wifi.sees(ack(1, 1).lacks(MpOption.ALL));
        isToldAs(FallbackReason.NOT_CAPABLE, conn);
        isPlain(conn, 1, 1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void whenSynsWithItVanishItIsLeftOut() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable()));
        after(1_000);
        wifi.sees(syn(0).with(capable()));
        after(2_000);
        wifi.sees(syn(0).with(capable()));
        after(4_000);
        wifi.sees(syn(0).lacks(MpOption.ALL)).sends(wifi.fullSynAck()).sees(ack(1, 1).lacks(MpOption.ALL));
        isToldAs(FallbackReason.SYN_UNANSWERED, conn);
        assertThat(counter("MPTcpExtBlackhole")).isEqualTo(1);
        isPlain(conn, 1, 1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void bothOpeningAtOnceFallsBack() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1));
        wifi.sends(wifi.fullSynAck()).seesWhatever();
        isToldAs(FallbackReason.SIMULTANEOUS_OPEN, conn);
        mp.fellBack();
        conn.write(100);
        wifi.sees(data(1, 101).lacks(MpOption.ALL));
    }

    @Test
    @Rfc({"8684", "3.7"})
    void dataWithoutAMappingBeforeAnyMeansThatOptionsAreStripped() {
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 101).bare());
        wifi.sees(ack(1, 101).lacks(MpOption.MP_CAPABLE));
        mp.fellBack();
        conn.reads(100).write(50);
        wifi.sees(data(1, 51).lacks(MpOption.MP_CAPABLE));
        isToldAs(FallbackReason.NO_DSS, conn);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anAckOfTheFirstDataWithoutADataAckMeansThatOptionsAreStripped() {
        Conn conn = wifi.isConnectedToMultipath();
        conn.write(100);
        wifi.sees(data(1, 101).with(capable().keys().length(100)));
        wifi.sends(ack(1, 101).bare());
        mp.fellBack();
        isToldAs(FallbackReason.NO_DSS, conn);
        conn.write(50);
        wifi.sees(data(101, 151).lacks(MpOption.MP_CAPABLE));
        wifi.sends(ack(1, 151).bare()).sends(data(1, 31).bare()).sees(ack(151, 31));
        conn.reads(30);
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aServerWhoseFirstDataMeetsPlainAcksGoesOnPlainly() {
        host.listen();
        Conn conn = wifi.opensMultipath();
        conn.write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100)));
        wifi.sends(ack(1, 101).bare());
        mp.fellBack();
        isToldAs(FallbackReason.NO_DSS, conn);
        conn.write(50);
        wifi.sees(data(101, 151)).sends(ack(1, 151).bare());
        wifi.sends(data(1, 31).bare());
        conn.reads(30);
        assertThat(conn.socket().connection().sendQueued()).isZero();
        wifi.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aPlainClientAfterTheKeysMakesTheServerPlain() {
        host.listen();
        Conn conn = wifi.opensMultipath();
        wifi.sends(data(1, 101).bare()).sees(ack(1, 101));
        mp.fellBack();
        conn.reads(100).write(50);
        wifi.sees(data(1, 51));
        isToldAs(FallbackReason.NO_CAPABLE_DATA, conn);
    }

    /** Nobody acknowledges an ACK, and a peer that missed it would take the plain FIN for the subflow's end alone. */
    @Test
    @Rfc({"8684", "3.7"})
    void eachAckTellsOfAFallbackUntilThePeerAnswers() {
        Conn conn = fallsBackInTheMiddle();
        wifi.sends(data(201, 301).bare()).sees(ack(1, 301).with(fail(101)));
        conn.reads(300).finish();
        wifi.sees(fin(1, 301).with(fail(101)));
        wifi.sends(ack(301, 1).with(fail(1)));
        wifi.sends(data(301, 401).bare()).sees(ack(2, 401).lacks(MpOption.ALL));
        conn.reads(100);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void noAckTellsOfAFallbackOnceDataThatDidIsAcknowledged() {
        Conn conn = fallsBackInTheMiddle();
        conn.reads(200).write(50);
        wifi.sees(data(1, 51).with(dss().length(0))).sends(ack(201, 51).bare());
        wifi.sends(data(201, 301).bare());
        after(40);
        wifi.sees(ack(51, 301).lacks(MpOption.ALL));
        conn.reads(100);
    }

    /** The peer's next bytes come without the mapping that the ones before had. */
    private Conn fallsBackInTheMiddle() {
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 101).with(map(1, 1, 100))).sees(ack(1, 101).with(dss().ack(101)));
        wifi.sends(data(101, 201).bare());
        mp.fellBack();
        wifi.sees(ack(1, 201).with(fail(101)));
        isToldAs(FallbackReason.NO_DSS, conn);
        assertThat(counter("MPTcpExtMPFailTx")).isEqualTo(1);
        assertThat(counter("MPTcpExtInfiniteMapTx")).isEqualTo(1);
        return conn;
    }

    /** The first bytes are lost, and options vanish before they come again: the peer has DATA_ACKs, and would go on counting on them. */
    @Test
    @Rfc({"8684", "3.7"})
    void aPeerThatHasShownOptionsIsToldOfAFallbackBeforeTheFirstMapping() {
        host.listen();
        Conn conn = wifi.opensMultipath();
        wifi.sends(data(101, 201).with(map(101, 101, 100))).sees(ack(1, 1).with(dss().ack(1)));
        wifi.sends(data(1, 101).bare());
        mp.fellBack();
        wifi.sees(ack(1, 201).with(fail(1)));
        isToldAs(FallbackReason.NO_CAPABLE_DATA, conn);
        conn.reads(200);
    }

    /** The peer has the third packet of the join, and gave that subflow what comes before; it is all lost on the way. */
    @Test
    @Rfc({"8684", "3.7"})
    void dataWithoutAMappingIsNotTheNextOnceAJoinIsUnderWay() {
        mayHaveSubflows(2);
        endpoint(1, SUBFLOW);
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 101).with(map(1, 1, 100))).sees(ack(1, 101).with(dss().ack(101)));
        lte.sees(syn(0).with(join())).sends(lte.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        wifi.sends(data(101, 201).payloadAt(1_100).bare());
        wifi.sees(ack(1, 201));
        conn.reads(100).readsNothing();
        isNoFallback(conn);
        assertThat(counter("MPTcpExtDssFallback")).isZero();
        lte.seesWhatever();
    }

    /** Options vanish when only the ends are to come: the DATA_FINs are but ACKs then, which nobody answers. */
    @Test
    @Rfc({"8684", "3.7"})
    void anEndThatNobodyAnswersIsAskedAboutAndABareAnswerMakesItAFin() {
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 101).with(map(1, 1, 100))).sees(ack(1, 101).with(dss().ack(101)));
        conn.reads(100).finish();
        wifi.sees(ack(1, 101).with(dataFin(1)));
        after(200);
        wifi.sees(ack(1, 101).with(dataFin(1)));
        after(400);
        Seg[] again = {wifi.next(), wifi.next()};
        assertThat(again).as("one has to be answered").anyMatch(segment -> segment.from() == 0);
        wifi.sends(ack(101, 1).bare()).seesNothing();
        after(800);
        mp.fellBack();
        isToldAs(FallbackReason.NO_DSS, conn);
        wifi.sees(fin(1, 101));
        wifi.sends(fin(101, 2).bare()).sees(ack(2, 102).lacks(MpOption.ALL));
        conn.readsEnd().close();
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aBareFinOnTheOnlyPathIsTheEndOfThePeersStream() {
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 101).with(map(1, 1, 100))).sees(ack(1, 101).with(dss().ack(101)));
        wifi.sends(fin(101, 1).bare());
        isToldAs(FallbackReason.NO_DSS, conn);
        conn.reads(100).readsEnd().write(50);
        wifi.seesWhatever();
        wifi.sends(ack(102, 51).bare());
        conn.finish();
        wifi.sees(fin(51, 102).lacks(MpOption.ALL));
    }

    @Test
    void whatWasAgreedOnIsToldToWhoeverAsks() {
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 101).with(map(1, 1, 100))).sees(ack(1, 101).with(dss().ack(101)));
        conn.reads(100);
        isNoFallback(conn);
        assertThat(counter("MPTcpExtDssFallback")).isZero();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void noTokenIsFreeSoItIsPlain() {
        randomNumbersRepeat();
        Conn taker = wifi.isConnectedToMultipath();
        Path other = path("other", 1, 0, PEER_PORT + 3, 0).of(new MpPeer());
        Conn conn = connects(other);
        other.sees(syn(0).lacks(MpOption.ALL)).sends(other.fullSynAck()).sees(ack(1, 1).lacks(MpOption.ALL));
        isToldAs(FallbackReason.NO_TOKEN, conn);
        conn.write(100);
        other.sees(data(1, 101).lacks(MpOption.ALL)).sends(ack(1, 101));
        isNoFallback(taker);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void noTokenIsFreeSoAClientIsAnsweredPlainly() {
        host.listen();
        randomNumbersRepeat();
        Conn taker = wifi.opensMultipath();
        Path other = path("other", 0, 0, PEER_PORT + 3, 0).of(new MpPeer());
        other.sends(other.fullSyn().with(capable())).sees(synAck(0, 1).lacks(MpOption.ALL));
        other.sends(ack(1, 1)).seesNothing();
        Conn conn = host.accept();
        neverWasMultipath(conn);
        assertThat(counter("MPTcpExtMPFallbackTokenInit")).isEqualTo(1);
        conn.write(100);
        other.sees(data(1, 101).lacks(MpOption.ALL)).sends(ack(1, 101));
        isNoFallback(taker);
    }
}
