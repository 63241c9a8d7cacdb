package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
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

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.mptcp.MptcpLayer;
import dev.braid.stack.mptcp.path.PathCommands;
import dev.braid.stack.mptcp.path.PathEvent;
import dev.braid.stack.mptcp.path.PathManager;
import dev.braid.stack.mptcp.path.PathView;
import dev.braid.stack.mptcp.path.RemoteAddress;
import dev.braid.stack.script.Conn;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a hostile peer, or an attacker beside it, does with Multipath TCP, at whichever end it can be done. {@code docs/hardening.md}
 * names each.
 */
class MptcpHardeningTest extends TwoPathScript {
    private void isOpen() {
        isOpen(Role.SERVER);
    }

    /** The connection still takes and gives bytes by its first path, from where {@link #isOpen} left it. */
    private void isAlive() {
        mp.windowMayShrink();
        first.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10).write(10);
        boolean byFirst = second == null || first.pending() > 0;
        Path took = byFirst ? first : second;
        took.sees(data(1, 11).with(map(1, 1, 10)));
        took.sends(ack(byFirst ? 21 : 1, 11));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    // Joins.

    @Test
    void aJoinWithAnUnknownTokenIsReset() {
        host.listen();
        conn = wifi.opensMultipath();
        far.sends(far.fullSyn().with(join().token(0x12345678)));
        far.sees(rstAck(0, 1).with(tcprst(1)));
        far.seesNothing();
    }

