package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.stack.script.Conn;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.Readiness;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a connection begins: MP_CAPABLE on both sides (RFC 8684 section 3.1). */
class CapableScriptTest extends TwoPathScript {
    /** The program of {@link #writesWhenConnected} has written. */
    private boolean written;

    @Test
    @Rfc({"8684", "3.1"})
    void aPassiveOpenTellsItsKeyAndLearnsThePeers() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable()));
        wifi.sees(synAck(0, 1).with(capable().version(1).key())).seesNothing();
        host.acceptsNothing();
        wifi.sends(ack(1, 1).with(capable().keys())).seesNothing();
        host.accept().isReady(Readiness.CONNECTED | Readiness.WRITABLE);
        assertThat(counter("MPTcpExtMPCapableSYNRX")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPCapableACKRX")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void anActiveOpenTellsItsKeyInTheThirdPacket() {
        Conn conn = host.connect(wifi);
        wifi.sees(syn(0).with(capable().version(1).flags(MpOption.FLAG_H))).seesNothing();
        wifi.sends(wifi.fullSynAck().with(capable().key()));
        wifi.sees(ack(1, 1).with(capable().keys())).seesNothing();
        conn.isReady(Readiness.CONNECTED | Readiness.WRITABLE);
        assertThat(counter("MPTcpExtMPCapableSYNTX")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPCapableSYNACKRX")).isEqualTo(1);
    }

    /** A program that writes {@code bytes} as soon as it is told that it is connected. */
    private Conn writesWhenConnected(int bytes) {
        Conn[] conn = new Conn[1];
        conn[0] = host.connect(wifi, options -> {}, (socket, readiness) -> {
            if ((readiness & Readiness.CONNECTED) != 0 && conn[0] != null && !written) {
                written = true;
                conn[0].writesAtOnce(bytes);
            }
        });
        return conn[0];
    }

    /** The third packet is an ACK of its own, as TCP's always is here; data that is due then follows at once, and says the keys, too. */
    @Test
    @Rfc({"8684", "3.1"})
    void whatAClientHasToSayWhenItIsAnsweredFollowsTheThirdPacketWithTheKeys() {
        Conn conn = writesWhenConnected(100);
        wifi.sees(syn(0).with(capable()));
        conn.writeFails(Errno.EAGAIN);
        wifi.sends(wifi.fullSynAck().with(capable().key()));
        wifi.sees(ack(1, 1).with(capable().keys()));
        wifi.sees(data(1, 101).with(capable().keys().length(100)).lacks(MpOption.DSS)).seesNothing();
        // Both were lost.
        afterWhatever(1_100);
        wifi.sees(data(1, 101).with(capable().keys().length(100)).lacks(MpOption.DSS)).seesWhatever();
        wifi.sends(ack(1, 101).with(dss().ack(101)));
        conn.write(50);
        wifi.sees(data(101, 151).with(map(101, 101, 50)).lacks(MpOption.MP_CAPABLE)).sends(ack(1, 151));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void whatAClientHasToSayWhenAPlainServerAnswersIsPlain() {
        Conn conn = writesWhenConnected(100);
        wifi.sees(syn(0).with(capable())).sends(wifi.fullSynAck());
        wifi.sees(ack(1, 1).lacks(MpOption.ALL), data(1, 101).lacks(MpOption.ALL)).seesNothing();
        isToldAs(FallbackReason.NOT_CAPABLE, conn);
        wifi.sends(ack(1, 101));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void theFirstDataOfTheClientRepeatsTheKeys() {
        Conn conn = wifi.isConnectedToMultipath();
        conn.write(100);
        wifi.sees(data(1, 101).with(capable().keys().length(100)).lacks(MpOption.DSS));
        wifi.sends(ack(1, 101).with(dss().ack(101)));
        conn.write(200);
        wifi.sees(data(101, 301).with(map(101, 101, 200)).lacks(MpOption.MP_CAPABLE));
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aServerThatSpeaksFirstConfirmsTheKeys() {
        Conn conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 51).with(map(1, 1, 50))).sees(ack(1, 51).with(dss().ack(51)));
        conn.reads(50).write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100)).lacks(MpOption.MP_CAPABLE));
    }

    @Test
    @Rfc({"8684", "3.1"})
    void theThirdPacketMayBringData() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        wifi.sends(data(1, 101).with(capable().keys().length(100)));
        wifi.sees(ack(1, 101).with(dss().ack(101))).seesNothing();
        host.accept().reads(100);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void theFourthPacketRepeatsTheKeysWithItsData() {
        host.listen();
        Conn conn = wifi.opensMultipath();
        wifi.sends(data(1, 101).with(capable().keys().length(100)));
        wifi.sees(ack(1, 101).with(dss().ack(101)));
        conn.reads(100);
        wifi.sends(data(101, 201).with(map(101, 101, 100))).sees(ack(1, 201).with(dss().ack(201)));
        conn.reads(100);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void keysThatComeAgainAreNoNews() {
        host.listen();
        Conn conn = wifi.opensMultipath();
        wifi.sends(data(1, 101).with(capable().keys().length(100))).sees(ack(1, 101).with(dss().ack(101)));
        wifi.sends(data(1, 101).with(capable().keys().length(100))).sees(ack(1, 101).with(dss().ack(101)));
        conn.reads(100).readsNothing();
    }

    @Test
    void theThirdPacketMayBeLostAndTheFourthSayIt() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        // The third was lost.
        wifi.sends(data(1, 101).with(capable().keys().length(100)));
        wifi.sees(ack(1, 101).with(dss().ack(101)));
        host.accept().reads(100);
    }

    /** An option would tell the client that its keys have come. */
    @Test
    @Rfc({"8684", "3.1"})
    void whatComesOutOfPlaceBeforeTheKeysIsAnsweredWithoutAnOption() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        wifi.sends(ack(300_000, 1).with(dss().ack(1)));
        wifi.sees(ack(1, 1).lacks(MpOption.ALL)).seesNothing();
        wifi.sends(data(1, 101).with(capable().keys().length(100)));
        wifi.sees(ack(1, 101).with(dss().ack(101)));
        host.accept().reads(100);
    }

    /** The third packet of a client that has nothing to say was lost: its end, told in DSS options, means nothing to the server yet. */
    @Test
    @Rfc({"8684", "3.1"})
    void aSynAckThatComesAgainGetsTheKeysThoughTheEndIsDueToo() {
        Conn conn = wifi.isConnectedToMultipath();
        conn.finish();
        wifi.sees(ack(1, 1).with(dataFin(1))).seesNothing();
        wifi.sends(wifi.fullSynAck().with(capable().key())).sees(ack(1, 1).with(capable().keys())).seesNothing();
        afterWhatever(2_000);
        wifi.sees(ack(1, 1).with(dataFin(1))).seesWhatever();
        wifi.sends(ack(1, 1).with(dss().ack(2))).seesNothing();
    }

    @Test
    void aServersFirstDataCarriesAMapping() {
        host.listen();
        Conn conn = wifi.opensMultipath();
        conn.write(300);
        wifi.sees(data(1, 301).with(map(1, 1, 300).dsnBytes(8)));
        wifi.sends(ack(1, 301).with(dss().ack(301))).seesNothing();
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    void anUnansweredSynAckKeepsItsKey() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        after(1_000);
        // The key is compared with the first one's.
        wifi.sees(synAck(0, 1).with(capable().key()));
        wifi.sends(ack(1, 1).with(capable().keys())).seesNothing();
        host.accept();
    }

    @Test
    void aRepeatedSynGetsTheSameKey() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        wifi.sends(ack(1, 1).with(capable().keys())).seesNothing();
        host.accept();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void checksumsAreUsedWhenThePeerWantsThem() {
        mp.demandsChecksums();
        host.listen();
        Conn conn = wifi.opensMultipath();
        // Whether checksums are there and right is looked at wherever a mapping is seen.
        conn.write(333);
        wifi.sees(data(1, 334).with(map(1, 1, 333))).sends(ack(1, 334));
        wifi.sends(data(1, 102).with(map(1, 1, 101))).sees(ack(334, 102).with(dss().ack(102)));
        conn.reads(101);
    }

    @Test
    @Rfc({"8684", "3.1"})
    void aClientThatIsToldToUseChecksumsDoes() {
        mp.demandsChecksums();
        Conn conn = wifi.isConnectedToMultipath();
        conn.write(77);
        wifi.sees(data(1, 78).with(capable().keys().length(77)));
        wifi.sends(ack(1, 78));
        conn.write(3_000);
        // One mapping, one checksum, three segments: 36 bytes of options besides the timestamps' leave none free.
        int mss = 1_500 - variant().ipHeader() - 20 - 36;
        wifi.sees(data(78, 78 + mss).with(map(78, 78, 3_000)), data(78 + mss, 78 + 2 * mss).with(map(78, 78, 3_000)));
        wifi.sees(data(78 + 2 * mss, 3_078));
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.1"})
    void aHostThatWantsChecksumsSaysSoAndLooksAtThem(Role role) {
        core().tunables().set("net.mptcp.checksum_enabled", "1");
        int flags = MpOption.FLAG_A | MpOption.FLAG_H;
        if (role == Role.CLIENT) {
            conn = host.connect(wifi);
            wifi.sees(syn(0).with(capable().flags(flags))).sends(wifi.fullSynAck().with(capable().key()));
            wifi.sees(ack(1, 1).with(capable().keys().flags(flags)));
        } else {
            host.listen();
            wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key().flags(flags)));
            wifi.sends(ack(1, 1).with(capable().keys()));
            conn = host.accept();
        }
        // Whether checksums are there and right is looked at wherever a mapping is seen.
        wifi.sends(data(1, 102).with(map(1, 1, 101))).sees(ack(1, 102).with(dss().ack(102)));
        conn.reads(101).write(333);
        wifi.sees(data(1, 334).with(map(1, 1, 333))).sends(ack(102, 334));
        wifi.sends(data(102, 202).with(map(102, 102, 100).checksum(0x1234))).sees(ack(334, 202).with(fail(102)));
        conn.readsNothing();
        assertThat(counter("MPTcpExtDataCsumErr")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.1"})
    void joinsGoToAnAnnouncedAddressWhereThePeerDeniesItsFirst(Role role) {
        mp.deniesItsFirstAddress();
        isOpen(role);
        endpoint(1, SUBFLOW);
        lte.seesNothing();
        Path told = joinedPath("told", 1, 1, PEER_PORT, 5);
        first.sends(ack(11, 1).with(addAddr(5, peerAddress(1))));
        first.sees(ack(1, 11).with(addAddr(5, peerAddress(1)).echo()));
        isJoined(told);
        afterWhatever(5_000);
        lte.seesNothing();
    }

    @Test
    @Rfc({"8684", "3.1"})
    void onlyAsManyConnectionsAreEstablishedAsThereAre() {
        host.listen();
        wifi.opensMultipath();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11));
        assertThat(counter("MPTcpExtMPCurrEstab")).isEqualTo(1);
    }

    @Test
    void joinsAreNotWantedAtTheFirstAddressWhenItSaysSo() {
        core().tunables().set("net.mptcp.allow_join_initial_addr_port", "0");
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable()));
        wifi.sees(synAck(0, 1).with(capable().flags(MpOption.FLAG_C | MpOption.FLAG_H).key()));
    }
}
