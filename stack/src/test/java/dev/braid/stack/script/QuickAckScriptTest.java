package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;

import org.junit.jupiter.api.Test;

/** The start of a connection, where the peer is in slow start and every delayed ACK costs it a round trip. */
class QuickAckScriptTest extends Script {
    @Test
    void theFirstSegmentsAreAcknowledgedAtOnce() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        for (int i = 0; i < 16; i++) {
            peer.sends(data(1 + 1_000 * i, 1_001 + 1_000 * i)).sees(ack(1, 1_001 + 1_000 * i)).seesNothing();
            conn.reads(1_000);
        }
        peer.sends(data(16_001, 17_001)).seesNothing();
        after(40);
        peer.sees(ack(1, 17_001));
        conn.reads(1_000);
    }

    private Conn settled() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        for (int i = 0; i < 16; i++) {
            peer.sends(data(1 + 1_000 * i, 1_001 + 1_000 * i)).sees(ack(1, 1_001 + 1_000 * i)).seesNothing();
        }
        peer.sends(data(16_001, 17_001)).seesNothing();
        after(40);
        peer.sees(ack(1, 17_001));
        return conn.reads(17_000);
    }

    @Test
    void afterAPauseThePeerStartsSlowlyAndIsAcknowledgedAtOnceAgain() {
        Conn conn = settled();
        after(1_500);
        peer.sends(data(17_001, 18_001)).sees(ack(1, 18_001));
        peer.sends(data(18_001, 19_001)).sees(ack(1, 19_001));
        conn.reads(2_000);
    }

    @Test
    void aNeedlessRetransmissionIsFollowedByQuickAcks() {
        Conn conn = settled();
        peer.sends(data(16_001, 17_001)).seesWhatever();
        peer.sends(data(17_001, 18_001)).sees(ack(1, 18_001));
        peer.sends(data(18_001, 19_001)).sees(ack(1, 19_001));
        conn.reads(2_000);
    }

    @Test
    void whoeverAnswersNeedsNoQuickAcks() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        peer.sends(data(1, 1_001)).sees(ack(1, 1_001));
        conn.reads(1_000).write(10);
        peer.sees(data(1, 11)).sends(ack(1_001, 11));
        peer.sends(data(1_001, 2_001)).seesNothing();
        conn.reads(1_000).write(10);
        peer.sees(data(11, 21).acking(2_001)).sends(ack(2_001, 21));
    }
}
