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
import dev.braid.stack.script.Conn;
import dev.braid.stack.script.Seg;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Ends that are not orderly: MP_FASTCLOSE, MP_TCPRST, MP_FAIL (RFC 8684 sections 3.5 to 3.7). */
class EndingScriptTest extends MptcpScript {
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

    @Test
    @Rfc({"8684", "3.5"})
    void anAbortClosesAllPathsAtOnce() {
        hasTwoPaths();
        conn.abort();
        Seg one = wifi.next();
        Seg other = far.next();
        // The key in it is compared with the peer's wherever it is seen.
        boolean told = java.util.stream.Stream.of(one, other)
                .anyMatch(segment -> segment.extras().stream().anyMatch(fastclose()::matches));
        assertThat(told).as("MP_FASTCLOSE on some path").isTrue();
        assertThat(counter("MPTcpExtMPFastcloseTx")).isPositive();
        wifi.seesWhatever();
        far.seesWhatever();
    }

    @Test
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAnAckIsAnsweredByResets() {
        hasTwoPaths();
        wifi.sends(ack(11, 1).with(fastclose()));
        assertThat(wifi.next().hasFlags(Tcp.RST)).as("a reset by wifi").isTrue();
        assertThat(far.next().hasFlags(Tcp.RST)).as("a reset by far").isTrue();
        conn.readFails(Errno.ECONNRESET);
        assertThat(counter("MPTcpExtMPFastcloseRx")).isEqualTo(1);
    }

