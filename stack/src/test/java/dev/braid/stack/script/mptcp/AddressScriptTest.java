package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.mptcp.MpOption.addAddr;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.prio;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.braid.stack.script.ExtraOption;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Addresses told, echoed, used and taken back, and priorities (RFC 8684 sections 3.3.8 and 3.4). */
class AddressScriptTest extends TwoPathScript {
    private static final int TOLD_ID = 5;

    /** The second path goes to an address of the peer's that the host was told. */
    private void hasPathToToldAddress(Role role) {
        isOpen(role);
        second = joinedPath("told", 1, 1, PEER_PORT, TOLD_ID);
        first.sends(ack(11, 1).with(addAddr(TOLD_ID, peerAddress(1))));
        first.sees(ack(1, 11).with(addAddr(TOLD_ID, peerAddress(1)).echo())).seesNothing();
        isJoined(second);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void aSignalledAddressIsToldAndTheEchoEndsIt(Role role) {
        isOpen(role);
        // Its HMAC is looked at wherever an ADD_ADDR is seen.
        endpoint(1, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
        afterWhatever(300_000);
        first.seesNothing();
        assertThat(counter("MPTcpExtAddAddrTx")).isEqualTo(1);
        assertThat(counter("MPTcpExtEchoAdd")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressThatIsNotEchoedIsToldAgain(Role role) {
        isOpen(role);
        endpoint(1, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        // After the longest RTO of its subflows, then twice as long, three times in all.
        for (int i = 0; i < 3; i++) {
            afterWhatever((FIRST_RTO_MS + 1L) << i);
            first.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        }
        afterWhatever(300_000);
        first.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anEchoOfSomethingElseDoesNotEndTheTelling(Role role) {
        isOpen(role);
        endpoint(1, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
        first.sends(ack(11, 1).with(addAddr(2, hostAddress(1)).echo()));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(2)).echo()));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).port(9_999).echo())).seesNothing();
        afterWhatever(FIRST_RTO_MS + 1);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1)))).seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void aPortMayBeTold(Role role) {
        isOpen(role);
        endpoint(1, 9_999, SIGNAL);
        // An IPv6 address with a port and its proof has 30 bytes: beside timestamps there is room for that and nothing else.
        first.sees(ack(1, 11).ts().with(addAddr(1, hostAddress(1)).port(9_999)).lacks(MpOption.MP_PRIO));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).port(9_999).echo())).seesNothing();
        Path there = path("there", 1, 1, PEER_PORT + 5, 1);
        there.hostPort(9_999);
        there.joins();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void severalAddressesAreToldWithoutWaiting(Role role) {
        isOpen(role);
        endpoint(1, SIGNAL);
        endpoint(2, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
        // Not an echo is waited for, but a moment, so that two ACKs alike are no sign of loss.
        afterWhatever(2 * FIRST_RTT_MS);
        first.sees(ack(1, 11).with(addAddr(2, hostAddress(2))));
        first.sends(ack(11, 1).with(addAddr(2, hostAddress(2)).echo()));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void aToldAddressIsEchoedAndJoined(Role role) {
        hasPathToToldAddress(role);
        second.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100);
        assertThat(counter("MPTcpExtAddAddr")).isEqualTo(1);
        assertThat(counter("MPTcpExtEchoAddTx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void severalAddressesThatAreToldAtOnceAreEchoedAndJoined(Role role) {
        isOpen(role);
        Path one = joinedPath("one", 1, 1, PEER_PORT, 5);
        Path other = joinedPath("other", 2, 2, PEER_PORT, 6);
        first.sendsTogether(
                ack(11, 1).with(addAddr(5, peerAddress(1))), ack(11, 1).with(addAddr(6, peerAddress(2))));
        one.sees(syn(0).with(join()));
        other.sees(syn(0).with(join()));
        // One ACK has room for two echoes of IPv4; else a moment lies between two that carry signals.
        afterWhatever(2 * FIRST_RTT_MS);
        var said = new ArrayList<ExtraOption>();
        while (first.pending() > 0) {
            said.addAll(first.next().extras());
        }
        assertThat(said).anyMatch(addAddr(5, peerAddress(1)).echo()::matches)
                .anyMatch(addAddr(6, peerAddress(2)).echo()::matches);
        assertThat(counter("MPTcpExtEchoAddTx")).isEqualTo(2);
        for (Path path : new Path[] {one, other}) {
            path.sends(path.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
            path.sends(ack(1, 1)).seesNothing();
        }
        assertThat(connection().subflows()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressThatIsToldTwiceAtOnceIsEchoedOnce(Role role) {
        isOpen(role);
        mayHaveSubflows(0);
        first.sendsTogether(ack(11, 1).with(addAddr(5, peerAddress(2))), ack(11, 1).with(addAddr(5, peerAddress(2))));
        first.sees(ack(1, 11).with(addAddr(5, peerAddress(2)).echo())).seesNothing();
        afterWhatever(100);
        first.seesNothing();
        assertThat(counter("MPTcpExtAddAddr")).isEqualTo(2);
        assertThat(counter("MPTcpExtEchoAddTx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void aToldPortIsJoined(Role role) {
        isOpen(role);
        Path other = joinedPath("other", 1, 1, 4_711, 5);
        first.sends(ack(11, 1).with(addAddr(5, peerAddress(1)).port(4_711)));
        first.sees(ack(1, 11).with(addAddr(5, peerAddress(1)).port(4_711).echo())).seesNothing();
        other.isJoined();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressWithAWrongProofIsIgnored(Role role) {
        isOpen(role);
        first.sends(ack(11, 1).with(addAddr(5, peerAddress(1)).wrongHmac())).seesNothing();
        afterWhatever(5_000);
        first.seesNothing();
    }

    /** "A host wishing to replace an existing Address ID MUST first remove the existing one", whichever option comes first. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressThatIsTakenBackAndToldInOneSegmentIsKnownAfterwards(Role role) {
        assumeTrue(variant().host.isIpv4(), "both fit one segment beside timestamps");
        hasPathToToldAddress(role);
        Path moved = joinedPath("moved", 2, 2, PEER_PORT, TOLD_ID);
        first.sends(ack(11, 1).with(removeAddr(TOLD_ID), addAddr(TOLD_ID, peerAddress(2))));
        first.sees(ack(1, 11).with(addAddr(TOLD_ID, peerAddress(2)).echo())).seesNothing();
        second.sees(octetProbe(1, 1));
        isJoined(moved);
        assertThat(counter("MPTcpExtAddAddrDrop")).isZero();
    }

    /** The peer is to have dealt with the one before the other comes: which it does first if both lie before it, none can know. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.1"})
    void anAddressIsToldAgainARoundTripAfterItWasTakenBack(Role role) throws Exception {
        isOpen(role);
        endpoint(1, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
        afterWhatever(1_000);
        core().mptcp().hostPaths().endpoints().remove(1);
        endpoint(1, SIGNAL);
        first.sees(ack(1, 11).with(removeAddr(1)).lacks(MpOption.ADD_ADDR)).seesNothing();
        afterWhatever(FIRST_RTT_MS - 1);
        first.seesNothing();
        afterWhatever(2);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1))).lacks(MpOption.REMOVE_ADDR)).seesNothing();
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
        afterWhatever(300_000);
        first.seesNothing();
    }

    /** So that its taking back, for which the path had no room yet, is never said. */
    @Test
    @Rfc({"8684", "3.4.1"})
    void anAddressThatIsJoinedBeforeItIsTakenBackIsToldAgainAllTheSame() throws Exception {
        isOpen(Role.SERVER);
        endpoint(1, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
        core().mptcp().hostPaths().endpoints().remove(1);
        endpoint(1, SIGNAL);
        first.seesNothing();
        path("there", 1, 1, PEER_PORT + 5, 1).joins();
        afterWhatever(2 * FIRST_RTT_MS);
        assertThat(counter("MPTcpExtRmAddrTx")).as("it is in use").isZero();
        first.sees(ack(1, 11).with(addAddr(1, hostAddress(1))));
        first.sends(ack(11, 1).with(addAddr(1, hostAddress(1)).echo())).seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void anAddressThatIsTakenBackTakesItsSubflowAlong(Role role) {
        hasPathToToldAddress(role);
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        first.sends(ack(11, 1).with(dss().ack(1), removeAddr(TOLD_ID)));
        // "The receipt of REMOVE_ADDR SHOULD first trigger the sending of a TCP keepalive on the path."
        second.sees(octetProbe(1, 1)).seesNothing();
        first.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(11, 1_001).with(dss().ack(1_001)));
        afterWhatever(1_000);
        second.sees(data(1, 1_001), rstAck(1_001, 1)).seesNothing();
        conn.write(500);
        first.sees(data(1_001, 1_501).with(map(1_001, 1_001, 500))).sends(ack(11, 1_501));
        assertThat(counter("MPTcpExtRmAddr")).isEqualTo(1);
    }

    /** "If a response is received, the path SHOULD NOT be removed." */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void anAddressThatIsTakenBackKeepsTheSubflowThatAnswers(Role role) {
        hasPathToToldAddress(role);
        first.sends(ack(11, 1).with(dss(), removeAddr(TOLD_ID)));
        second.sees(octetProbe(1, 1));
        after(SECOND_RTT_MS);
        second.sends(ack(1, 1));
        afterWhatever(10_000);
        second.seesNothing();
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000))).sends(ack(1, 1_001));
        first.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void anIdNobodyHasIsTakenBackWithoutEffect(Role role) {
        hasTwoPaths(role);
        first.sends(ack(11, 1).with(dss(), removeAddr(77)));
        second.seesNothing();
        first.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void anEndpointThatGoesIsTakenBack(Role role) {
        hasTwoPaths(role);
        noEndpoint(1);
        first.sees(ack(1, 11).with(removeAddr(1)));
        second.seesWhatever();
        first.seesNothing();
        assertThat(counter("MPTcpExtRmAddrTx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void thePeersFirstAddressIsNotJoinedOnceItIsTakenBack(Role role) {
        isOpen(role);
        first.sends(ack(11, 1).with(dss(), removeAddr(0))).seesWhatever();
        endpoint(1, SUBFLOW);
        lte.seesNothing();
        first.seesWhatever();
    }

    /** A moment lies between two ACKs that carry signals. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void whatAPathHadStillToTellAnotherTells(Role role) {
        hasTwoPaths(role);
        endpoint(2, SIGNAL);
        first.sees(ack(1, 11).with(addAddr(2, hostAddress(2)))).seesNothing();
        noEndpoint(2);
        first.seesNothing();
        second.seesNothing();
        first.sends(rst(11)).seesNothing();
        second.sees(ack(1, 1).with(removeAddr(2))).seesNothing();
    }

    /** What waits for room on the only regular path goes at once over one that has become regular. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.8"})
    void aBackupThatBecomesRegularTakesWhatWaits(Role role) {
        hasTwoPaths(role);
        second.sends(ack(1, 1).with(dss(), prio(true))).seesNothing();
        conn.write(60_000);
        assertThat(first.pending()).isPositive();
        second.seesNothing();
        second.sends(ack(1, 1).with(dss(), prio(false)));
        assertThat(second.pending()).as("segments on what was a backup").isPositive();
        discardAll();
    }

    /** Only a pure ACK leaves by the path itself, which asks for no data of its own accord. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.8"})
    void aBackupThatTheHostMakesRegularTakesWhatWaits(Role role) throws Exception {
        hasTwoPaths(role, BACKUP);
        conn.write(60_000);
        assertThat(first.pending()).isPositive();
        second.seesNothing();
        core().mptcp().hostPaths().endpoints().change(1, 0);
        flushed();
        assertThat(second.pending()).as("more than the ACK with MP_PRIO").isGreaterThan(1);
        discardAll();
    }

    /** What is full is the regular path; the word comes by that one, and the path that has room hears nothing. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.8"})
    void aBackupTakesWhatWaitsWhenTheOnlyRegularPathBecomesOneToo(Role role) {
        hasTwoPaths(role);
        second.sends(ack(1, 1).with(dss(), prio(true))).seesNothing();
        conn.write(60_000);
        assertThat(first.pending()).isPositive();
        second.seesNothing();
        first.sends(ack(11, 1).with(dss(), prio(true)));
        assertThat(second.pending()).as("segments on the other backup").isPositive();
        discardAll();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.8"})
    void thePeerMakesAPathABackupAndARegularOneAgain(Role role) {
        hasTwoPaths(role);
        second.sends(ack(1, 1).with(dss(), prio(true))).seesNothing();
        for (int i = 0; i < 5; i++) {
            conn.write(1_000);
            first.sees(data(1 + 1_000 * i, 1_001 + 1_000 * i)).sends(ack(11, 1_001 + 1_000 * i));
        }
        second.seesNothing();
        assertThat(counter("MPTcpExtMPPrioRx")).isEqualTo(1);
        first.sends(ack(11, 5_001).with(dss(), prio(true)));
        second.sends(ack(1, 1).with(dss(), prio(false)));
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(5_001, 1, 1_000))).sends(ack(1, 1_001));
        first.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.8"})
    void theHostTellsThatAPathIsABackupNow(Role role) throws Exception {
        hasTwoPaths(role);
        core().mptcp().hostPaths().endpoints().change(1, BACKUP);
        flushed();
        second.sees(ack(1, 1).with(prio(true)));
        first.seesWhatever();
        assertThat(counter("MPTcpExtMPPrioTx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void noMoreSubflowsAreOpenedThanTheLimitSays(Role role) {
        isOpen(role);
        mayHaveSubflows(1);
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join()));
        endpoint(2, SUBFLOW);
        joinedPath("third", 2, 0, PEER_PORT, 0).seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    void noMoreSubflowsAreTakenThanTheLimitSays(Role role) {
        isOpen(role);
        mayHaveSubflows(1);
        far.joins();
        Path more = path("more", 0, 2, PEER_PORT + 7, 9);
        more.sends(more.fullSyn().with(join()));
        assertThat(more.next().hasFlags(dev.braid.fastpath.wire.Tcp.RST)).as("a reset").isTrue();
    }
}
