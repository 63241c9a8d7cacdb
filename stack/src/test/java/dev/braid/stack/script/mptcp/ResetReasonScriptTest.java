package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.join;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static dev.braid.stack.script.mptcp.MpOption.tcprst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the host says in MP_TCPRST, and what it does about what it is told there (RFC 8684 section 3.6). */
class ResetReasonScriptTest extends TwoPathScript {
    private void firstPathGoesOn() {
        first.sends(data(11, 111).with(map(11, 11, 100))).sees(ack(1, 111));
        conn.reads(100);
        assertThat(counter("MPTcpExtMPRstTx")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.6"})
    void aMiddleboxThatTakesMappingsOffIsNamed(Role role) {
        hasTwoPaths(role);
        second.sends(data(1, 101).bare()).sees(rstAck(1, 101).with(tcprst(6).lastingFailure())).seesNothing();
        assertThat(counter("MPTcpExtDSSCorruptionReset")).isEqualTo(1);
        firstPathGoesOn();
    }

    /** "For example, this may be sent if the checksum does not validate." */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.6"})
    void aMiddleboxThatChangesPayloadIsNamed(Role role) {
        mp.demandsChecksums();
        hasTwoPaths(role);
        second.sends(data(1, 101).with(map(11, 1, 100).checksum(0x1234)));
        second.sees(rstAck(1, 101).with(fail(11), tcprst(6).lastingFailure())).seesNothing();
        firstPathGoesOn();
    }

    /** "An error has been detected in the processing of MPTCP options." */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.6"})
    void aMappingThatContradictsItsSubflowIsAnErrorOfOptions(Role role) {
        hasTwoPaths(role);
        second.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101));
        second.sends(data(101, 201).with(map(111, 1, 100)));
        second.sees(rstAck(1, 201).with(tcprst(1).lastingFailure())).seesNothing();
        conn.reads(100);
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.6"})
    void aRefusalThatPassesIsTriedAgain(Role role) {
        isOpen(role);
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join())).sends(rstAck(0, 1).with(tcprst(2).transientFailure())).seesNothing();
        Path again = joinedPath("again", 1, 0, PEER_PORT, 0);
        second = again;
        afterWhatever(160);
        isJoined(again);
        assertThat(counter("MPTcpExtMPRstRx")).isEqualTo(1);
        conn.write(100);
        again.sees(data(1, 101).with(map(1, 1, 100))).sends(ack(1, 101));
    }

    /** "If the error condition is considered to be Permanent, the receiver of the RST segment SHOULD NOT try to re-establish". */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.6"})
    void aFinalRefusalIsNotTriedAgain(Role role) {
        isOpen(role);
        endpoint(1, SUBFLOW);
        lte.sees(syn(0).with(join())).sends(rstAck(0, 1).with(tcprst(2).lastingFailure())).seesNothing();
        afterWhatever(60_000);
        assertThat(counter("MPTcpExtMPJoinSynTx")).isEqualTo(1);
        wifi.seesNothing();
    }
}