    /** "Host B can now close the whole MPTCP connection (it transitions directly to CLOSED state)": so the next copy finds nothing. */
    @Test
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAnAckThatComesAgainIsAnsweredAgain() {
        isOpen();
        conn.write(5_000);
        wifi.seesWhatever();
        wifi.sends(ack(11, 1).with(fastclose()));
        assertThat(wifi.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        wifi.seesNothing();
        assertThat(counter("MPTcpExtMPCurrEstab")).isZero();
        wifi.sends(ack(11, 1).with(fastclose()));
        assertThat(wifi.next().hasFlags(Tcp.RST)).as("the reset that was lost, again").isTrue();
        conn.readFails(Errno.ECONNRESET);
        wifi.seesNothing();
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

    @Test
    @Rfc({"8684", "3.5"})
    void aFastCloseOnAResetEndsTheOtherPathsToo() {
        hasTwoPaths();
        wifi.sends(rstAck(11, 1).with(fastclose())).seesNothing();
        assertThat(far.next().hasFlags(Tcp.RST)).as("a reset by far").isTrue();
        conn.readFails(Errno.ECONNRESET);
    }

    @Test
    @Rfc({"8684", "3.5"})
    void aFastCloseWithTheWrongKeyIsIgnored() {
        hasTwoPaths();
        wifi.sends(ack(11, 1).with(fastclose().key(mp.hostKey() + 1))).seesNothing();
        far.seesNothing();
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
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

    @Test
    @Rfc({"8684", "3.6"})
    void aResetOfOnePathIsNotTheConnections() {
        hasTwoPaths();
        far.sends(rstAck(1, 1).with(tcprst(3))).seesNothing();
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10).write(20);
        wifi.sees(data(1, 21).with(map(1, 1, 20))).sends(ack(21, 21));
        assertThat(counter("MPTcpExtMPRstRx")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.3.6"})
    void whatAResetPathCarriedGoesByTheOtherAtOnce() {
        hasTwoPaths();
        conn.write(1_000);
        Path took = wifi.pending() > 0 ? wifi : far;
        Path other = took == wifi ? far : wifi;
        took.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        took.sends(rstAck(took == wifi ? 11 : 1, 1).with(tcprst(0)));
        other.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        other.sends(ack(other == wifi ? 11 : 1, 1_001));
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    /** RFC 8684 section 3.7: the only path goes on with what is left of it, by an infinite mapping. */
    @Test
    @Rfc({"8684", "3.7"})
    void aFailureToldOnTheOnlyPathIsAnsweredByAnInfiniteMapping() {
        mp.demandsChecksums();
        isOpen();
        conn.write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100)));
        wifi.sends(ack(11, 1).with(dss().ack(1), fail(1)));
        assertThat(counter("MPTcpExtMPFailRx")).isEqualTo(1);
        afterWhatever(2_000);
        boolean infinite = false;
        while (wifi.pending() > 0) {
            infinite |= wifi.next().extras().stream().anyMatch(dss().length(0)::matches);
        }
        assertThat(infinite).as("an infinite mapping").isTrue();
        assertThat(counter("MPTcpExtInfiniteMapTx")).isPositive();
        // From now on the sender "MUST only use subflow ACKs to clear its send buffer".
        mp.fellBack();
        wifi.sends(ack(11, 51).with(dss().ack(101)));
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(50);
        // What goes after it says so, too, until something of that is acknowledged.
        wifi.sends(ack(11, 101).bare());
        conn.write(10);
        wifi.sees(data(101, 111).with(dss().length(0))).sends(ack(11, 111).bare());
        conn.write(10);
        wifi.sees(data(111, 121).lacks(MpOption.ALL)).sends(ack(11, 121).bare());
    }

    /** What the peer acknowledges in the very segment that says MP_FAIL may be what it says failed. */
    @Test
    @Rfc({"8684", "3.7"})
    void aDataAckBesideAFailureClearsNothing() {
        mp.demandsChecksums();
        isOpen();
        conn.write(100);
        wifi.sees(data(1, 101).with(map(1, 1, 100)));
        wifi.sends(ack(11, 51).with(dss().ack(101), fail(1)));
        mp.fellBack();
        assertThat(conn.socket().connection().sendQueued()).isEqualTo(50);
        wifi.seesWhatever();
    }

    /** Section 3.7: where the bytes of the subflow are not the connection's there is no fallback but the subflow's end. */
    @Test
    @Rfc({"8684", "3.7"})
    void aFailureToldOnOneOfTwoPathsEndsIt() {
        mp.demandsChecksums();
        hasTwoPaths();
        far.sends(ack(1, 1).with(dss().ack(1), fail(1)));
        assertThat(far.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        assertThat(counter("MPTcpExtFallbackFailed")).isEqualTo(1);
        wifi.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100);
    }

    /** What has ended cannot be what the connection goes on with: it goes, and the connection waits for another subflow. */
    @Test
    @Rfc({"8684", "3.7"})
    void aFailureToldOnAPathThatHasEndedIsNoFallback() {
        isOpen();
        wifi.sends(fin(11, 1)).sees(fin(1, 12)).sends(ack(12, 2));
        conn.write(100);
        wifi.sends(ack(12, 2).with(dss().ack(1), fail(1)));
        assertThat(wifi.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        far.sends(far.fullSyn().with(MpOption.join())).sees(Seg.synAck(0, 1).with(MpOption.join()));
        far.sends(ack(1, 1).with(MpOption.join()));
        far.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aWrongChecksumOnTheOnlyPathIsTold() {
        mp.demandsChecksums();
        isOpen();
        wifi.sends(data(11, 111).with(map(11, 11, 100).checksum(0x1234)));
        Seg answer = wifi.next();
        assertThat(answer.extras()).anyMatch(fail(11)::matches);
        conn.readsNothing();
        assertThat(counter("MPTcpExtDataCsumErr")).isEqualTo(1);
        assertThat(counter("MPTcpExtMPFailTx")).isEqualTo(1);
        wifi.seesWhatever();
        // The peer falls back: from the last bytes that were acknowledged on, the subflow's bytes are the connection's.
        mp.fellBack();
        wifi.sends(data(111, 211).with(map(11, 11, 0).checksum(0)));
        wifi.seesWhatever();
        conn.reads(200);
        wifi.sends(data(211, 311).bare()).seesWhatever();
        conn.reads(100);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void aWrongChecksumOnOneOfTwoPathsResetsIt() {
        mp.demandsChecksums();
        hasTwoPaths();
        far.sends(data(1, 101).with(map(11, 1, 100).checksum(0x1234)));
        Seg answer = far.next();
        assertThat(answer.hasFlags(Tcp.RST)).as("a reset").isTrue();
        assertThat(answer.extras()).anyMatch(fail(11)::matches);
        far.seesNothing();
        wifi.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111).with(dss().ack(111)));
        conn.reads(100);
    }

    @Test
    void closingWithUnreadDataIsAFastClose() {
        hasTwoPaths();
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21));
        conn.close();
        assertThat(counter("MPTcpExtMPFastcloseTx")).isPositive();
        wifi.seesWhatever();
        far.seesWhatever();
    }

    @Test
    void aConnectionWithoutSubflowsWaitsForANewOne() {
        isOpen();
        wifi.sends(rst(11)).seesNothing();
        conn.readsNothing().write(100);
        far.sends(far.fullSyn().with(MpOption.join())).sees(Seg.synAck(0, 1).with(MpOption.join()));
        far.sends(ack(1, 1).with(MpOption.join()));
        far.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
        far.sends(data(1, 31).with(map(11, 1, 30))).sees(ack(101, 31).with(dss().ack(41)));
        conn.reads(30);
    }

    @Test
    void aConnectionWithoutSubflowsEndsInTheEnd() {
        isOpen();
        wifi.sends(rst(11)).seesNothing();
        afterWhatever(61_000);
        wifi.seesNothing();
        assertThat(conn.socket().error()).as("an error").isNotZero();
    }
}
