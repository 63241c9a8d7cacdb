package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** {@code net.ipv4.tcp_recovery=0}: loss is told by what lies above a hole (RFC 6675), and no probes ({@code tcp_early_retrans=0}). */
class WithoutRackScriptTest extends Script {
    @Override
    protected void config(TcpConfig config) {
        config.recovery = 0;
        config.earlyRetrans = 0;
    }

    private Conn withSack() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"2018", "5"})
    @Rfc({"6675", "4"})
    void whatWasSackedIsNotSentAgain() {
        Conn conn = withSack();
        conn.write(8_000);
        peer.sees(burst(1, 8_001, 1_000));
        // Lost: 1-1001 and 4001-5001.
        peer.sends(ack(1, 1).sack(1_001, 2_001)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 3_001)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 1).sack(5_001, 6_001, 1_001, 4_001));
        peer.sends(ack(1, 1).sack(5_001, 7_001, 1_001, 4_001));
        peer.sends(ack(1, 1).sack(5_001, 8_001, 1_001, 4_001));
        peer.sees(data(4_001, 5_001)).seesNothing();
        peer.sends(ack(1, 4_001).sack(5_001, 8_001)).seesNothing();
        peer.sends(ack(1, 8_001)).seesNothing();
        assertThat(conn.tcb().retransmits()).isEqualTo(2);
    }

    @Test
    @Rfc({"6675", "5"})
    void oneSackOfThreeSegmentsIsEnough() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1).sack(1_001, 4_001)).sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    @Rfc({"6675", "5.1"})
    void aTimeoutResendsWhatWasNotSackedAndSkipsTheRest() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1).sack(2_001, 3_001)).seesNothing();
        afterWhatever(250);
        peer.sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 1_001).sack(2_001, 3_001)).sees(data(1_001, 2_001), data(3_001, 4_001)).seesNothing();
        peer.sends(ack(1, 4_001)).sees(data(4_001, 5_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    void aLostRetransmissionIsLeftToTheTimeout() {
        Conn conn = withSack();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1).sack(1_001, 5_001)).sees(data(1, 1_001)).seesNothing();
        afterWhatever(250);
        peer.sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 5_001)).seesNothing();
    }
}
