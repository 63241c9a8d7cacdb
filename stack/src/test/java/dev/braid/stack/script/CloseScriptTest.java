package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** How connections end (RFC 9293 section 3.6). */
class CloseScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"9293", "3.6"})
    void theHostClosesFirst() {
        Conn conn = established();
        conn.finish().isIn(TcpState.FIN_WAIT_1);
        peer.sees(fin(1, 1)).sends(ack(1, 2)).seesNothing();
        conn.isIn(TcpState.FIN_WAIT_2);
        peer.sends(fin(1, 2)).sees(ack(2, 2)).seesNothing();
        conn.readsEnd();
    }

    @Test
    @Rfc({"9293", "3.6"})
    void thePeerClosesFirst() {
        Conn conn = established();
        peer.sends(fin(1, 1)).sees(ack(1, 2)).seesNothing();
        conn.isIn(TcpState.CLOSE_WAIT).readsEnd();
        conn.finish().isIn(TcpState.LAST_ACK);
        peer.sees(fin(1, 2)).sends(ack(2, 2)).seesNothing();
        conn.isIn(TcpState.CLOSED);
        peer.sends(ack(2, 2)).sees(rst(2));
    }

    @Test
    @Rfc({"9293", "3.6"})
    void bothCloseAtOnce() {
        Conn conn = established();
        conn.finish();
        peer.sees(fin(1, 1)).sends(fin(1, 1)).sees(ack(2, 2));
        conn.isIn(TcpState.CLOSING);
        peer.sends(ack(2, 2)).seesNothing();
        conn.readsEnd();
    }

    @Test
    void aFinAndTheAckOfOursMayComeTogether() {
        Conn conn = established();
        conn.finish();
        peer.sees(fin(1, 1)).sends(fin(1, 2)).sees(ack(2, 2));
        conn.readsEnd();
    }

    @Test
    @Rfc({"9293", "3.6", "MUST-12"})
    void theHostReceivesAfterItsFin() {
        Conn conn = established();
        conn.finish();
        peer.sees(fin(1, 1)).sends(ack(1, 2));
        peer.sends(data(1, 1_001)).sees(ack(2, 1_001));
        peer.sends(data(1_001, 2_001).fin()).sees(ack(2, 2_002));
        conn.reads(2_000).readsEnd();
    }

    @Test
    void theHostSendsAfterThePeersFin() {
        Conn conn = established();
        peer.sends(fin(1, 1)).sees(ack(1, 2));
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000)).sends(ack(2, 3_001));
        conn.close();
        peer.sees(fin(3_001, 2)).sends(ack(2, 3_002)).seesNothing();
    }

    @Test
    void closeSendsEverythingQueuedBeforeTheFin() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(2_000));
        conn.write(3_500).close();
        peer.sees(data(1, 1_001), data(1_001, 2_001)).seesNothing();
        peer.sends(ack(1, 2_001).win(10_000)).sees(data(2_001, 3_001), data(3_001, 3_501).fin());
        peer.sends(fin(1, 3_502)).sees(ack(3_502, 2));
    }

    @Test
    @Rfc({"1122", "4.2.2.13"})
    @Rfc({"2525", "2.17"})
    void closeWithUnreadDataResets() {
        Conn conn = established();
        peer.sends(data(1, 101)).sees(ack(1, 101));
        conn.close();
        peer.sees(rstAck(1, 101)).seesNothing();
    }

    @Test
    @Rfc({"1122", "4.2.2.13"})
    void dataAfterAFullCloseIsReset() {
        Conn conn = established();
        conn.close();
        peer.sees(fin(1, 1)).sends(ack(1, 2));
        peer.sends(data(1, 101)).sees(rst(2)).seesNothing();
    }

    @Test
    @Rfc({"1122", "4.2.2.13"})
    void dataAfterACloseWhoseFinIsNotAcknowledgedIsResetWhereThePeerExpectsIt() {
        Conn conn = established();
        conn.close();
        peer.sees(fin(1, 1));
        peer.sends(data(1, 101).acking(1)).sees(rst(1)).seesNothing();
        after(10_000);
        peer.seesNothing();
    }

    @Test
    @Rfc({"9293", "3.9.1.7"})
    void anAbortResetsAtOnce() {
        Conn conn = established();
        conn.write(500);
        peer.sees(data(1, 501));
        conn.abort();
        peer.sees(rstAck(501, 1)).seesNothing();
        after(100_000);
        peer.seesNothing();
    }

    @Test
    void lingerZeroResets() {
        Conn conn = established();
        conn.options(options -> options.lingerNs = 0);
        conn.close();
        peer.sees(rstAck(1, 1)).seesNothing();
    }

    @Test
    void closingInSynSentSaysNothing() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        conn.close();
        peer.seesNothing();
        peer.sends(Seg.synAck(0, 1)).sees(rst(1));
    }

    @Test
    void closingBeforeAcceptResets() {
        var listener = host.listen();
        peer.sends(syn(0).mss(1_000)).sees(Seg.synAck(0, 1)).sends(ack(1, 1));
        listener.close(nowNs());
        peer.sees(rstAck(1, 1)).seesNothing();
    }

    @Test
    void anAbandonedFinWait2EndsByItself() {
        Conn conn = established();
        conn.close();
        peer.sees(fin(1, 1)).sends(ack(1, 2));
        after(59_000);
        peer.seesNothing();
        after(2_000);
        peer.sends(ack(1, 2)).sees(rst(2));
    }

    @Test
    void aHalfClosedConnectionWaitsForEver() {
        Conn conn = established();
        conn.finish();
        peer.sees(fin(1, 1)).sends(ack(1, 2));
        after(3_600_000);
        conn.isIn(TcpState.FIN_WAIT_2);
        peer.sends(data(1, 101)).sees(ack(2, 101));
        conn.reads(100);
    }

    @Test
    void aRetransmittedFinIsAcknowledgedAgain() {
        Conn conn = established();
        peer.sends(fin(1, 1)).sees(ack(1, 2));
        peer.sends(fin(1, 1)).sees(ack(1, 2)).seesNothing();
        conn.isIn(TcpState.CLOSE_WAIT);
    }

    @Test
    void nothingCountsBehindAFin() {
        Conn conn = established();
        peer.sends(fin(1, 1)).sees(ack(1, 2));
        peer.sends(data(2, 102)).seesWhatever();
        conn.readsEnd();
    }

    @Test
    void writingAfterTheEndFails() {
        Conn conn = established();
        conn.finish().writeFails(Errno.EPIPE);
        peer.sees(fin(1, 1)).sends(ack(1, 2));
        conn.isReady(Readiness.WRITABLE);
    }
}
