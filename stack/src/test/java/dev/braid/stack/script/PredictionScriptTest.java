package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Header prediction: every script's dialogue is the same with it on and off; what differs is counted. */
class PredictionScriptTest extends Script {
    @Test
    void expectedSegmentsTakeTheFastPathUnlessItIsOff() {
        host.listen();
        Conn conn = peer.opens();
        for (int i = 0; i < 10; i++) {
            peer.sends(data(1 + 1_000 * i, 1_001 + 1_000 * i)).sees(ack(1, 1_001 + 1_000 * i));
        }
        conn.write(5_000);
        peer.sees(burst(1, 5_001, variant().linkMss() - 12)).sends(ack(10_001, 5_001));
        conn.reads(10_000);
        long hits = counter("TcpExtTCPHPHits");
        if (variant().prediction) {
            assertThat(hits).isGreaterThanOrEqualTo(10);
        } else {
            assertThat(hits).isZero();
        }
    }

    @Test
    void whatIsNotExpectedTakesTheFullPath() {
        host.listen();
        Conn conn = peer.opens();
        peer.sends(data(1, 1_001)).seesWhatever();
        long hits = counter("TcpExtTCPHPHits");
        peer.sends(data(2_001, 3_001)).sees(ack(1, 1_001).sack(2_001, 3_001));
        peer.sends(data(1_001, 2_001).acking(1)).seesWhatever();
        assertThat(counter("TcpExtTCPHPHits")).isEqualTo(hits);
        conn.reads(3_000);
    }
}
