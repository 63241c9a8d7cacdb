package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Resets given and taken, and the attacks of RFC 5961. */
class ResetScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    // Resets given (RFC 9293 section 3.10.7.1).

    @Test
    @Rfc({"9293", "3.10.7.1"})
    void aSynToAClosedPortIsReset() {
        peer.sends(syn(0)).sees(rstAck(0, 1)).seesNothing();
    }

    @Test
    @Rfc({"9293", "3.10.7.1"})
    void dataWithoutAnAckToAClosedPortIsResetBehindIt() {
        peer.sends(Seg.seg(0, 1, 101)).sees(rstAck(0, 101)).seesNothing();
    }

    @Test
    @Rfc({"9293", "3.10.7.1"})
    void anAckToAClosedPortIsResetAtItsNumber() {
        peer.sends(ack(1, 77)).sees(rst(77)).seesNothing();
        peer.sends(fin(1, 78)).sees(rst(78)).seesNothing();
        peer.sends(data(1, 101).acking(79)).sees(rst(79)).seesNothing();
    }

    @Test
    @Rfc({"9293", "3.10.7.1"})
    void aResetIsNeverAnswered() {
        peer.sends(rst(1), rstAck(1, 5)).seesNothing();
        host.listen();
        peer.sends(rst(1), rstAck(1, 5)).seesNothing();
    }

    @Test
    @Rfc({"9293", "3.10.7.2"})
    void anAckToAListenerIsReset() {
        host.listen();
        peer.sends(ack(1, 77)).sees(rst(77)).seesNothing();
        peer.sends(synAck(0, 78)).sees(rst(78)).seesNothing();
        host.acceptsNothing();
    }

    // Resets taken.

    @Test
    @Rfc({"9293", "3.10.7.4"})
    @Rfc({"5961", "3.2"})
    void aResetWithTheExactNumberEndsTheConnection() {
        Conn conn = established();
        peer.sends(rst(1)).seesNothing();
        conn.isIn(TcpState.CLOSED).isReady(Readiness.ERROR | Readiness.HANGUP).failedWith(Errno.ECONNRESET);
    }

    @Test
    @Rfc({"5961", "3.2"})
    void aResetInsideTheWindowIsChallenged() {
        Conn conn = established();
        peer.sends(rst(2)).sees(ack(1, 1)).seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(rst(1)).seesNothing();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ECONNRESET);
    }

    @Test
    @Rfc({"5961", "3.2"})
    void aResetOutsideTheWindowIsIgnored() {
        Conn conn = established();
        peer.sends(rst(0), rst(-70_000), rst(0x4000_0000)).seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    @Rfc({"5961", "4.2"})
    void aSynOnAConnectionIsChallenged() {
        Conn conn = established();
        peer.sends(syn(1)).sees(ack(1, 1)).seesNothing();
        peer.sends(Seg.syn(700)).sees(ack(1, 1)).seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
        conn.write(10);
        peer.sees(data(1, 11)).sends(ack(1, 11));
    }

    @Test
    @Rfc({"5961", "5.2"})
    void anAckOfWhatWasNeverSentIsChallenged() {
        Conn conn = established();
        peer.sends(data(1, 101).acking(5_000)).sees(ack(1, 1)).seesNothing();
        conn.readsNothing();
    }

    @Test
    @Rfc({"5961", "5.2"})
    void anAckOfLongAgoIsChallengedAndItsDataNotTaken() {
        Conn conn = established();
        peer.sends(data(1, 101).acking(1 - 0x2000_0000)).sees(ack(1, 1));
        conn.readsNothing();
    }

    @Test
    @Rfc({"5961", "7"})
    @Rfc({"5961", "10"})
    void challengesAreLimitedPerConnection() {
        Conn conn = established();
        int challenges = 0;
        for (int i = 0; i < 100; i++) {
            peer.sends(rst(100 + i));
            challenges += peer.pending();
            peer.seesWhatever();
        }
        assertThat(challenges).isBetween(1, 20);
        conn.isIn(TcpState.ESTABLISHED);

        // CVE-2016-5696: how many are left on one connection must not show on another.
        Peer other = peer(49_501);
        other.sends(syn(0).mss(1_000)).sees(synAck(0, 1)).sends(ack(1, 1));
        host.accept();
        other.sends(rst(100)).sees(ack(1, 1));
    }

    @Test
    void challengesComeBackWithTime() {
        established();
        for (int i = 0; i < 50; i++) {
            peer.sends(rst(100 + i));
        }
        peer.seesWhatever();
        after(RTO_MS);
        peer.sees(ack(0, 1));
        after(1);
        peer.sends(ack(1, 1));
        after(5_001);
        peer.sends(rst(100)).sees(ack(1, 1));
    }

    // The challenge, or the answer to it, is lost.

    /** The retransmission timeout: when the first question after a reset leaves. */
    private static final int RTO_MS = 200;

    @Test
    void aPeerWhoseResetIsNotBelievedIsAskedUntilItAnswers() {
        Conn conn = established();
        peer.sends(rst(2)).sees(ack(1, 1)).seesNothing();
        after(RTO_MS);
        peer.sees(ack(0, 1)).seesNothing();
        after(RTO_MS);
        peer.sees(ack(0, 1)).seesNothing();
        after(2 * RTO_MS);
        peer.sees(ack(0, 1)).seesNothing().sends(rst(1)).seesNothing();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ECONNRESET);
    }

    @Test
    void aPeerThatAnswersIsAskedNoMore() {
        Conn conn = established();
        peer.sends(rst(2)).sees(ack(1, 1)).seesNothing();
        after(RTO_MS);
        peer.sees(ack(0, 1));
        after(1);
        peer.sends(ack(1, 1)).seesNothing();
        after(3_600_000);
        peer.seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    void whatWasOnItsWayBeforeAResetIsNoAnswer() {
        established();
        peer.sends(rst(101)).sees(ack(1, 1)).seesNothing();
        peer.sends(data(1, 101)).sees(ack(1, 101)).seesNothing();
        after(RTO_MS);
        peer.sees(ack(0, 101)).seesNothing();
    }

    @Test
    void aResetThatDataOvertookIsNotBelievedButAskedAbout() {
        Conn conn = established();
        peer.sends(data(1, 101)).sees(ack(1, 101)).sends(rst(1)).seesNothing();
        after(RTO_MS);
        peer.sees(ack(0, 101)).sends(rst(101));
        conn.isIn(TcpState.CLOSED);
    }

    @Test
    void aPeerThatDoesNotAnswerIsLeftAtThatInTime() {
        Conn conn = established();
        peer.sends(rst(2)).sees(ack(1, 1));
        after(RTO_MS);
        for (int i = 0; i < 15; i++) {
            peer.sees(ack(0, 1)).seesNothing();
            after(Math.min(200 << i, 120_000));
        }
        peer.seesNothing();
        after(3_600_000);
        peer.seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    void howeverManyResetsComeThereIsOneQuestionAtATime() {
        established();
        for (int i = 0; i < 50; i++) {
            peer.sends(rst(100 + i));
        }
        peer.seesWhatever();
        after(RTO_MS);
        peer.sees(ack(0, 1)).seesNothing();
    }

    @Test
    void aResetInCloseWaitEndsIt() {
        Conn conn = established();
        peer.sends(fin(1, 1)).sees(ack(1, 2)).sends(rst(2)).seesNothing();
        conn.isIn(TcpState.CLOSED);
    }

    @Test
    void dataReceivedBeforeAResetStaysReadable() {
        Conn conn = established();
        peer.sends(data(1, 101)).sees(ack(1, 101)).sends(rst(101));
        conn.reads(100).readFails(Errno.ECONNRESET);
    }

    @Test
    void aResetDropsWhatWasQueued() {
        Conn conn = established();
        conn.write(30_000);
        peer.seesWhatever().sends(rst(1)).seesNothing();
        after(10_000);
        peer.seesNothing();
        conn.writeFails(Errno.ECONNRESET).writeFails(Errno.EPIPE);
    }
}
