package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.RecoveryState;
import dev.braid.stack.tcp.TcbProbe;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** SYNs that were sent again: what the timeouts of a handshake mean to the data behind it. */
class LateHandshakeScriptTest extends Script {
    @Test
    @Rfc({"6928", "2"})
    void oneTimeoutOfTheSynLeavesTheInitialWindow() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        after(1_000);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1));
        conn.write(12_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        assertThat(TcbProbe.recoveryState(conn.tcb())).isEqualTo(RecoveryState.OPEN);
        peer.sends(ack(1, 10_001)).seesWhatever();
        peer.sends(ack(1, 12_001));
    }

    @Test
    @Rfc({"6928", "2"})
    @Rfc({"5681", "3.1"})
    void twoTimeoutsOfTheSynShrinkTheInitialWindowToOneSegment() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        after(1_000);
        peer.sees(syn(0));
        after(2_000);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1));
        conn.write(12_000);
        peer.sees(data(1, 1_001)).seesNothing();
        peer.sends(ack(1, 1_001)).seesWhatever();
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    @Rfc({"3522", "3.2"})
    void timeoutsOfASynThatWasOnlyLateLeaveTheInitialWindow() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0).ts(0, 0));
        after(1_000);
        peer.sees(syn(0).ts(1_000, 0));
        after(2_000);
        peer.sees(syn(0).ts(3_000, 0));
        after(200);
        peer.sends(synAck(0, 1).mss(1_012).ts(5_000, 0)).sees(ack(1, 1));
        assertThat(conn.tcb().srttNs()).as("the first SYN's round trip").isBetween(3_190_000_000L, 3_210_000_000L);
        conn.write(12_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    @Rfc({"5681", "3.1"})
    void anEchoOfALaterSynShrinksIt() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        after(1_000);
        peer.sees(syn(0));
        after(2_000);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_012).ts(5_000, 3_000)).sees(ack(1, 1));
        conn.write(12_000);
        peer.sees(data(1, 1_001)).seesNothing();
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    @Rfc({"3522", "3.2"})
    void timeoutsOfASynAckThatWasOnlyLateLeaveTheInitialWindow() {
        host.listen();
        peer.sends(syn(0).mss(1_012).ts(1_000, 0)).sees(synAck(0, 1));
        after(1_000);
        peer.sees(synAck(0, 1));
        after(2_000);
        peer.sees(synAck(0, 1)).sends(ack(1, 1).ts(4_100, 0));
        Conn conn = host.accept().write(12_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    @Rfc({"6298", "5", "5.7"})
    void afterALostSynDataStartsWithThreeSeconds() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        after(1_000);
        peer.sees(syn(0)).sends(synAck(0, 1).mss(1_000)).sees(ack(1, 1));
        assertThat(conn.tcb().rtoNs()).isEqualTo(3_000_000_000L);
    }
}
