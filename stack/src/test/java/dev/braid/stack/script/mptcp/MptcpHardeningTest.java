package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Seg;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a hostile peer, or an attacker beside it, does with Multipath TCP. {@code docs/hardening.md} names each. */
class MptcpHardeningTest extends MptcpScript {
    private Conn conn;

    private void isOpen() {
        host.listen();
        conn = wifi.opensMultipath();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
    }

    private void hasTwoPaths() {
        isOpen();
        far.joins();
    }

    /** The connection still takes and gives bytes by its first path, from where {@link #isOpen} left it. */
    private void isAlive() {
        mp.windowMayShrink();
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10).write(10);
        Path took = wifi.pending() > 0 ? wifi : far;
        took.sees(data(1, 11).with(map(1, 1, 10)));
        took.sends(ack(took == wifi ? 21 : 1, 11));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    // Joins.

    @Test
    void aJoinWithAnUnknownTokenIsReset() {
        host.listen();
        isOpenElsewhere();
        far.sends(far.fullSyn().with(join().token(0x12345678)));
        far.sees(rstAck(0, 1).with(tcprst(1)));
        far.seesNothing();
    }

    private void isOpenElsewhere() {
        conn = wifi.opensMultipath();
    }

    @Test
    void joinsThatStayHalfOpenAreBoundedAndForgotten() {
        isOpen();
        int before = framesInUse();
        int remembered = core().tcp().connections();
        List<Path> flood = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Path one = path("flood" + i, 0, 1, 20_000 + i, 10 + i % 200);
            flood.add(one);
            one.sends(one.fullSyn().with(join().nonce(i)));
        }
        // What limits leave no room for gets a cookie: it may be the one that proves itself.
        assertThat(core().tcp().connections()).as("half-open joins of one connection").isEqualTo(remembered + 2);
        assertThat(counter("TcpExtSyncookiesSent")).isEqualTo(198);
        flood.forEach(Path::seesWhatever);
        isAlive();
        afterWhatever(400_000);
        flood.forEach(Path::seesWhatever);
        wifi.seesWhatever();
        assertThat(framesInUse()).as("frames").isLessThanOrEqualTo(before + 2);
    }

    @Test
    void aJoinIsNotForAConnectionThatIsGone() {
        isOpen();
        conn.abort();
        wifi.seesWhatever();
        far.sends(far.fullSyn().with(join()));
        far.sees(rstAck(0, 1));
    }

    @Test
    void aThirdPacketOfAJoinMayComeWhenTheConnectionIsGone() {
        isOpen();
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        conn.abort();
        wifi.seesWhatever();
        far.seesWhatever();
        far.sends(ack(1, 1).with(join()));
        assertThat(far.pending()).as("a reset at most").isLessThanOrEqualTo(1);
        far.seesWhatever();
    }

    @Test
    void aJoinCannotBeReplayed() {
        isOpen();
        far.joins();
        // The same third packet on another connection attempt: another nonce of the host makes the proof worthless.
        Path replay = path("replay", 0, 1, PEER_PORT + 9, 1);
        replay.sends(replay.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        replay.sends(ack(1, 1).with(join().wrongHmac()));
        assertThat(replay.next().hasFlags(Tcp.RST)).isTrue();
        isAlive();
    }

    @Test
    void aCapableSynThatIsReplayedIsAnotherConnection() {
        isOpen();
        Path again = path("again", 0, 0, PEER_PORT + 3, 0).of(new MpPeer());
        again.sends(again.fullSyn().with(capable()));
        Seg answer = again.next();
        assertThat(answer.hasFlags(Tcp.SYN)).isTrue();
        isAliveWithoutKeys();
    }

    private void isAliveWithoutKeys() {
        conn.write(10);
        assertThat(wifi.pending()).isPositive();
        wifi.seesWhatever();
    }

    /** A token names a connection at the end that drew its key: peers, or one that lies, may have the same one. */
    @Test
    @Rfc({"8684", "3.1"})
    void peersMayHaveTheSameKeyAndTheirJoinsGoWhereTheyBelong() {
        isOpen();
        MpPeer twin = new MpPeer();
        assertThat(twin.key()).isEqualTo(mp.key());
        Path begun = path("begun", 0, 2, PEER_PORT + 3, 0).of(twin);
        begun.sends(begun.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        begun.sends(ack(1, 1).with(capable().keys())).seesNothing();
        Conn other = host.accept();
        begun.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11));
        other.reads(10);
        Path joined = path("joined", 1, 2, PEER_PORT + 4, 1).of(twin);
        joined.joins();
        joined.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        other.reads(100);
        conn.readsNothing();
        isAlive();
    }

    // Mappings.

    @Test
    @Rfc({"8684", "3.3.1"})
    void aMappingThatContradictsAnEarlierOneIsNotBelieved() {
        hasTwoPaths();
        wifi.sends(data(11, 511).with(map(11, 11, 1_000)));
        wifi.seesWhatever();
        conn.reads(500);
        // The rest of it, said to be somewhere else.
        wifi.sends(data(511, 1_011).with(map(5_011, 511, 500)).payloadAt(5_010));
        wifi.seesWhatever();
        int readable = conn.socket().available();
        if (readable > 0) {
            // What is read must be the stream's bytes: those said first.
            assertThat(readable).isLessThanOrEqualTo(500);
        }
        far.sends(data(1, 1_001).with(map(511, 1, 1_000)));
        far.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void aMappingBesideItsSegmentMapsNothing() {
        hasTwoPaths();
        far.sends(data(1, 101).with(map(11, 5_000, 100)).payloadAt(10));
        far.seesWhatever();
        conn.readsNothing();
        isAlive();
        far.seesWhatever();
    }

    @Test
    void dataWithoutAMappingOnAJoinedPathIsAnError() {
        hasTwoPaths();
        far.sends(data(1, 101).with(dss()).payloadAt(10));
        far.seesWhatever();
        conn.readsNothing();
        isAlive();
        far.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void dataBeyondTheSharedWindowIsNotKept() {
        hasTwoPaths();
        int before = framesInUse();
        for (int i = 0; i < 50; i++) {
            int from = 1 + 1_000 * i;
            far.sends(data(from, from + 1_000).with(map(50_000_000L + from, from, 1_000)));
            far.seesWhatever();
            if (i > 2 && counter("MPTcpExtNoDSSInWindow") == 0) {
                break;
            }
        }
        assertThat(framesInUse() - before).as("frames kept").isLessThanOrEqualTo(4);
        conn.readsNothing();
        isAlive();
        far.seesWhatever();
    }

    @Test
    void mappingsMayOverlapAndTheFirstBytesCount() {
        hasTwoPaths();
        wifi.sends(data(11, 111).with(map(11, 11, 100)));
        far.sends(data(1, 151).with(map(61, 1, 150)));
        wifi.seesWhatever();
        far.seesWhatever();
        conn.reads(200);
        far.sends(data(151, 351).with(map(111, 151, 200)));
        wifi.sends(data(111, 161).with(map(161, 111, 50)));
        wifi.seesWhatever();
        far.seesWhatever();
        conn.reads(100).readsNothing();
    }

    @Test
    void aHoleInTheDataIsFilledByWhoeverComesFirst() {
        hasTwoPaths();
        for (int i = 5; i > 0; i--) {
            int from = 11 + 100 * i;
            far.sends(data(1 + 100 * (5 - i), 101 + 100 * (5 - i)).with(map(from, 1 + 100 * (5 - i), 100)));
        }
        far.seesWhatever();
        conn.readsNothing();
        wifi.sends(data(11, 111).with(map(11, 11, 100)));
        wifi.seesWhatever();
        conn.reads(600);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingWithSeveralSubflowsIsNoFallback() {
        hasTwoPaths();
        far.sends(data(1, 101).with(map(11, 1, 0)).payloadAt(10));
        far.seesWhatever();
        wifi.seesWhatever();
        mp.windowMayShrink();
        wifi.sends(data(11, 111).with(map(11, 11, 100)));
        wifi.seesWhatever();
        conn.reads(100);
    }

    // Acknowledgments.

    @Test
    void anAcknowledgmentOfWhatWasNeverSentIsIgnored() {
        hasTwoPaths();
        conn.write(100);
        Path took = wifi.pending() > 0 ? wifi : far;
        took.sees(data(1, 101));
        far.sends(ack(1, 1).with(dss().ack(1_000_000)));
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(100);
        far.sends(ack(1, 1).with(dss().ack(-1_000)));
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(100);
        took.sends(ack(took == wifi ? 11 : 1, 101).with(dss().ack(101)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
        far.seesWhatever();
        wifi.seesWhatever();
    }

    @Test
    void anOldDataAckShrinksNothing() {
        isOpen();
        conn.write(3_000);
        wifi.seesWhatever();
        wifi.sends(ack(11, 3_001).with(dss().ack(3_001)));
        wifi.sends(ack(11, 3_001).win(60_000).with(dss().ack(1)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
        conn.write(5_000);
        assertThat(wifi.pending()).isPositive();
        wifi.seesWhatever();
    }

    // Ends in odd places.

    @Test
    @Rfc({"8684", "3.3.3"})
    void aDataFinInTheMiddleOfDataIsNoEndBeforeIt() {
        hasTwoPaths();
        far.sends(ack(1, 1).with(dataFin(5_011)));
        far.seesWhatever();
        isAlive();
        far.seesWhatever();
        wifi.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void dataBehindTheEndIsNotRead() {
        isOpen();
        wifi.sends(data(11, 111).with(map(11, 11, 101).fin()));
        wifi.seesWhatever();
        conn.reads(100);
        wifi.sends(data(111, 211).with(map(112, 111, 100)));
        wifi.seesWhatever();
        conn.readsEnd();
    }

    @Test
    @Rfc({"8684", "3.3.3"})
    void aSecondEndSomewhereElseIsIgnored() {
        isOpen();
        wifi.sends(ack(11, 1).with(dataFin(11)));
        wifi.seesWhatever();
        conn.readsEnd();
        wifi.sends(ack(11, 1).with(dataFin(5_000)));
        wifi.seesWhatever();
        conn.readsEnd();
    }

    // Addresses.

    @Test
    void anAddressThatSomebodyElseTellsIsNotUsed() {
        conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 11).with(map(1, 1, 10))).sees(ack(1, 11));
        conn.reads(10);
        mayHaveSubflows(8);
        wifi.sends(ack(11, 1).with(addAddr(9, peerAddress(2)).wrongHmac())).seesNothing();
        afterWhatever(10_000);
        wifi.seesWhatever();
    }

    @Test
    void aFloodOfAddressesIsBounded() {
        conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 11).with(map(1, 1, 10))).sees(ack(1, 11));
        conn.reads(10);
        mayHaveSubflows(2);
        List<Path> told = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            int port = 10_000 + i;
            told.add(joinedPath("told" + i, 1, 1, port, i + 1));
            wifi.sends(ack(11, 1).with(addAddr(i + 1, peerAddress(1)).port(port)));
        }
        long joins = told.stream().filter(path -> path.pending() > 0).count();
        assertThat(joins).as("subflows opened").isLessThanOrEqualTo(2);
        told.forEach(Path::seesWhatever);
        wifi.seesWhatever();
    }

    @Test
    void theIdOfTheOnlyPathCanBeTakenBackWithoutHarm() {
        isOpen();
        wifi.sends(ack(11, 1).with(dss(), removeAddr(0)));
        wifi.seesWhatever();
        far.joins();
        far.sends(data(1, 11).with(map(11, 1, 10)));
        far.seesWhatever();
        conn.reads(10);
    }

    @Test
    void idsNeverToldAreTakenBackOverAndOverWithoutEffect() {
        hasTwoPaths();
        for (int i = 0; i < 300; i++) {
            wifi.sends(ack(11, 1).with(dss(), removeAddr(100 + i % 100, 200)));
        }
        wifi.seesWhatever();
        far.seesWhatever();
        Path more = path("more", 0, 2, PEER_PORT + 7, 9);
        mayHaveSubflows(4);
        more.joins();
        isAlive();
    }

    /**
     * CVE-2024-45010: an announced address that went away was booked as one that subflows had come from, so that the limit of subflows
     * no longer held.
     */
    @Test
    void cve202445010AnAnnouncedAddressThatGoesMakesNoRoomForSubflows() {
        conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 11).with(map(1, 1, 10))).sees(ack(1, 11));
        conn.reads(10);
        mayHaveSubflows(1);
        endpoint(1, SUBFLOW);
        lte.isJoined();
        for (int i = 0; i < 5; i++) {
            endpoint(0, SIGNAL);
            noEndpoint(0);
            wifi.seesWhatever();
            lte.seesWhatever();
        }
        Path third = joinedPath("third", 2, 0, PEER_PORT, 0);
        endpoint(2, SUBFLOW);
        third.seesNothing();
        wifi.seesWhatever();
        lte.seesWhatever();
    }

    /** CVE-2025-71144: what a connection that had fallen back left behind met the next one of the same socket. */
    @Test
    void cve202571144WhatAFallbackLeavesDoesNotReachTheNextConnection() {
        Conn plain = host.connect(wifi);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck()).sees(ack(1, 1).lacks(MpOption.ALL));
        plain.abort();
        wifi.seesWhatever().anew();
        conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 11).with(map(1, 1, 10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10).write(10);
        wifi.sees(data(1, 11).with(map(1, 1, 10))).sends(ack(11, 11));
    }

    // Options that come and go.

    @Test
    void optionsStrippedAfterADataAckDoNotLoseBytes() {
        isOpen();
        conn.write(100);
        wifi.sees(data(1, 101)).sends(ack(11, 101));
        wifi.sends(data(11, 111).bare());
        wifi.seesWhatever();
        // Whatever becomes of the connection: nothing is read that was not written.
        int readable = conn.socket().available();
        assertThat(readable).isIn(0, 100);
    }

    @Test
    void everyMangledOptionIsSurvived() {
        hasTwoPaths();
        mp.windowMayShrink();
        for (int subtype = 0; subtype < 16; subtype++) {
            for (int length = 2; length <= 38; length++) {
                int[] bytes = new int[length + (4 - length % 4) % 4];
                java.util.Arrays.fill(bytes, 1);
                bytes[0] = 30;
                bytes[1] = length;
                for (int i = 2; i < length; i++) {
                    bytes[i] = i == 2 ? subtype << 4 | (length & 0xf) : (subtype * 7 + i * 13 + length) & 0xff;
                }
                far.sends(ack(1, 1).bare().rawOptions(bytes));
                far.seesWhatever();
            }
        }
        wifi.seesWhatever();
    }
}
