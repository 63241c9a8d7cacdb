package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.SACK;
import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;

import dev.braid.stack.tcp.TcpConfig;
import org.junit.jupiter.api.Test;

/** {@code net.ipv4.tcp_dsack=0}. */
class DsackOffScriptTest extends Script {
    @Override
    protected void config(TcpConfig config) {
        config.dsack = false;
    }

    @Test
    void duplicatesAreAnsweredWithoutAReport() {
        host.listen();
        peer.opens(syn(0).mss(1_000).sackOk());
        peer.sends(data(1, 501)).sees(ack(1, 501));
        peer.sends(data(1, 501)).sees(ack(1, 501).lacks(SACK));
        peer.sends(data(1_001, 1_501)).sees(ack(1, 501).sack(1_001, 1_501));
        peer.sends(data(1_001, 1_501)).sees(ack(1, 501).sack(1_001, 1_501));
    }
}
