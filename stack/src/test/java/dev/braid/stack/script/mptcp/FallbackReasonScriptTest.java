package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.mptcp.FallbackReason;
import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What ends Multipath TCP in mid-connection, at whichever end: it is counted, once, and the connection's program is told why (RFC
 * 8684 section 3.7). What can happen in a handshake, at one end only, is {@link FallbackScriptTest}'s.
 */
class FallbackReasonScriptTest extends TwoPathScript {
    private static final int WRONG_CHECKSUM = 0x1234;

    /** Both directions go on as plain TCP, from these numbers on. */
    private void goesOnPlainly(int hostNext, int peerNext) {
        mp.fellBack();
        wifi.sends(data(peerNext, peerNext + 100).bare());
        wifi.seesWhatever();
        conn.reads(100).write(50);
        wifi.sees(data(hostNext, hostNext + 50)).sends(ack(peerNext + 100, hostNext + 50).bare());
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void dataWithoutAMapping(Role role) {
        isOpen(role);
        wifi.sends(data(11, 111).bare());
        mp.fellBack();
        wifi.sees(ack(1, 111).with(fail(11)));
        isToldAs(FallbackReason.NO_DSS, conn);
        conn.reads(100);
        goesOnPlainly(1, 111);
    }

    /** A box that takes options off shows by what carries no payload: each such segment should have a DATA_ACK. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void threeBareAcksInARow(Role role) {
        isOpen(role);
        wifi.sends(ack(11, 1).bare(), ack(11, 1).bare()).seesNothing();
        isNoFallback(conn);
        wifi.sends(ack(11, 1).bare());
        mp.fellBack();
        wifi.sees(ack(1, 11).with(fail(11)));
        isToldAs(FallbackReason.NO_DSS, conn);
        goesOnPlainly(1, 11);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void oneBareAckOfDataAndATimeout(Role role) {
        isOpen(role);
        conn.write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(11, 1).with(dss().ack(1)));
        wifi.sends(ack(11, 101).bare()).seesNothing();
        isNoFallback(conn);
        afterWhatever(2_000);
        mp.fellBack();
        wifi.sees(ack(101, 11).with(fail(11)));
        isToldAs(FallbackReason.NO_DSS, conn);
        assertThat(conn.socket().connection().sendQueued()).as("what TCP acknowledged is acknowledged").isZero();
        goesOnPlainly(101, 11);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aBareFin(Role role) {
        isOpen(role);
        wifi.sends(fin(11, 1).bare());
        mp.fellBack();
        wifi.seesWhatever();
        isToldAs(FallbackReason.NO_DSS, conn);
        conn.readsEnd();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aMappingBesideItsSegment(Role role) {
        isOpen(role);
        wifi.sends(data(11, 111).with(map(11, 5_000, 100)).payloadAt(10));
        mp.fellBack();
        wifi.sees(ack(1, 111).with(fail(11)));
        isToldAs(FallbackReason.DSS_CORRUPTION, conn);
        assertThat(counter("MPTcpExtDSSNoMatchTCP")).isEqualTo(1);
        conn.reads(100);
        goesOnPlainly(1, 111);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.1"})
    void aMappingThatContradictsTheOneInForce(Role role) {
        isOpen(role);
        wifi.sends(data(11, 61).with(map(11, 11, 100))).seesWhatever();
        wifi.sends(data(61, 111).with(map(5_061, 61, 50)).payloadAt(60));
        mp.fellBack();
        wifi.sees(ack(1, 111).with(fail(61)));
        isToldAs(FallbackReason.DSS_CORRUPTION, conn);
        assertThat(counter("MPTcpExtDSSNotMatching")).isEqualTo(1);
        conn.reads(100);
        goesOnPlainly(1, 111);
    }

    /** A box that changes the very first data changes all: it is taken as it comes, as Linux does. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aWrongChecksumOfTheFirstData(Role role) {
        mp.demandsChecksums();
        if (role == Role.CLIENT) {
            conn = wifi.isConnectedToMultipath();
            wifi.sends(data(1, 101).with(map(1, 1, 100).checksum(WRONG_CHECKSUM)));
        } else {
            host.listen();
            wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
            wifi.sends(ack(1, 1).with(capable().keys()));
            conn = accepts();
            wifi.sends(data(1, 101).with(capable().keys().length(100).checksum(WRONG_CHECKSUM)));
        }
        mp.fellBack();
        wifi.sees(ack(1, 101).with(fail(1)));
        isToldAs(FallbackReason.CHECKSUM, conn);
        assertThat(counter("MPTcpExtMPFailTx")).isEqualTo(1);
        conn.reads(100);
        goesOnPlainly(1, 101);
    }

    /** Data whose checksum was wrong is held until the peer, which may know of other subflows, agrees. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aWrongChecksumThatThePeerAnswersWithMpFail(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        wifi.sends(data(11, 111).with(map(11, 11, 100).checksum(WRONG_CHECKSUM)));
        wifi.sees(ack(1, 111).with(fail(11)));
        conn.readsNothing();
        isNoFallback(conn);
        wifi.sends(ack(111, 1).with(dss().ack(1), fail(1)));
        mp.fellBack();
        isToldAs(FallbackReason.CHECKSUM, conn, "MPTcpExtMPFailRx");
        assertThat(counter("MPTcpExtMPFailRx")).isEqualTo(1);
        // Until the peer says its infinite mapping, DATA_ACKs alone clear its send buffer.
        wifi.sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100);
        wifi.sends(data(111, 211).with(map(111, 111, 0).checksum(0)).payloadAt(110));
        conn.reads(100);
        wifi.sees(ack(1, 211).with());
        assertThat(counter("MPTcpExtInfiniteMapRx")).isEqualTo(1);
        goesOnPlainly(1, 211);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aWrongChecksumThatThePeerAnswersWithAnInfiniteMapping(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        wifi.sends(data(11, 111).with(map(11, 11, 100).checksum(WRONG_CHECKSUM)));
        wifi.sees(ack(1, 111).with(fail(11)));
        wifi.sends(data(111, 211).with(map(11, 11, 0).checksum(0)).payloadAt(110));
        mp.fellBack();
        wifi.seesWhatever();
        isToldAs(FallbackReason.INFINITE_MAPPING, conn, "MPTcpExtDataCsumErr");
        assertThat(counter("MPTcpExtDataCsumErr")).isEqualTo(1);
        conn.reads(200);
        goesOnPlainly(1, 211);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void anMpFailOfThePeers(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        wifi.sends(ack(11, 1).with(dss().ack(1), fail(1)));
        mp.fellBack();
        wifi.sees(ack(1, 11).with(fail(11)));
        isToldAs(FallbackReason.MP_FAIL, conn);
        assertThat(counter("MPTcpExtMPFailTx")).isEqualTo(1);
        assertThat(counter("MPTcpExtInfiniteMapTx")).isEqualTo(1);
        goesOnPlainly(1, 11);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void anInfiniteMappingOfThePeers(Role role) {
        isOpen(role);
        wifi.sends(data(11, 111).with(map(11, 11, 0)));
        mp.fellBack();
        wifi.seesWhatever();
        isToldAs(FallbackReason.INFINITE_MAPPING, conn);
        conn.reads(100);
        goesOnPlainly(1, 111);
    }

    /** Where further paths carried data a path without options ends instead, and no program hears of it. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void noFallbackIsToldWhereAPathIsResetInstead(Role role) {
        hasTwoPaths(role);
        for (int i = 0; i < 32; i++) {
            second.sends(ack(1, 1).bare());
        }
        second.sees(rstAck(1, 1).with(tcprst(6)));
        isNoFallback(conn);
        assertThat(counter("MPTcpExtFallbackFailed")).isEqualTo(1);
        assertThat(counter("MPTcpExtDssFallback")).isZero();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100);
    }
}
