package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.fail;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.script.Seg;
import dev.braid.testing.Rfc;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A failed checksum on the only path, whose MP_FAIL the peer does not answer (RFC 8684 section 3.7). */
class ChecksumFailureScriptTest extends TwoPathScript {
    private static final int SEGMENT = 1_000;

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void whatAPeerSendsInsteadOfAnAnswerIsBounded(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        int frames = framesInUse();
        first.sends(data(11, 111).with(map(11, 11, 100).checksum(0x1234))).seesWhatever();
        int buffer = connection().receiveBufferSize();
        int seq = 111;
        boolean reset = false;
        while (!reset && seq < 4 * buffer) {
            first.sends(data(seq, seq + SEGMENT).with(map(seq, seq, SEGMENT)));
            seq += SEGMENT;
            while (!reset && first.pending() > 0) {
                Seg answer = first.next();
                reset = answer.hasFlags(Tcp.RST);
            }
        }
        assertThat(reset).as("reset").isTrue();
        assertThat(seq).as("taken before").isBetween(buffer / 2, buffer + 2 * SEGMENT + 111);
        conn.readsNothing();
        assertThat(framesInUse()).as("frames").isLessThanOrEqualTo(frames + 1);
        assertThat(counter("MPTcpExtFallbackFailed")).isEqualTo(1);
    }

    /** The peer knows of no other subflow when it says that it goes on with this one alone. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aPathThatJoinsBeforeTheAnswerIsLetGo(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 100).checksum(0x1234))).seesWhatever();
        far.joins();
        first.sends(ack(111, 1).with(dss().ack(1), fail(1)));
        assertThat(far.next().hasFlags(Tcp.RST)).as("a reset of the path that joined").isTrue();
        goesOn();
        assertThat(counter("MPTcpExtFallbackFailed")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void aPathThatJoinsBeforeTheInfiniteMappingIsLetGo(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 100).checksum(0x1234))).seesWhatever();
        far.joins();
        first.sends(data(111, 211).with(map(11, 11, 0).checksum(0)));
        assertThat(far.next().hasFlags(Tcp.RST)).as("a reset of the path that joined").isTrue();
        mp.fellBack();
        first.seesWhatever();
        conn.reads(200);
        assertThat(counter("MPTcpExtFallbackFailed")).isZero();
    }

    /** But where that one brought something, nobody knows what the bytes of this one are. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.7"})
    void noAnswerIsBelievedOnceTheOtherPathBroughtData(Role role) {
        mp.demandsChecksums();
        isOpen(role);
        first.sends(data(11, 111).with(map(11, 11, 100).checksum(0x1234))).seesWhatever();
        far.joins();
        far.sends(data(1, 101).with(map(11, 1, 100))).sees(ack(1, 101).with(dss().ack(111)));
        conn.reads(100);
        first.sends(ack(111, 1).with(dss().ack(1), fail(1)));
        assertThat(first.next().hasFlags(Tcp.RST)).as("a reset").isTrue();
        assertThat(counter("MPTcpExtFallbackFailed")).isEqualTo(1);
        far.sends(data(101, 201).with(map(111, 101, 100))).sees(ack(1, 201).with(dss().ack(211)));
        conn.reads(100);
    }

    private void goesOn() {
        mp.fellBack();
        first.seesWhatever();
        conn.reads(100);
        first.sends(data(111, 211).bare()).seesWhatever();
        conn.reads(100);
    }
}
