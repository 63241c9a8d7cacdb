package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.prio;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.script.Conn;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Addresses told, echoed, used and taken back, and priorities (RFC 8684 sections 3.3.8 and 3.4). */
class AddressScriptTest extends MptcpScript {
    private Conn conn;

    private void isOpen() {
        host.listen();
        conn = wifi.opensMultipath();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
    }

    private void isConnected() {
        conn = wifi.isConnectedToMultipath();
        wifi.sends(data(1, 11).with(map(1, 1, 10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
        mayHaveSubflows(4);
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void aSignalledAddressIsToldAndTheEchoEndsIt() {
        isOpen();
        // Its HMAC is looked at wherever an ADD_ADDR is seen.
        endpoint(1, SIGNAL);
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
        afterWhatever(300_000);
        wifi.seesNothing();
        assertThat(counter("MPTcpExtAddAddrTx")).isEqualTo(1);
        assertThat(counter("MPTcpExtEchoAdd")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAddressThatIsNotEchoedIsToldAgain() {
        isOpen();
        endpoint(1, SIGNAL);
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        // After the longest RTO of its subflows, 200 ms here, then twice as long, three times in all.
        for (int i = 0; i < 3; i++) {
            afterWhatever(201L << i);
            wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        }
        afterWhatever(300_000);
        wifi.seesNothing();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anEchoOfSomethingElseDoesNotEndTheTelling() {
        isOpen();
        endpoint(1, SIGNAL);
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        wifi.sends(ack(11, 1).with(addAddr(2, hostAddress(1)).echo()));
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(2)).echo()));
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).port(9_999).echo())).seesNothing();
        afterWhatever(201);
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void aPortMayBeTold() {
        isOpen();
        endpoint(1, 9_999, SIGNAL);
        // An IPv6 address with a port and its proof has 30 bytes: beside timestamps there is room for that and nothing else.
        wifi.sees(ack(1, 11).ts().with(addAddr(1, hostAddress(1)).port(9_999)).lacks(MpOption.MP_PRIO));
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).port(9_999).echo())).seesNothing();
        Path there = path("there", 1, 1, PEER_PORT + 5, 1);
        there.hostPort(9_999);
        there.joins();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void severalAddressesAreToldWithoutWaiting() {
        isOpen();
        endpoint(1, SIGNAL);
        endpoint(2, SIGNAL);
        wifi.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
        // Not an echo is waited for, but a moment, so that two ACKs alike are no sign of loss.
        afterWhatever(20);
        wifi.sees(ack(1, 11).with(addAddr(2, hostAddress(2))));
        wifi.sends(ack(11, 1).with(addAddr(2, hostAddress(2)).echo()));
        wifi.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void aToldAddressIsEchoedAndJoined() {
        isConnected();
        Path other = joinedPath("other", 1, 1, PEER_PORT, 5);
        wifi.sends(ack(11, 1).with(addAddr(5, peerAddress(1))));
        wifi.sees(ack(1, 11).with(addAddr(5, peerAddress(1)).echo())).seesNothing();
        other.isJoined();
        other.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100);
        assertThat(counter("MPTcpExtAddAddr")).isEqualTo(1);
        assertThat(counter("MPTcpExtEchoAddTx")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAddressThatIsToldTwiceAtOnceIsEchoedOnce() {
        isOpen();
        wifi.sendsTogether(ack(11, 1).with(addAddr(5, peerAddress(2))), ack(11, 1).with(addAddr(5, peerAddress(2))));
        wifi.sees(ack(1, 11).with(addAddr(5, peerAddress(2)).echo())).seesNothing();
        afterWhatever(100);
        wifi.seesNothing();
        assertThat(counter("MPTcpExtAddAddr")).isEqualTo(2);
        assertThat(counter("MPTcpExtEchoAddTx")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void aToldPortIsJoined() {
        isConnected();
        Path other = joinedPath("other", 1, 1, 4_711, 5);
        wifi.sends(ack(11, 1).with(addAddr(5, peerAddress(1)).port(4_711)));
        wifi.sees(ack(1, 11).with(addAddr(5, peerAddress(1)).port(4_711).echo())).seesNothing();
        other.isJoined();
    }

    @Test
    @Rfc({"8684", "3.4.1"})
    void anAddressWithAWrongProofIsIgnored() {
        isConnected();
        wifi.sends(ack(11, 1).with(addAddr(5, peerAddress(1)).wrongHmac())).seesNothing();
        afterWhatever(5_000);
        wifi.seesNothing();
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void anAddressThatIsTakenBackTakesItsSubflowAlong() {
        isOpen();
        far.joins();
        wifi.sends(ack(11, 1).with(dss(), removeAddr(far.id())));
        assertThat(far.pending()).as("the subflow's end").isPositive();
        far.seesWhatever();
        wifi.seesWhatever();
        conn.write(5_000);
        wifi.seesWhatever();
        far.seesNothing();
        assertThat(counter("MPTcpExtRmAddr")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void anIdNobodyHasIsTakenBackWithoutEffect() {
        isOpen();
        far.joins();
        wifi.sends(ack(11, 1).with(dss(), removeAddr(77)));
        far.seesNothing();
        wifi.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10);
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void anEndpointThatGoesIsTakenBack() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.isJoined();
        noEndpoint(1);
        wifi.sees(ack(1, 11).with(removeAddr(1)));
        lte.seesWhatever();
        wifi.seesNothing();
        assertThat(counter("MPTcpExtRmAddrTx")).isEqualTo(1);
    }

    @Test
    @Rfc({"8684", "3.4.2"})
    void thePeersFirstAddressIsNotJoinedOnceItIsTakenBack() {
        isConnected();
        wifi.sends(ack(11, 1).with(dss(), removeAddr(0))).seesWhatever();
        endpoint(1, SUBFLOW);
        lte.seesNothing();
        wifi.seesWhatever();
    }

    /** A moment lies between two ACKs that carry signals. */
    @Test
    @Rfc({"8684", "3.4.2"})
    void whatAPathHadStillToTellAnotherTells() {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.isJoined();
        endpoint(2, SIGNAL);
        wifi.sees(ack(1, 11).with(addAddr(2, hostAddress(2)))).seesNothing();
        noEndpoint(2);
        wifi.seesNothing();
        lte.seesNothing();
        wifi.sends(rst(11)).seesNothing();
        lte.sees(ack(1, 1).with(removeAddr(2))).seesNothing();
    }

    /** What waits for room on the only regular path goes at once over one that has become regular. */
    @Test
    @Rfc({"8684", "3.3.8"})
    void aBackupThatBecomesRegularTakesWhatWaits() {
        isOpen();
        far.joins();
        far.sends(ack(1, 1).with(dss(), prio(true))).seesNothing();
        conn.write(60_000);
        assertThat(wifi.pending()).isPositive();
        far.seesNothing();
        far.sends(ack(1, 1).with(dss(), prio(false)));
        assertThat(far.pending()).as("segments on what was a backup").isPositive();
        discardAll();
    }

    /** Only a pure ACK leaves by the path itself, which asks for no data of its own accord. */
    @Test
    @Rfc({"8684", "3.3.8"})
    void aBackupThatTheHostMakesRegularTakesWhatWaits() throws Exception {
        isConnected();
        endpoint(1, SUBFLOW | BACKUP);
        lte.isJoined();
        conn.write(60_000);
        assertThat(wifi.pending()).isPositive();
        lte.seesNothing();
        core().mptcp().hostPaths().endpoints().change(1, 0);
        flushed();
        assertThat(lte.pending()).as("more than the ACK with MP_PRIO").isGreaterThan(1);
        discardAll();
    }

    /** What is full is the regular path; the word comes by that one, and the path that has room hears nothing. */
    @Test
    @Rfc({"8684", "3.3.8"})
    void aBackupTakesWhatWaitsWhenTheOnlyRegularPathBecomesOneToo() {
        isOpen();
        far.joins();
        far.sends(ack(1, 1).with(dss(), prio(true))).seesNothing();
        conn.write(60_000);
        assertThat(wifi.pending()).isPositive();
        far.seesNothing();
        wifi.sends(ack(11, 1).with(dss(), prio(true)));
        assertThat(far.pending()).as("segments on the other backup").isPositive();
        discardAll();
    }

    @Test
    @Rfc({"8684", "3.3.8"})
    void thePeerMakesAPathABackupAndARegularOneAgain() {
        isOpen();
        far.joins();
        far.sends(ack(1, 1).with(dss(), prio(true))).seesNothing();
        for (int i = 0; i < 5; i++) {
            conn.write(1_000);
            wifi.sees(data(1 + 1_000 * i, 1_001 + 1_000 * i)).sends(ack(11, 1_001 + 1_000 * i));
        }
        far.seesNothing();
        assertThat(counter("MPTcpExtMPPrioRx")).isEqualTo(1);
        wifi.sends(ack(11, 5_001).with(dss(), prio(true)));
        far.sends(ack(1, 1).with(dss(), prio(false)));
        conn.write(1_000);
        far.sees(data(1, 1_001).with(map(5_001, 1, 1_000))).sends(ack(1, 1_001));
        wifi.seesNothing();
    }

    @Test
    @Rfc({"8684", "3.3.8"})
    void theHostTellsThatAPathIsABackupNow() throws Exception {
        isConnected();
        endpoint(1, SUBFLOW);
        lte.isJoined();
        core().mptcp().hostPaths().endpoints().change(1, BACKUP);
        flushed();
        lte.sees(ack(1, 1).with(prio(true)));
        wifi.seesWhatever();
        assertThat(counter("MPTcpExtMPPrioTx")).isEqualTo(1);
    }

    @Test
    void noMoreSubflowsAreOpenedThanTheLimitSays() {
        isConnected();
        mayHaveSubflows(1);
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join()));
        endpoint(2, SUBFLOW);
        joinedPath("third", 2, 0, PEER_PORT, 0).seesNothing();
    }

    @Test
    void noMoreSubflowsAreTakenThanTheLimitSays() {
        isOpen();
        mayHaveSubflows(1);
        far.joins();
        Path more = path("more", 0, 2, PEER_PORT + 7, 9);
        more.sends(more.fullSyn().with(join()));
        assertThat(more.next().hasFlags(dev.braid.fastpath.wire.Tcp.RST)).as("a reset").isTrue();
    }
}
