package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.seg;
import static dev.braid.stack.script.Seg.synAck;
import static dev.braid.stack.script.mptcp.MpOption.capable;
import static dev.braid.stack.script.mptcp.MpOption.dataFin;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.fastclose;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.prio;
import static dev.braid.stack.script.mptcp.MpOption.removeAddr;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Segments of which it is in doubt whether the peer sent them: "as with all MPTCP signals, the receiver MUST undertake standard TCP
 * validity checks, e.g., per RFC 5961" (RFC 8684 section 3.4.1), before an option is believed; and what an option proves by itself.
 */
class ForgeryScriptTest extends TwoPathScript {
    private static final int NEVER_SENT = 1_000_000;

    @ParameterizedTest
    @EnumSource
    @Rfc({"5961", "5.2"})
    @Rfc({"8684", "3.4.1"})
    void noOptionIsBelievedThatComesWithAWrongAcknowledgementNumber(Role role) {
        hasTwoPaths(role);
        first.sends(ack(11, NEVER_SENT).with(dataFin(5_000))).seesWhatever();
        first.sends(ack(11, NEVER_SENT).with(dss().ack(1), fail(1))).seesWhatever();
        first.sends(ack(11, NEVER_SENT).with(removeAddr(1))).seesWhatever();
        first.sends(ack(11, NEVER_SENT).with(prio(true))).seesWhatever();
        goesOnToItsRealEnd();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"9293", "3.10.7.4"})
    @Rfc({"8684", "3.4.1"})
    void noOptionIsBelievedThatComesWithoutAnAcknowledgement(Role role) {
        hasTwoPaths(role);
        first.sends(seg(0, 11, 11).with(dataFin(5_000))).seesNothing();
        first.sends(seg(0, 11, 11).with(dss().ack(1), fail(1))).seesNothing();
        first.sends(seg(0, 11, 11).with(removeAddr(1))).seesNothing();
        goesOnToItsRealEnd();
    }

    private void goesOnToItsRealEnd() {
        second.seesNothing();
        assertThat(counter("MPTcpExtMPFailRx")).isZero();
        assertThat(counter("MPTcpExtRmAddr")).isZero();
        assertThat(counter("MPTcpExtMPPrioRx")).isZero();
        second.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        first.sends(data(11, 21).with(map(111, 11, 10))).sees(ack(1, 21).with(dss().ack(121)));
        conn.reads(110);
        first.sends(ack(21, 1).with(dataFin(121))).sees(ack(1, 21).with(dss().ack(122)));
        conn.readsEnd();
    }

    /** Else one forged segment without options makes a connection plain for good while its handshake goes on. */
    @Test
    @Rfc({"9293", "3.10.7.4"})
    void noThirdPacketIsBelievedWithAWrongAcknowledgementNumber() {
        host.listen();
        wifi.sends(wifi.fullSyn().with(capable())).sees(synAck(0, 1).with(capable().key()));
        wifi.sends(ack(1, NEVER_SENT).bare()).sees(rst(NEVER_SENT));
        wifi.sends(ack(1, 1).with(capable().keys()));
        conn = accepts();
        wifi.sends(data(1, 11).with(capable().keys().length(10))).sees(ack(1, 11).with(dss().ack(11)));
        conn.reads(10);
        assertThat(counter("MPTcpExtMPCapableFallbackACK")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"9293", "3.10.7.4"})
    void noThirdPacketOfAJoinIsRefusedForAWrongAcknowledgementNumber(Role role) {
        isOpen(role);
        far.sends(far.fullSyn().with(join())).sees(synAck(0, 1).with(join()));
        far.sends(ack(1, NEVER_SENT).bare()).sees(rst(NEVER_SENT));
        far.sends(ack(1, 1).with(join())).sees(ack(1, 1));
        assertThat(counter("MPTcpExtMPJoinAckRx")).isEqualTo(1);
    }

    /** Data is missing before it, so that its number is not the next: "upon receipt of a RST with MP_FASTCLOSE, containing the valid key". */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.5"})
    void aFastCloseProvesWhoseResetItIs(Role role) {
        hasTwoPaths(role);
        first.sends(data(111, 211).with(map(111, 111, 100))).seesWhatever();
        first.sends(rstAck(211, 1).with(fastclose()));
        assertThat(second.next().hasFlags(Tcp.RST)).as("a reset by the other path").isTrue();
        conn.readFails(Errno.ECONNRESET);
        first.seesNothing();
        assertThat(counter("MPTcpExtMPFastcloseRx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"5961", "3.2"})
    void aFastCloseWithAnotherKeyProvesNothing(Role role) {
        hasTwoPaths(role);
        first.sends(rstAck(211, 1).with(fastclose().key(mp.hostKey() + 1))).sees(ack(1, 11));
        second.seesNothing();
        first.sends(data(11, 21).with(map(11, 11, 10))).sees(ack(1, 21).with(dss().ack(21)));
        conn.reads(10);
        assertThat(counter("MPTcpExtMPFastcloseRx")).isZero();
    }
}
