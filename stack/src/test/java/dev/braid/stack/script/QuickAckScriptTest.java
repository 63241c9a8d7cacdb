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
}
