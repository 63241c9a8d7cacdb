package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.RecoveryState;
import dev.braid.stack.tcp.TcbProbe;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** A receiver that gives up what it had SACKed (RFC 2018 section 8). */
class RenegingScriptTest extends Script {
    private static final String RENEGING = "TcpExtTCPSACKReneging";

    private Conn sacked() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1).sack(2_001, 5_001));
        return conn;
    }

    @Test
    @Rfc({"2018", "8"})
    void whatWasSackedAndIsNotAcknowledgedIsSentAgainAfterAMoment() {
        Conn conn = sacked();
        peer.seesWhatever();
        peer.sends(ack(1, 2_001)).seesNothing();
        assertThat(counter(RENEGING)).isZero();
        after(10);
        peer.sees(data(2_001, 3_001)).seesNothing();
        assertThat(counter(RENEGING)).isEqualTo(1);
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.LOSS);
        peer.sends(ack(1, 3_001)).sees(data(3_001, 4_001), data(4_001, 5_001));
        peer.sends(ack(1, 5_001)).seesNothing();
    }

    @Test
    void aReceiverThatSaysMoreWithinTheMomentDidNotRenege() {
        Conn conn = sacked();
        peer.seesWhatever();
        peer.sends(ack(1, 2_001));
        after(5);
        peer.sends(ack(1, 5_001));
        after(1_000);
        peer.seesNothing();
        assertThat(counter(RENEGING)).isZero();
        assertThat(counter("TcpExtTCPTimeouts")).isZero();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.OPEN);
    }

    @Test
    void aReceiverThatRenegesAgainAndAgainIsServedAtThePaceOfItsAcks() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        conn.write(9_000);
        peer.sees(burst(1, 9_001, 1_000));
        long before = conn.tcb().retransmits();
        for (int i = 0; i < 8; i++) {
            int una = 1_000 * i + 1;
            peer.sends(ack(1, una).sack(una + 1_000, 9_001)).seesWhatever();
            peer.sends(ack(1, una + 1_000)).seesWhatever();
            // Each time the timer counts as a timeout: a segment leaves, and the next waits for an answer.
            afterWhatever(15);
            peer.seesWhatever();
        }
        assertThat(counter(RENEGING)).isBetween(1L, 8L);
        assertThat(conn.tcb().retransmits() - before).isLessThanOrEqualTo(3 * 8);
        assertThat(conn.tcb().cwnd()).isLessThanOrEqualTo(10_000);
        peer.sends(ack(1, 9_001)).seesNothing();
    }
}
