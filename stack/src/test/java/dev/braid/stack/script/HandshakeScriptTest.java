package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.Readiness;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

class HandshakeScriptTest extends Script {
    @Test
    @Rfc({"9293", "3.5"})
    void aPassiveOpenTakesThreeSegments() {
        host.listen();
        peer.sends(syn(0).mss(1000));
        peer.sees(synAck(0, 1)).seesNothing();
        host.acceptsNothing();
        peer.sends(ack(1, 1)).seesNothing();
        host.accept().isIn(TcpState.ESTABLISHED).isReady(Readiness.CONNECTED | Readiness.WRITABLE);
    }

    @Test
    @Rfc({"9293", "3.5"})
    void anActiveOpenTakesThreeSegments() {
        Conn conn = host.connect(peer);
        conn.isIn(TcpState.SYN_SENT).isNotReady(Readiness.CONNECTED);
        peer.sees(syn(0)).seesNothing();
        peer.sends(synAck(0, 1).mss(1000));
        peer.sees(ack(1, 1)).seesNothing();
        conn.isIn(TcpState.ESTABLISHED).isReady(Readiness.CONNECTED);
    }

    @Test
    @Rfc({"9293", "3.5", "MUST-10"})
    void bothSidesMayOpenAtOnce() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        peer.sends(syn(0).mss(1000));
        peer.sees(synAck(0, 1)).seesNothing();
        conn.isIn(TcpState.SYN_RECEIVED);
        peer.sends(synAck(0, 1).mss(1000));
        conn.isIn(TcpState.ESTABLISHED).isReady(Readiness.CONNECTED);
        peer.seesWhatever();
        conn.write(1000);
        peer.sees(data(1, 1001)).sends(ack(1, 1001));
        peer.sends(data(1, 501));
        conn.reads(500);
        peer.seesWhatever();
    }

    @Test
    void aSimultaneousOpenMayEndWithAPlainAck() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(syn(0).mss(1000)).sees(synAck(0, 1));
        peer.sends(ack(1, 1)).seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    @Rfc({"6298", "2"})
    void anUnansweredSynIsSentAgainWithBackoff() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0));
        after(1_000);
        peer.sees(syn(0));
        after(2_000);
        peer.sees(syn(0));
        after(4_000);
        peer.sees(syn(0)).sends(synAck(0, 1)).sees(ack(1, 1));
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    @Rfc({"9293", "3.8.3", "MUST-23"})
    void aSynIsGivenUpAfterItsRetries() {
        Conn conn = host.connect(peer, options -> options.tcp.synRetries = 2);
        peer.sees(syn(0));
        after(1_000);
        peer.sees(syn(0));
        after(2_000);
        peer.sees(syn(0));
        after(4_000);
        peer.seesNothing();
        conn.isIn(TcpState.CLOSED).isReady(Readiness.ERROR).failedWith(Errno.ETIMEDOUT);
    }

    @Test
    @Rfc({"6298", "2"})
    void anUnansweredSynAckIsSentAgainWithBackoff() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        after(1_000);
        peer.sees(synAck(0, 1));
        after(2_000);
        peer.sees(synAck(0, 1)).sends(ack(1, 1)).seesNothing();
        host.accept().isIn(TcpState.ESTABLISHED);
    }

    @Test
    void aSynAckIsGivenUpInTheEnd() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        afterWhatever(200_000);
        peer.seesWhatever();
        after(200_000);
        peer.seesNothing();
        host.acceptsNothing();
    }

    @Test
    void aRepeatedSynThatCameWithTheThirdAckIsNotAnsweredAgain() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        peer.sendsTogether(syn(0), ack(1, 1)).seesNothing();
        Conn app = host.accept();
        app.write(3);
        peer.sees(data(1, 4));
        peer.sends(ack(1, 4));
    }

    @Test
    void aRepeatedSynIsAnsweredAgain() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        after(300);
        peer.sends(syn(0)).sees(synAck(0, 1)).sends(ack(1, 1)).seesNothing();
        host.accept();
    }

    @Test
    @Rfc({"9293", "3.10.7.3"})
    void aResetOfTheSynRefusesTheConnection() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(rstAck(0, 1)).seesNothing();
        conn.isIn(TcpState.CLOSED).isReady(Readiness.ERROR).failedWith(Errno.ECONNREFUSED);
    }

    @Test
    @Rfc({"9293", "3.10.7.3"})
    void aResetThatDoesNotAcknowledgeTheSynIsIgnored() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(rst(0)).sends(rstAck(0, 2)).seesNothing();
        conn.isIn(TcpState.SYN_SENT);
        peer.sends(synAck(0, 1)).sees(ack(1, 1));
    }

    @Test
    @Rfc({"9293", "3.10.7.3"})
    void anAckOfNothingSentIsResetInSynSent() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(synAck(0, 7)).sees(rst(7)).seesNothing();
        conn.isIn(TcpState.SYN_SENT);
    }

    @Test
    @Rfc({"9293", "3.5.2"})
    void anOldDuplicateSynRecoversByReset() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        peer.sends(rst(1)).seesNothing();
        host.acceptsNothing();
        peer.anew().sends(syn(90)).sees(synAck(0, 91)).sends(ack(91, 1)).seesNothing();
        host.accept().isIn(TcpState.ESTABLISHED);
    }

    @Test
    @Rfc({"9293", "3.10.7.4"})
    void anUnacceptableAckInSynReceivedIsReset() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        peer.sends(ack(1, 100)).sees(rst(100)).seesNothing();
        peer.sends(ack(1, 1)).seesNothing();
        host.accept();
    }

    @Test
    void theThirdSegmentMayCarryData() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        peer.sends(data(1, 101)).seesWhatever();
        host.accept().reads(100).readsNothing();
    }

    @Test
    void theThirdSegmentMayCarryTheEnd() {
        host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        peer.sends(data(1, 101).fin());
        peer.sees(ack(1, 102));
        Conn conn = host.accept();
        conn.reads(100).readsEnd().isIn(TcpState.CLOSE_WAIT);
    }

    @Test
    @Rfc({"9293", "3.10.7.2"})
    void dataOnASynIsNotLost() {
        host.listen();
        peer.sends(Seg.seg(0x02, 0, 100)).sees(synAck(0, 1));
        peer.sends(ack(1, 1)).sends(data(1, 101)).seesWhatever();
        host.accept().reads(100).readsNothing();
    }

    @Test
    void aFinBeforeTheHandshakeIsOverIsNotTaken() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(fin(1, 1).acking(0)).seesWhatever();
        conn.isIn(TcpState.SYN_SENT);
    }

    @Test
    void connectionsOfDifferentPeersDoNotMix() {
        host.listen();
        Peer other = peer(49_501);
        peer.sends(syn(0));
        other.sends(syn(0));
        peer.sees(synAck(0, 1));
        other.sees(synAck(0, 1));
        other.sends(ack(1, 1));
        Conn second = host.accept();
        peer.sends(ack(1, 1));
        Conn first = host.accept();
        first.write(10);
        second.write(20);
        peer.sees(data(1, 11)).seesNothing().sends(ack(1, 11));
        other.sees(data(1, 21)).seesNothing().sends(ack(1, 21));
    }
}
