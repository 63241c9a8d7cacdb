package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.rstAck;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Listeners and their backlog. */
class ListenScriptTest extends Script {
    @Test
    void aFullBacklogLeavesTheHandshakeUnfinished() {
        host.listen(1);
        peer.opensUnaccepted();
        Peer second = peer(49_501);
        second.sends(syn(0).mss(1_000));
        second.seesWhatever().sends(ack(1, 1)).seesWhatever();
        Peer third = peer(49_502);
        third.sends(syn(0).mss(1_000)).seesWhatever().sends(ack(1, 1)).seesWhatever();
        assertThat(counter("TcpExtListenOverflows")).isPositive();
        host.accept();
    }

    @Test
    void aRefusedHandshakeSucceedsOnceThereIsRoom() {
        host.listen(1);
        peer.opensUnaccepted();
        Peer second = peer(49_501);
        for (int i = 0; i < 4; i++) {
            second.sends(syn(0).mss(1_000)).seesWhatever();
        }
        host.accept();
        second.seesWhatever().sends(syn(0).mss(1_000)).sees(synAck(0, 1)).sends(ack(1, 1)).seesWhatever();
        host.accept();
    }

    @Test
    void connectionsAreAcceptedInTheirOrder() {
        host.listen();
        peer(1_001).opensUnaccepted();
        peer(1_002).opensUnaccepted();
        peer(1_003).opensUnaccepted();
        assertThat(host.accept().socket().facts().remotePort()).isEqualTo(1_001);
        assertThat(host.accept().socket().facts().remotePort()).isEqualTo(1_002);
        assertThat(host.accept().socket().facts().remotePort()).isEqualTo(1_003);
        host.acceptsNothing();
    }

    @Test
    void dataWaitsForTheApplicationToAccept() {
        host.listen();
        peer.opensUnaccepted();
        peer.sends(data(1, 1_001)).sees(ack(1, 1_001));
        peer.sends(data(1_001, 1_501).fin()).sees(ack(1, 1_502));
        host.accept().reads(1_500).readsEnd();
    }

    @Test
    void aConnectionResetBeforeItIsAcceptedLeavesNothingBehind() {
        host.listen();
        peer.opensUnaccepted();
        peer.sends(rst(1)).seesNothing();
        peer(49_501).opensUnaccepted();
        host.accept();
    }

    @Test
    @Rfc({"9293", "3.10.4"})
    void closingAListenerDropsWhatIsHalfOpen() {
        var listener = host.listen();
        peer.sends(syn(0)).sees(synAck(0, 1));
        listener.close(nowNs());
        peer.seesWhatever();
        peer.sends(ack(1, 1)).sees(rst(1));
    }

    @Test
    void aClosedListenerAnswersWithResets() {
        var listener = host.listen();
        listener.close(nowNs());
        peer.sends(syn(0)).sees(rstAck(0, 1));
    }

    @Test
    void acceptedConnectionsOutliveTheirListener() {
        var listener = host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        listener.close(nowNs());
        conn.write(100);
        peer.sees(data(1, 101)).sends(ack(1, 101));
    }

    @Test
    void settingsAreInherited() {
        host.listen(4, options -> options.tcp.noDelay = true);
        Conn conn = peer.opens(syn(0).mss(1_000));
        conn.write(10);
        conn.write(10);
        peer.sees(data(1, 11), data(11, 21)).sends(ack(1, 21));
    }
}
