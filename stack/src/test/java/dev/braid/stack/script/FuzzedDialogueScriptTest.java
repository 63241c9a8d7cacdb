package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.seg;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** What the fuzzer found in dialogues that no test had thought of. */
class FuzzedDialogueScriptTest extends Script {
    /** It was taken for the SYN/ACK of a simultaneous open, and its data for data one number before its own. */
    @Test
    @Rfc({"5961", "4.2"})
    void aSynBehindTheSynIsAnsweredButNotBelieved() {
        host.listen();
        peer.sends(syn(0).mss(1000)).sees(synAck(0, 1));
        peer.sends(seg(Tcp.SYN | Tcp.ACK, 1, 101).acking(1));
        peer.sees(ack(1, 1)).seesNothing();
        host.acceptsNothing();
        peer.sends(data(1, 101)).seesWhatever();
        host.accept().isIn(TcpState.ESTABLISHED).reads(100);
    }
}
