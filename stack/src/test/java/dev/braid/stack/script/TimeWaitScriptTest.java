package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.fin;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** TIME-WAIT (RFC 9293 section 3.6.1), its reuse (RFC 6191) and its assassination (RFC 1337). */
class TimeWaitScriptTest extends Script {
    private void waiting() {
        waiting(syn(0).mss(1_000));
    }

    private void waiting(Seg syn) {
        host.listen();
        peer.opens(syn).close();
        peer.sees(fin(1, 1)).sends(fin(1, 2)).sees(ack(2, 2)).seesNothing();
    }

    @Test
    @Rfc({"9293", "3.6.1", "MUST-13"})
    void itLastsTwiceTheMaximumSegmentLifetime() {
        waiting();
        after(59_000);
        peer.sends(fin(1, 2)).sees(ack(2, 2));
        after(59_900);
        peer.sends(ack(2, 2)).seesNothing();
        after(300);
        peer.sends(ack(2, 2)).sees(rst(2));
    }

    @Test
    @Rfc({"9293", "3.10.7.4"})
    void aRetransmittedFinIsAcknowledgedAgain() {
        waiting();
        peer.sends(fin(1, 2)).sees(ack(2, 2));
        peer.sends(fin(1, 2)).sees(ack(2, 2));
    }

    @Test
    @Rfc({"1337", "3"})
    void aResetDoesNotEndIt() {
        waiting();
        peer.sends(rst(2)).seesNothing();
        peer.sends(fin(1, 2)).sees(ack(2, 2));
    }

    @Test
    @Rfc({"1337", "2"})
    void oldDataIsNotAnsweredByAReset() {
        waiting();
        peer.sends(data(1, 101).acking(1)).seesWhatever();
        peer.sends(fin(1, 2)).sees(ack(2, 2));
    }

    @Test
    @Rfc({"9293", "3.6.1", "MAY-2"})
    void aNewSynWithAHigherNumberOpensAnew() {
        waiting();
        peer.anew().sends(syn(1_000)).sees(synAck(0, 1_001)).sends(ack(1_001, 1)).seesNothing();
        host.accept();
        assertThat(counter("TcpExtTWRecycled")).isEqualTo(1);
    }

    @Test
    @Rfc({"6191", "2"})
    void aNewSynWithANewerTimestampOpensAnew() {
        waiting(syn(0).mss(1_000).ts(1_000, 0));
        after(1_000);
        peer.anew().sends(syn(1_000).ts(2_000, 0)).sees(synAck(0, 1_001)).sends(ack(1_001, 1));
        host.accept();
    }

    @Test
    @Rfc({"6191", "2"})
    void anOldSynIsAnsweredWithAnAck() {
        waiting(syn(0).mss(1_000).ts(1_000, 0));
        after(10);
        peer.sends(syn(0).ts(1_000, 0));
        Seg answer = peer.next();
        assertThat(answer.flags).as("%s", answer).isEqualTo(0x10);
        host.acceptsNothing();
    }

    @Test
    void aPassiveCloserDoesNotWait() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        peer.sends(fin(1, 1)).sees(ack(1, 2));
        conn.close();
        peer.sees(fin(1, 2)).sends(ack(2, 2));
        peer.anew().sends(syn(5)).sees(synAck(0, 6)).sends(ack(6, 1));
        host.accept();
    }
}
