package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.fastclose;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.script.Seg;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends that are not orderly: MP_FASTCLOSE, MP_TCPRST, MP_FAIL (RFC 8684 sections 3.5 to 3.7). */
class EndingScriptTest extends TwoPathScript {
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.5"})
    void anAbortClosesAllPathsAtOnce(Role role) {
        hasTwoPaths(role);
        conn.abort();
        // Option R of the section. The key in it is compared with the peer's wherever it is seen.
        first.sees(rstAck(1, 11).with(fastclose())).seesNothing();
        second.sees(rstAck(1, 1).with(fastclose())).seesNothing();
        assertThat(counter("MPTcpExtMPFastcloseTx")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAnAckIsAnsweredByResets(Role role) {
        hasTwoPaths(role);
        first.sends(ack(11, 1).with(fastclose()));
        first.sees(rstAck(1, 11)).seesNothing();
        second.sees(rstAck(1, 1)).seesNothing();
        conn.readFails(Errno.ECONNRESET);
        assertThat(counter("MPTcpExtMPFastcloseRx")).isEqualTo(1);
    }

    /** "Host B can now close the whole MPTCP connection (it transitions directly to CLOSED state)": so the next copy finds nothing. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAnAckThatComesAgainIsAnsweredAgain(Role role) {
        isOpen(role);
        conn.write(5_000);
        first.seesWhatever();
        first.sends(ack(11, 1).with(fastclose()));
        assertThat(first.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        first.seesNothing();
        assertThat(counter("MPTcpExtMPCurrEstab")).isZero();
        first.sends(ack(11, 1).with(fastclose()));
        assertThat(first.next().hasFlags(Tcp.RST)).as("the reset that was lost, again").isTrue();
        conn.readFails(Errno.ECONNRESET);
        first.seesNothing();
        assertThat(counter("MPTcpExtMPFastcloseRx")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAnAckEndsWhatThisEndOpenedToo() {
        conn = wifi.isConnectedToMultipath();
        conn.write(100);
        wifi.sees(data(1, 101).with(capable().keys().length(100))).sends(ack(1, 101).with(dss().ack(101)));
        wifi.sends(ack(1, 101).with(fastclose()));
        assertThat(wifi.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        conn.readFails(Errno.ECONNRESET);
        assertThat(counter("MPTcpExtMPFastcloseRx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAResetEndsTheOtherPathsToo(Role role) {
        hasTwoPaths(role);
        first.sends(rstAck(11, 1).with(fastclose())).seesNothing();
        second.sees(rstAck(1, 1)).seesNothing();
        conn.readFails(Errno.ECONNRESET);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.5"})
    void aFastCloseWithTheWrongKeyIsIgnored(Role role) {
        hasTwoPaths(role);
        first.sends(ack(11, 1).with(fastclose().key(mp.hostKey() + 1))).seesNothing();
        second.seesNothing();
        first.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10);
        assertThat(counter("MPTcpExtMPFastcloseRx")).isZero();
    }

    /** Nothing of the peer's Multipath TCP was heard: no other path may be opened, so that there is nothing to wait for. */
    @Test
    @Rfc({"8684", "3.1"})
    void aResetBeforeThePeersFirstDssEndsAllAtOnce() {
        endpoint(1, SUBFLOW);
        mayHaveSubflows(4);
        conn = wifi.isConnectedToMultipath();
        wifi.sends(rst(1)).seesNothing();
        conn.readFails(Errno.ECONNRESET);
        lte.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.6"})
    void aResetOfOnePathIsNotTheConnections(Role role) {
        hasTwoPaths(role);
        second.sends(rstAck(1, 1).with(tcprst(3))).seesNothing();
        first.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10).write(20);
        first.sees(data(1, 21).with(map(1, 1, 20))).sends(ack(21, 21));
        assertThat(counter("MPTcpExtMPRstRx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.6"})
    void whatAResetPathCarriedGoesByTheOtherAtOnce(Role role) {
        hasTwoPaths(role);
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(rstAck(1, 1).with(tcprst(0)));
        first.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(11, 1_001));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    /** RFC 8684 section 3.7: the only path goes on with what is left of it, by an infinite mapping. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aFailureToldOnTheOnlyPathIsAnsweredByAnInfiniteMapping(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        conn.write(100);
        first.sees(data(1, 101).with(map(1, 1, 100)));
        first.sends(ack(11, 1).with(dss().ack(1), fail(1)));
        assertThat(counter("MPTcpExtMPFailRx")).isEqualTo(1);
        afterWhatever(2_000);
        boolean infinite = false;
        while (first.pending() > 0) {
            infinite |= first.next().extras().stream().anyMatch(dss().length(0)::matches);
        }
        assertThat(infinite).as("an infinite mapping").isTrue();
        assertThat(counter("MPTcpExtInfiniteMapTx")).isPositive();
        // From now on the sender "MUST only use subflow ACKs to clear its send buffer".
        mp.fellBack();
        first.sends(ack(11, 51).with(dss().ack(101)));
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(50);
        // What goes after it says so, too, until something of that is acknowledged.
        first.sends(ack(11, 101).bare());
        conn.write(10);
        first.sees(data(101, 111).with(dss().length(0))).sends(ack(11, 111).bare());
        conn.write(10);
        first.sees(data(111, 121).lacks(MpOption.ALL)).sends(ack(11, 121).bare());
    }

    /** What the peer acknowledges in the very segment that says MP_FAIL may be what it says failed. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aDataAckBesideAFailureClearsNothing(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        conn.write(100);
        first.sees(data(1, 101).with(map(1, 1, 100)));
        first.sends(ack(11, 51).with(dss().ack(101), fail(1)));
        mp.fellBack();
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(50);
        first.seesWhatever();
    }

    /** Section 3.7: where the bytes of the subflow are not the connection's there is no fallback but the subflow's end. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aFailureToldOnOneOfTwoPathsEndsIt(Role role) {
        mp.demandsChecksums();
        hasTwoPaths(role);
        second.sends(ack(1, 1).with(dss().ack(1), fail(1)));
        second.sees(rstAck(1, 1)).seesNothing();
        assertThat(counter("MPTcpExtFallbackFailed")).isEqualTo(1);
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100);
    }

    /** What has ended cannot be what the connection goes on with: it goes, and the connection waits for another subflow. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aFailureToldOnAPathThatHasEndedIsNoFallback(Role role) {
        isOpen(role);
        first.sends(fin(11, 1)).sees(fin(1, 12)).sends(ack(12, 2));
        conn.write(100);
        first.sends(ack(12, 2).with(dss().ack(1), fail(1)));
        assertThat(first.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        isReplaced(role).sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aWrongChecksumOnTheOnlyPathIsTold(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 100).checksum(0x1234)));
        Seg answer = first.next();
        assertThat(answer.extras()).anyMatch(fail(11)::matches);
        conn.readsNothing();
        assertThat(counter("MPTcpExtDataCsumErr")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPFailTx")).isEqualTo(1);
        first.seesWhatever();
        // The peer falls back: from the last bytes that were acknowledged on, the subflow's bytes are the connection's.
        mp.fellBack();
        first.sends(data(111, 211).with(map(11, 11, 0).checksum(0)));
        first.seesWhatever();
        conn.reads(200);
        first.sends(data(211, 311).bare()).seesWhatever();
        conn.reads(100);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aWrongChecksumOnOneOfTwoPathsResetsIt(Role role) {
        mp.demandsChecksums();
        hasTwoPaths(role);
        second.sends(data(1, 101).with(map(11, 1, 100).checksum(0x1234)));
        second.sees(rstAck(1, 101).with(fail(11))).seesNothing();
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100);
    }

    @ParameterizedTest
    @EnumSource
    void closingWithUnreadDataIsAFastClose(Role role) {
        hasTwoPaths(role);
        first.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21));
        conn.close();
        first.sees(rstAck(1, 21).with(fastclose())).seesNothing();
        second.sees(rstAck(1, 1).with(fastclose())).seesNothing();
        assertThat(counter("MPTcpExtMPFastcloseTx")).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionWithoutSubflowsWaitsForANewOne(Role role) {
        isOpen(role);
        first.sends(rst(11)).seesNothing();
        conn.readsNothing().write(100);
        Path next = isReplaced(role);
        next.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
        next.sends(data(1, 31).with(map(11, 1, 30))).sees(ack(101, 31).with(dss().ack(41)));
        conn.reads(30);
    }

    @Test
    void aConnectionWithoutSubflowsEndsInTheEnd() {
        isOpen(Role.SERVER);
        first.sends(rst(11)).seesNothing();
        afterWhatever(61_000);
        first.seesNothing();
        assertThat(conn.socket().error()).as("an error").isNotZero();
    }
}
