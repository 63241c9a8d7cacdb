package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.syn;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Keep-alives (RFC 9293 section 3.8.4). */
class KeepAliveScriptTest extends Script {
    private static final long SECOND_NS = 1_000_000_000L;

    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000));
    }

    private static void everyTenSeconds(Conn conn) {
        conn.options(options -> {
            options.tcp.keepAlive = true;
            options.tcp.keepIdleNs = 10 * SECOND_NS;
            options.tcp.keepIntervalNs = 5 * SECOND_NS;
            options.tcp.keepCount = 3;
        });
    }

    @Test
    @Rfc({"9293", "3.8.4", "MUST-25"})
    void itIsOffUnlessAskedFor() {
        Conn conn = established();
        after(10 * 3_600_000);
        peer.seesNothing();
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    @Rfc({"9293", "3.8.4", "MAY-5"})
    void anIdleConnectionIsProbed() {
        Conn conn = established();
        everyTenSeconds(conn);
        after(10_000);
        peer.sees(ack(0, 1)).sends(ack(1, 1)).seesNothing();
        after(10_000);
        peer.sees(ack(0, 1)).sends(ack(1, 1));
    }

    @Test
    @Rfc({"9293", "3.8.4", "MUST-26"})
    void trafficPutsTheProbeOff() {
        Conn conn = established();
        everyTenSeconds(conn);
        after(7_000);
        peer.sends(data(1, 101)).sees(ack(1, 101));
        after(9_000);
        peer.seesNothing();
        after(1_000);
        peer.sees(ack(0, 101)).sends(ack(101, 1));
        conn.reads(100);
    }

    @Test
    void anUnansweredPeerIsGivenUp() {
        Conn conn = established();
        everyTenSeconds(conn);
        after(10_000);
        peer.sees(ack(0, 1));
        after(5_000);
        peer.sees(ack(0, 1));
        after(5_000);
        peer.sees(ack(0, 1));
        conn.isIn(TcpState.ESTABLISHED);
        afterWhatever(5_100);
        peer.seesWhatever();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ETIMEDOUT);
    }

    @Test
    void aRestartedPeerAnswersWithAReset() {
        Conn conn = established();
        everyTenSeconds(conn);
        after(10_000);
        peer.sees(ack(0, 1)).sends(rst(1)).seesNothing();
        conn.isIn(TcpState.CLOSED).failedWith(Errno.ECONNRESET);
    }

    @Test
    void unacknowledgedDataIsNotProbedBesides() {
        Conn conn = established();
        everyTenSeconds(conn);
        conn.write(100);
        peer.sees(data(1, 101));
        afterWhatever(12_000);
        while (peer.pending() > 0) {
            org.assertj.core.api.Assertions.assertThat(peer.next().seq).isEqualTo(1);
        }
        peer.sends(ack(1, 101));
    }

    @Test
    @Rfc({"9293", "3.8.4"})
    void aPeersProbeIsAnswered() {
        Conn conn = established();
        peer.sends(ack(0, 1)).sees(ack(1, 1)).seesNothing();
        peer.sends(data(1, 101)).sees(ack(1, 101));
        peer.sends(ack(100, 1)).sees(ack(1, 101)).seesNothing();
        peer.sends(data(100, 101)).sees(ack(1, 101)).seesNothing();
        conn.reads(100);
    }
}