    @Test
    void joinsThatStayHalfOpenAreBoundedAndForgotten() {
        isOpen();
        mayHaveSubflows(2);
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

    /** An eavesdropper says again, word for word, what it heard of a join: the host's nonce is another one by then. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.2"})
    void aJoinCannotBeReplayed(Role role) {
        isOpen(role);
        far.joins();
        Path replay = path("replay", 0, 1, PEER_PORT + 9, far.id());
        replay.sends(replay.fullSyn().with(join().nonce(far.nonce()))).sees(synAck(0, 1).with(join()));
        replay.sends(ack(1, 1).with(join().provedAs(far)));
        replay.sees(rstAck(1, 1).with(tcprst(1))).seesNothing();
        assertThat(counter("MPTcpExtMPJoinAckHMacFailure")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPJoinAckRx")).as("joins that were proved").isEqualTo(1);
        far.sends(rst(1)).seesNothing();
        far.anew();
        far.sends(far.fullSyn().with(join().nonce(far.nonce()))).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join().provedAs(far)));
        far.sees(rstAck(1, 1).with(tcprst(1))).seesNothing();
        assertThat(counter("MPTcpExtMPJoinAckHMacFailure")).isEqualTo(2);
        isAlive();
    }

    /** What was heard of a connection's beginning, said again from the same address and port when it is over. */
    @Test
    @Rfc({"8684", "3.1"})
    void aCapableSynThatIsReplayedIsAnotherConnection() {
        isOpen();
        long heardKey = mp.hostKey();
        int heardToken = mp.hostToken();
        conn.abort();
        wifi.seesWhatever();
        wifi.sends(ack(1, 1).with(capable().keys())).sees(rst(1)).seesNothing();
        wifi.anew();
        mp = new MpPeer();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        assertThat(mp.hostKey()).as("the host's key").isNotEqualTo(heardKey);
        wifi.sends(ack(1, 1).with(capable().keys(mp.key(), heardKey))).seesNothing();
        mp.fellBack();
        conn = accepts();
        isToldAs(FallbackReason.NO_CAPABLE_ACK, conn);
        assertThat(counter("MPTcpExtMPCapableACKRX")).as("keys that were believed").isEqualTo(1);
        far.sends(far.fullSyn().with(join().token(heardToken))).sees(rstAck(0, 1).with(tcprst(1)));
        far.sends(far.fullSyn().with(join().token(mp.hostToken()))).sees(rstAck(0, 1).with(tcprst(1)));
        assertThat(counter("MPTcpExtMPJoinNoTokenFound")).isEqualTo(2);
        conn.write(10);
        wifi.sees(data(1, 11).lacks(MpOption.ALL));
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

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aMappingThatContradictsAnEarlierOneIsNotBelieved(Role role) {
        hasTwoPaths(role);
        first.sends(data(11, 511).with(map(11, 11, 1_000))).seesWhatever();
        conn.reads(500);
        // The rest of it, said to be somewhere else.
        first.sends(data(511, 1_011).with(map(5_011, 511, 500)).payloadAt(5_010));
        first.sees(rstAck(1, 1_011).with(tcprst(1))).seesNothing();
        assertThat(counter("MPTcpExtDSSNotMatching")).isEqualTo(1);
        assertThat(counter("MPTcpExtDSSCorruptionReset")).isEqualTo(1);
        isNoFallback(conn);
        conn.readsNothing();
        second.sends(data(1, 1_001).with(map(511, 1, 1_000))).sees(ack(1, 1_001).with(dss().ack(1_511)));
        conn.reads(1_000).readsNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aMappingBesideItsSegmentMapsNothing(Role role) {
        hasTwoPaths(role);
        second.sends(data(1, 101).with(map(11, 5_000, 100)).payloadAt(10));
        second.sees(rstAck(1, 101).with(tcprst(1))).seesNothing();
        assertThat(counter("MPTcpExtDSSNoMatchTCP")).isEqualTo(1);
        assertThat(counter("MPTcpExtDSSCorruptionReset")).isEqualTo(1);
        isNoFallback(conn);
        conn.readsNothing();
        isAlive();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void dataWithoutAMappingOnAJoinedPathIsAnError(Role role) {
        hasTwoPaths(role);
        second.sends(data(1, 101).with(dss()).payloadAt(10));
        second.sees(rstAck(1, 101).with(tcprst(6))).seesNothing();
        assertThat(counter("MPTcpExtDSSCorruptionReset")).isEqualTo(1);
        isNoFallback(conn);
        conn.readsNothing();
        isAlive();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.4"})
    void dataBeyondTheSharedWindowIsNotKept(Role role) {
        core().tunables().set("net.ipv4.tcp_rmem", "4096 16384 16384");
        hasTwoPaths(role);
        int before = framesInUse();
        int next = 1;
        for (int i = 0; i < 50; i++) {
            second.sends(data(next, next + 1_000).with(map(50_000_000L + next, next, 1_000)));
            next += 1_000;
            afterWhatever(50);
            second.sees(ack(1, next).with(dss().ack(11))).seesNothing();
        }
        assertThat(counter("MPTcpExtNoDSSInWindow")).isEqualTo(50);
        assertThat(framesInUse() - before).as("frames kept").isLessThanOrEqualTo(4);
        conn.readsNothing();
    }

    /** "DSN out of window (during normal operation): drop the data; do not send Data ACKs" (section 3.8): of the rest they are sent. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.4"})
    void ofDataThatEndsBeyondTheSharedWindowWhatLiesWithinIsKept(Role role) {
        core().tunables().set("net.ipv4.tcp_rmem", "4096 16384 16384");
        hasTwoPaths(role);
        first.sends(data(11, 21).with(map(11, 11, 10)));
        int edge = 21 + Objects.requireNonNull(first.next().window());
        second.sends(data(1, 1_001).with(map(edge - 500, 1, 1_000)));
        second.sees(ack(1, 1_001).with(dss().ack(21)));
        assertThat(counter("MPTcpExtNoDSSInWindow")).isEqualTo(1);
        int next = 21;
        while (next < edge - 500) {
            int bytes = Math.min(1_000, edge - 500 - next);
            first.sends(data(next, next + bytes).with(map(next, next, bytes))).seesWhatever();
            next += bytes;
        }
        second.sends(ack(1_001, 1));
        conn.reads(edge - 11).readsNothing();
        discardAll();
    }

    @ParameterizedTest
    @EnumSource
    void mappingsMayOverlapAndTheFirstBytesCount(Role role) {
        hasTwoPaths(role);
        first.sends(data(11, 111).with(map(11, 11, 100)));
        second.sends(data(1, 151).with(map(61, 1, 150)));
        discardAll();
        conn.reads(200);
        second.sends(data(151, 351).with(map(111, 151, 200)));
        first.sends(data(111, 161).with(map(161, 111, 50)));
        discardAll();
        conn.reads(100).readsNothing();
    }

    @ParameterizedTest
    @EnumSource
    void aHoleInTheDataIsFilledByWhoeverComesFirst(Role role) {
        hasTwoPaths(role);
        for (int i = 5; i > 0; i--) {
            int from = 11 + 100 * i;
            second.sends(data(1 + 100 * (5 - i), 101 + 100 * (5 - i)).with(map(from, 1 + 100 * (5 - i), 100)));
        }
        second.seesWhatever();
        conn.readsNothing();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(611)));
        conn.reads(600);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingWithSeveralSubflowsIsNoFallback(Role role) {
        hasTwoPaths(role);
        second.sends(data(1, 101).with(map(11, 1, 0)).payloadAt(10));
        second.sees(rstAck(1, 101).with(tcprst(1))).seesNothing();
        assertThat(counter("MPTcpExtInfiniteMapRx")).isEqualTo(1);
        assertThat(counter("MPTcpExtDSSCorruptionReset")).isEqualTo(1);
        isNoFallback(conn);
        conn.readsNothing();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100).write(100);
        first.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(111, 101));
    }

    // Acknowledgments.

    @ParameterizedTest
    @EnumSource
    void anAcknowledgmentOfWhatWasNeverSentIsIgnored(Role role) {
        hasTwoPaths(role);
        conn.write(100);
        second.sees(data(1, 101).with(map(1, 1, 100)));
        first.sends(ack(11, 1).with(dss().ack(1_000_000)));
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(100);
        assertThat(counter("MptcpDataAckUnsent")).isEqualTo(1);
        first.sends(ack(11, 1).with(dss().ack(-1_000)));
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(100);
        second.sends(ack(1, 101).with(dss().ack(101)));
        assertThat(conn.socket().connection().sendQueued()).isZero();
        discardAll();
    }

    @ParameterizedTest
    @EnumSource
    void anOldDataAckShrinksNothing(Role role) {
        isOpen(role);
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

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void aDataFinInTheMiddleOfDataIsNoEndBeforeIt(Role role) {
        hasTwoPaths(role);
        second.sends(ack(1, 1).with(dataFin(5_011)));
        second.seesWhatever();
        isAlive();
        discardAll();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void dataBehindTheEndIsNotRead(Role role) {
        isOpen(role);
        wifi.sends(data(11, 111).with(map(11, 11, 101).fin()));
        wifi.seesWhatever();
        conn.reads(100);
        wifi.sends(data(111, 211).with(map(112, 111, 100)));
        wifi.seesWhatever();
        conn.readsEnd();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.3"})
    void aSecondEndSomewhereElseIsIgnored(Role role) {
        isOpen(role);
        wifi.sends(ack(11, 1).with(dataFin(11)));
        wifi.seesWhatever();
        conn.readsEnd();
        wifi.sends(ack(11, 1).with(dataFin(5_000)));
        wifi.seesWhatever();
        conn.readsEnd();
    }

    // Addresses.

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressThatSomebodyElseTellsIsNotUsed(Role role) {
        isOpen(role);
        mayHaveSubflows(8);
        first.sends(ack(11, 1).with(addAddr(9, peerAddress(2)).wrongHmac())).seesNothing();
        assertThat(counter("MptcpAddAddrHmacFailure")).isEqualTo(1);
        assertThat(counter("MPTcpExtAddAddr")).as("announcements that were believed").isZero();
        afterWhatever(10_000);
        first.seesNothing();
        assertThat(remembered()).isEmpty();
    }

    /** The addresses of the peer's that the connection keeps. */
    private List<RemoteAddress> remembered() {
        List<RemoteAddress> seen = new ArrayList<>();
        PathManager looker = new PathManager() {
            @Override
            public String name() {
                return "looker";
            }

            @Override
            public void onEvent(PathEvent event, PathView view, PathCommands commands, long nowNs) {
                seen.clear();
                seen.addAll(view.remoteAddresses());
            }
        };
        MptcpLayer layer = core().mptcp();
        layer.pathManagers(layer.pathManagers().with("looker", () -> looker));
        connection().pathManagers("endpoints looker");
        flushed();
        return seen;
    }

    @Test
    void aFloodOfAddressesIsBounded() {
        isOpen(Role.CLIENT);
        mayHaveSubflows(2);
        List<Path> told = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            // Each identifier twice, with another port the second time.
            int id = 1 + i % 250;
            int port = 10_000 + i;
            told.add(joinedPath("told" + i, 1, 1, port, id));
            wifi.sends(ack(11, 1).with(addAddr(id, peerAddress(1)).port(port)));
        }
        long joins = told.stream().filter(path -> path.pending() > 0).count();
        assertThat(joins).as("subflows opened").isEqualTo(2);
        assertThat(remembered()).as("addresses remembered").hasSize(250);
        discardAll();
    }

    /** Where nobody could be reached, or what an identifier cannot stand for, is neither echoed nor used (section 5). */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressThatCannotBeIsDropped(Role role) {
        isOpen(role);
        mayHaveSubflows(8);
        boolean v4 = variant().peer.isIpv4();
        String[] nowhere = v4
                ? new String[] {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255"}
                : new String[] {"::", "::1", "ff02::1"};
        for (String address : nowhere) {
            first.sends(ack(11, 1).with(addAddr(9, IpAddress.parse(address)))).seesNothing();
        }
        // The first address moves, and an identifier is given to a second address.
        first.sends(ack(11, 1).with(addAddr(0, peerAddress(2)))).seesNothing();
        assertThat(counter("MPTcpExtAddAddrDrop")).isEqualTo(nowhere.length + 1);
        Path told = joinedPath("told", 1, 1, PEER_PORT, 7);
        first.sends(ack(11, 1).with(addAddr(7, peerAddress(1))))
                .sees(ack(1, 11).with(addAddr(7, peerAddress(1)).echo()));
        told.sees(syn(0).with(join()));
        assertThat(counter("MPTcpExtAddAddrDrop")).isEqualTo(nowhere.length + 1);
        first.sends(ack(11, 1).with(addAddr(7, peerAddress(2)))).seesNothing();
        assertThat(counter("MPTcpExtAddAddrDrop")).isEqualTo(nowhere.length + 2);
        assertThat(remembered()).containsExactly(new RemoteAddress(7, peerAddress(1), 0));
        discardAll();
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
        hasTwoPaths(Role.SERVER);
        for (int i = 0; i < 300; i++) {
            first.sends(ack(11, 1).with(dss(), removeAddr(100 + i % 100, 200)));
        }
        discardAll();
        Path more = path("more", 0, 2, PEER_PORT + 7, 9);
        more.joins();
        more.sends(data(1, 11).with(map(11, 1, 10))).sees(ack(1, 11).with(dss().ack(21)));
        conn.reads(10);
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

    @ParameterizedTest
    @EnumSource
    void everyMangledOptionIsSurvived(Role role) {
        hasTwoPaths(role);
        mp.windowMayShrink();
        for (int subtype = 0; subtype < 16; subtype++) {
            for (int length = 2; length <= 38; length++) {
                int[] bytes = new int[length + (4 - length % 4) % 4];
                Arrays.fill(bytes, 1);
                bytes[0] = 30;
                bytes[1] = length;
                for (int i = 2; i < length; i++) {
                    bytes[i] = i == 2 ? subtype << 4 | (length & 0xf) : (subtype * 7 + i * 13 + length) & 0xff;
                }
                second.sends(ack(1, 1).bare().rawOptions(bytes));
                second.seesWhatever();
            }
        }
        first.seesWhatever();
        isAlive();
        discardAll();
    }
}
