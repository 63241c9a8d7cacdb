package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Subflows that go before others come: the connection waits, and its subflows are opened anew. */
class BreakBeforeMakeScriptTest extends TwoPathScript {
    /** The host's address on its link {@code nic}, as the link has it. */
    private Prefix address(int nic) {
        return new Prefix(hostAddress(nic), hostAddress(nic).isIpv4() ? 24 : 64);
    }

    @Test
    @Rfc({"8684", "3.5"})
    void aServerHoldsAConnectionWithoutSubflowsForItsTime() {
        isOpen(Role.SERVER);
        wifi.sends(rst(11)).seesNothing();
        conn.readsNothing().write(100);
        after(59_900);
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, 1).with(join()));
        far.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
        far.sends(data(1, 31).with(map(11, 1, 30))).sees(ack(101, 31));
        conn.reads(30);
    }

    @Test
    @Rfc({"8684", "3.5"})
    void theTimeOfAConnectionWithoutSubflowsEnds() {
        isOpen(Role.SERVER);
        wifi.sends(rst(11)).seesNothing();
        after(60_000);
        conn.failedWith(Errno.ETIMEDOUT);
        far.sends(far.fullSyn().with(join())).sees(rstAck(0, 1));
    }

    @ParameterizedTest
    @EnumSource
    void theHoldTimeIsWhatTheTunableSays(Role role) {
        isOpen(role);
        connection().pathManagers("none");
        core().tunables().set("net.mptcp.close_timeout", "5");
        wifi.sends(rst(11)).seesNothing();
        after(4_999);
        conn.readsNothing();
        after(1);
        conn.failedWith(Errno.ETIMEDOUT);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAHoldTimeTheLastSubflowsEndIsTheConnections(Role role) {
        core().tunables().set("net.mptcp.close_timeout", "0");
        isOpen(role);
        wifi.sends(rst(11)).seesNothing();
        conn.failedWith(Errno.ETIMEDOUT);
    }

    @Test
    @Rfc({"8684", "3.5"})
    void aClientOpensItsOnlySubflowAnew() {
        isOpen(Role.CLIENT);
        Path again = joinedPath("again", 0, 0, PEER_PORT, 0);
        wifi.sends(rst(11)).seesNothing();
        conn.readsNothing().write(100);
        afterWhatever(160);
        again.sees(syn(0).with(join())).sends(again.fullSynAck().with(join())).sees(ack(1, 1).with(join()));
        again.sends(ack(1, 1)).sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
        again.sends(data(1, 31).with(map(11, 1, 30))).sees(ack(101, 31));
        conn.reads(30);
    }

    /** An answer of its own is not waited for as long as TCP would: a fresh SYN comes sooner than a repeated one. */
    @Test
    void aClientTriesAgainWithBackOff() {
        isOpen(Role.CLIENT);
        for (int i = 0; i < 90; i++) {
            joinedPath("try" + i, 0, 0, PEER_PORT, 0);
        }
        wifi.sends(rst(11)).seesNothing();
        afterWhatever(3_000);
        long soon = counter("MPTcpExtMPJoinSynTx");
        assertThat(soon).as("attempts in three seconds").isBetween(3L, 5L);
        afterWhatever(27_000);
        assertThat(counter("MPTcpExtMPJoinSynTx") - soon).as("attempts in the next half a minute").isLessThan(15);
        discardAll();
        afterWhatever(31_000);
        discardAll();
        conn.failedWith(Errno.ETIMEDOUT);
    }

    /** It may have forgotten the connection, and its resets of the other paths may be lost: whoever does not know them answers so. */
    @Test
    void aPeerThatRefusesAJoinIsAskedOnPathsItWasNotHeardOn() {
        hasTwoPaths(Role.CLIENT);
        core().onDevice(1, false, 1_500, nowNs());
        flushed();
        afterWhatever(20_000);
        first.seesWhatever();
        second.seesWhatever();
        Path again = joinedPath("again", 1, 0, PEER_PORT, 0);
        core().onDevice(1, true, 1_500, nowNs());
        flushed();
        again.sees(syn(0).with(join())).sends(rstAck(0, 1)).seesNothing();
        first.sees(probe(1, 11)).sends(rst(11)).seesNothing();
        assertThat(connection().subflows()).isZero();
    }

    @Test
    void aPeerThatRefusesAJoinIsNotAskedWhereItWasJustHeard() {
        hasTwoPaths(Role.CLIENT);
        Path again = joinedPath("again", 1, 0, PEER_PORT, 0);
        second.sends(rst(1));
        afterWhatever(160);
        again.sees(syn(0).with(join())).sends(rstAck(0, 1)).seesNothing();
        first.seesNothing();
    }

    /** The last path was ended here, and the peer never ends its own half: nothing can come of it, and no timer of TCP's runs. */
    @Test
    @Rfc({"8684", "3.5"})
    void aPathThatOnlyThePeerKeepsOpenDoesNotHoldTheConnection() {
        isOpen(Role.SERVER);
        wifi.sends(fin(11, 1)).sees(fin(1, 12)).sends(ack(12, 2)).seesNothing();
        conn.close();
        afterWhatever(61_000);
        wifi.seesWhatever();
        assertThat(counter("MPTcpExtMPCurrEstab")).isZero();
    }

    @Test
    void whatTheHostResetBecauseItWasSilentIsOpenedAnew() {
        hasTwoPaths(Role.CLIENT);
        second.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101)).dies();
        first.sends(data(11, 111).with(map(211, 11, 100))).sees(ack(1, 111));
        conn.reads(100);
        after(25);
        second.seesWhatever();
        first.seesWhatever();
        after(FIRST_RTT_MS);
        first.sends(ack(111, 1));
        after(15);
        first.sees(ack(1, 111).with(removeAddr(SECOND_ID)));
        second.seesWhatever();
        // Nobody answers the first attempts.
        Path lost = joinedPath("lost", 1, 0, PEER_PORT, 0);
        Path again = joinedPath("again", 1, 0, PEER_PORT, 0);
        afterWhatever(200);
        lost.sees(syn(0).with(join())).seesNothing();
        afterWhatever(1_000);
        lost.seesWhatever();
        isJoined(again);
        assertThat(counter("MptcpPathReopened")).isEqualTo(2);
        again.sends(data(1, 101).with(map(111, 1, 100))).sees(ack(1, 101));
        conn.reads(200);
    }

    @Test
    void anAddressThatIsLostIsTakenBackAndJoinedFromAgainWhenItReturns() {
        hasTwoPaths(Role.CLIENT);
        core().onAddresses(1, List.of(), nowNs());
        flushed();
        first.sees(ack(1, 11).with(removeAddr(SECOND_ID)));
        second.seesWhatever();
        afterWhatever(5_000);
        first.seesNothing();
        Path again = joinedPath("again", 1, 0, PEER_PORT, 0);
        core().onAddresses(1, List.of(address(1)), nowNs());
        flushed();
        isJoined(again);
    }

    /** Nobody could be told that it was gone; to tell it now would cost the very subflow that shows it is not. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.4.2"})
    void anAddressThatIsBackIsNotTakenBackFromThePathThatReturnsWithIt(Role role) {
        isOpen(role);
        core().onAddresses(0, List.of(), nowNs());
        flushed();
        wifi.seesWhatever();
        afterWhatever(5_000);
        Path again = role == Role.CLIENT
                ? joinedPath("again", 0, 0, PEER_PORT, 0)
                : path("again", 0, 0, PEER_PORT + 1, 0);
        core().onAddresses(0, List.of(address(0)), nowNs());
        flushed();
        if (role == Role.CLIENT) {
            isJoined(again);
        } else {
            joins(again);
        }
        assertThat(counter("MPTcpExtRmAddrTx")).isZero();
    }

    /** The path that ends may not live to see it said again when it is lost. */
    @Test
    @Rfc({"8684", "3.4.2"})
    void theFirstAddressIsTakenBackOverThePathThatStays() {
        endpoint(0, SUBFLOW);
        hasTwoPaths(Role.CLIENT);
        noEndpoint(0);
        second.sees(ack(1, 1).with(removeAddr(0))).seesNothing();
        first.sees(fin(1, 11).lacks(MpOption.REMOVE_ADDR)).seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    void aLinkThatGoesDownIsToldAndWhatItCarriedGoesByTheOther(Role role) {
        hasTwoPaths(role);
        conn.write(1_000);
        second.sees(data(1, 1_001).with(map(1, 1, 1_000)));
        core().onDevice(1, false, 1_500, nowNs());
        flushed();
        first.sees(ack(1, 11).with(removeAddr(SECOND_ID)), data(1, 1_001).with(map(1, 1, 1_000)));
        first.sends(ack(11, 1_001));
        second.seesWhatever();
        assertThat(conn.socket().connection().sendQueued()).isZero();
    }

    @Test
    void aLinkThatReturnsIsJoinedFromAtOnce() {
        hasTwoPaths(Role.CLIENT);
        core().onDevice(1, false, 1_500, nowNs());
        flushed();
        afterWhatever(5_000);
        first.seesWhatever();
        second.seesWhatever();
        Path again = joinedPath("again", 1, 0, PEER_PORT, 0);
        core().onDevice(1, true, 1_500, nowNs());
        flushed();
        isJoined(again);
    }
}
