package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Flow control both ways (RFC 9293 section 3.8.6). */
class WindowScriptTest extends Script {
    private static final int BUFFER = 10_000;

    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    /** A host that offers only {@value #BUFFER} bytes. */
    private Conn withSmallBuffer() {
        host.listen(1, options -> options.tcp.receiveBuffer = BUFFER);
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    // Sending.

    @Test
    @Rfc({"9293", "3.8.6"})
    void nothingIsSentBeyondThePeersWindow() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(3_000));
        conn.write(5_000);
        peer.sees(burst(1, 3_001, 1_000)).seesNothing();
        peer.sends(ack(1, 3_001).win(3_000)).sees(burst(3_001, 5_001, 1_000)).sends(ack(1, 5_001));
    }

    @Test
    @Rfc({"9293", "3.8.6.1", "MUST-35"})
    @Rfc({"9293", "3.8.6.1", "MUST-36"})
    @Rfc({"9293", "3.8.6.1", "SHLD-29"})
    @Rfc({"9293", "3.8.6.1", "SHLD-30"})
    void zeroWindowIsProbedWithBackoff() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(0));
        conn.write(2_000);
        peer.seesNothing();
        for (int timeout = 200; timeout <= 3_200; timeout *= 2) {
            after(timeout);
            assertThat(peer.next().seq).as("a probe after %d ms", timeout).isLessThanOrEqualTo(1);
            peer.sends(ack(1, 1).win(0)).seesNothing();
        }
        peer.sends(ack(1, 1).win(5_000)).sees(data(1, 1_001), data(1_001, 2_001)).sends(ack(1, 2_001));
    }

    @Test
    @Rfc({"9293", "3.8.6.1", "MUST-37"})
    void aPeerThatAnswersProbesIsNeverGivenUp() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(0));
        conn.write(2_000);
        for (int minute = 0; minute < 120; minute++) {
            afterWhatever(60_000);
            if (peer.pending() > 0) {
                peer.seesWhatever().sends(ack(1, 1).win(0));
            }
        }
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(ack(1, 1).win(5_000)).sees(data(1, 1_001), data(1_001, 2_001)).sends(ack(1, 2_001));
    }

    @Test
    void anUnansweredProbeGivesUpInTheEnd() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(0));
        conn.write(2_000);
        for (int minute = 0; minute < 60; minute++) {
            afterWhatever(60_000);
        }
        peer.seesWhatever();
        conn.isIn(TcpState.CLOSED);
    }

    @Test
    @Rfc({"9293", "3.8.6.1"})
    void aFinWaitsBehindAZeroWindow() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(0));
        conn.write(500).finish();
        peer.seesNothing();
        peer.sends(ack(1, 1).win(1_000)).sees(data(1, 501).fin()).sends(ack(1, 502));
    }

    @Test
    @Rfc({"9293", "3.8.6.2.1", "MUST-38"})
    void aSenderAvoidsSillyWindows() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(10_000));
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        peer.sends(ack(1, 10_001).win(300)).seesNothing();
        peer.sends(ack(1, 10_001).win(999)).seesNothing();
        peer.sends(ack(1, 10_001).win(1_000)).sees(data(10_001, 11_001)).seesNothing();
        peer.sends(ack(1, 11_001).win(30_000)).seesWhatever();
        peer.sends(ack(1, 20_001)).seesWhatever();
    }

    @Test
    @Rfc({"9293", "3.8.6.2.1"})
    void aSmallWindowIsUsedWhenItStaysSmall() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(300));
        conn.write(1_000);
        afterWhatever(1_000);
        Seg first = peer.next();
        assertThat(first.seq).isEqualTo(1);
        assertThat(first.length()).isBetween(1, 300);
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    @Rfc({"9293", "3.8.6", "MUST-34"})
    void aWindowThatShrinksDoesNotBreakTheSender() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(5_000));
        conn.write(8_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 1_001).win(1_000)).seesNothing();
        peer.sends(ack(1, 2_001).win(10_000)).sees(data(5_001, 6_001)).seesWhatever();
        peer.sends(ack(1, 8_001)).seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    @Rfc({"9293", "3.10.7.4"})
    void anOldSegmentDoesNotUpdateTheWindow() {
        Conn conn = established();
        peer.sends(data(1, 101).win(5_000)).seesWhatever();
        assertThat(conn.tcb().sndWnd()).isEqualTo(5_000);
        peer.sends(data(1, 101).win(9_000)).seesWhatever();
        assertThat(conn.tcb().sndWnd()).isEqualTo(5_000);
        conn.reads(100);
    }

    @Test
    void aNewAckUpdatesTheWindowThoughItsSegmentIsAnOldOne() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(5_000));
        conn.write(12_000);
        peer.sees(burst(1, 5_001, 1_000)).seesNothing();
        // The peer's data at 1 is lost, what is behind it brings the ACKs; then the data comes with an ACK and a window of its own.
        peer.sends(data(1_001, 2_001).acking(2_001).win(5_000)).seesWhatever();
        peer.sends(data(1, 1_001).acking(5_001).win(3_000));
        assertThat(conn.tcb().sndWnd()).isEqualTo(3_000);
        peer.sees(data(7_001, 8_001)).seesWhatever();
        peer.sends(ack(2_001, 12_001).win(5_000)).seesWhatever();
        conn.reads(2_000);
    }

    // Receiving.

    @Test
    void theWindowIsTheBufferLessWhatIsUnread() {
        Conn conn = withSmallBuffer();
        peer.sends(data(1, 1_001)).sees(ack(1, 1_001).win(BUFFER - 1_000));
        peer.sends(data(1_001, 2_001)).sees(ack(1, 2_001).win(BUFFER - 2_000));
        conn.reads(2_000);
        peer.seesWhatever();
        peer.sends(data(2_001, 3_001)).sees(ack(1, 3_001).win(BUFFER - 1_000));
        conn.reads(1_000);
        peer.seesWhatever();
    }

    @Test
    @Rfc({"9293", "3.8.6", "MUST-33"})
    void theRightEdgeNeverMovesBack() {
        Conn conn = withSmallBuffer();
        int edge = 0;
        for (int i = 0; i < 10; i++) {
            peer.sends(data(1 + 1_000 * i, 1_001 + 1_000 * i));
            Seg answer = peer.next();
            assertThat(answer.ack + answer.win).as("right edge").isGreaterThanOrEqualTo(edge);
            edge = answer.ack + answer.win;
        }
        assertThat(edge).isEqualTo(10_001);
        conn.reads(10_000);
        peer.seesWhatever();
    }

    @Test
    void dataBeyondTheWindowIsNotTaken() {
        Conn conn = withSmallBuffer();
        peer.sends(burst(1, 10_001, 1_000)).seesWhatever();
        peer.sends(data(10_001, 11_001)).sees(ack(1, 10_001).win(0));
        conn.reads(10_000).readsNothing();
        peer.seesWhatever();
    }

    @Test
    void aProbeOfAClosedWindowIsAnswered() {
        Conn conn = withSmallBuffer();
        peer.sends(burst(1, 10_001, 1_000)).seesWhatever();
        peer.sends(ack(10_000, 1)).sees(ack(1, 10_001).win(0));
        peer.sends(data(10_001, 10_002)).sees(ack(1, 10_001).win(0));
        conn.reads(10_000);
        peer.sees(ack(1, 10_001).win(BUFFER));
        peer.sends(data(10_001, 11_001)).sees(ack(1, 11_001));
        conn.reads(1_000);
        peer.seesWhatever();
    }

    @Test
    @Rfc({"9293", "3.8.6.2.2", "MUST-39"})
    void aReceiverAvoidsSillyWindows() {
        Conn conn = withSmallBuffer();
        peer.sends(burst(1, 10_001, 1_000)).seesWhatever();
        conn.reads(100);
        peer.seesNothing();
        conn.reads(800);
        peer.seesNothing();
        peer.sends(ack(10_000, 1)).sees(ack(1, 10_001).win(0));
        conn.reads(4_100);
        peer.sees(ack(1, 10_001).win(5_000)).seesNothing();
        conn.reads(5_000);
        peer.seesWhatever();
    }

    @Test
    void readingFromALargeWindowSaysNothing() {
        Conn conn = established();
        for (int i = 0; i < 8; i++) {
            peer.sends(data(1 + 1_000 * i, 1_001 + 1_000 * i)).sees(ack(1, 1_001 + 1_000 * i));
            conn.reads(1_000);
            peer.seesNothing();
        }
    }
}
