package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.data;
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
}
