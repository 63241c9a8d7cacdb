package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.Rfc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What received data may pin, and what may be announced. */
class MemoryScriptTest extends Script {
    private static final int BUFFER = 65_536;

    @Override
    protected void config(TcpConfig config) {
        config.maxReceiveBuffer = 1 << 30;
    }

    /** Takes every frame there is, as an application on another thread does, and gives none back. */
    private static void take(Conn conn, List<Frame> into) {
        for (Frame frame = conn.socket().takeReceived(); frame != null; frame = conn.socket().takeReceived()) {
            into.add(frame);
        }
    }

    private void giveBack(Conn conn, List<Frame> held) {
        for (Frame frame : held) {
            int length = frame.linearLength() - frame.payloadOffset();
            int trueSize = frame.trueSize();
            frame.release();
            conn.socket().consumed(length, trueSize, nowNs());
        }
        held.clear();
    }

    @Test
    void tenThousandTinySegmentsThatTheUserHoldsPinNoMoreThanTheCap() {
        host.listen(1, options -> options.tcp.receiveBuffer = BUFFER);
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        var held = new ArrayList<Frame>();
        int next = 1;
        for (int i = 0; i < 10_000; i++) {
            peer.sends(data(next, next + 1));
            take(conn, held);
            if (peer.pending() > 0) {
                next = Math.max(next, peer.next().ack);
            } else {
                next = 1 + held.size();
            }
        }
        peer.seesWhatever();
        assertThat((long) held.size() * FramePool.MTU_SLOT_BYTES).isEqualTo(conn.tcb().receivePinned());
        assertThat(conn.tcb().receivePinned()).isBetween((long) BUFFER, 2L * BUFFER + FramePool.MTU_SLOT_BYTES);
        assertThat(counter("TcpExtTCPRcvQDrop")).isPositive();
        int taken = held.size();
        giveBack(conn, held);
        assertThat(conn.tcb().receivePinned()).isZero();
        // The connection goes on as if nothing had been.
        peer.seesWhatever().sends(data(1 + taken, 1 + taken + 500)).seesWhatever();
        take(conn, held);
        assertThat(held).hasSize(1);
        giveBack(conn, held);
        afterWhatever(100);
        assertThat(peer.next().ack).isEqualTo(1 + taken + 500);
        peer.seesWhatever();
    }

    @Test
    void theSegmentThatFillsTheGapIsTakenWhateverWaitsBehindIt() {
        host.listen(1, options -> options.tcp.receiveBuffer = BUFFER);
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        var held = new ArrayList<Frame>();
        for (int i = 0; i < 40; i++) {
            peer.sends(data(1 + 2 * i, 2 + 2 * i)).seesWhatever();
            peer.sends(data(2 + 2 * i, 3 + 2 * i)).seesWhatever();
            take(conn, held);
        }
        int next = 81;
        for (int i = 0; i < 60; i++) {
            peer.sends(data(next + 1_000 * (i + 1), next + 1_000 * (i + 1) + 1)).seesWhatever();
        }
        peer.sends(data(next, next + 1_000));
        Seg answer = peer.next();
        assertThat(answer.ack).isGreaterThanOrEqualTo(next + 1_000);
        peer.seesWhatever();
        take(conn, held);
        giveBack(conn, held);
        peer.seesWhatever();
    }

    @Test
    @Rfc({"7323", "2.2"})
    @Rfc({"7323", "2.3"})
    void aWindowOfAGibibyteIsOfferedAndUsed() {
        host.listen(1, options -> options.tcp.receiveBuffer = 1 << 30);
        peer.sends(syn(0).mss(1_000).sackOk().wscale(14));
        assertThat(peer.next().wscale).as("window scale").isEqualTo(14);
        peer.sends(ack(1, 1).win(65_535 << 14)).seesNothing();
        Conn conn = host.accept();
        assertThat(conn.tcb().sndWnd()).isEqualTo(65_535 << 14);
        peer.sends(data(1, 1_001).win(65_535 << 14)).sees(ack(1, 1_001).win(65_535 << 14));
        // At the very end of that window, and just beyond.
        int edge = 1_001 + (65_535 << 14);
        peer.sends(data(edge - 100, edge)).seesWhatever();
        assertThat(counter("TcpExtTCPOFOQueue")).isEqualTo(1);
        peer.sends(data(edge, edge + 100)).seesWhatever();
        assertThat(counter("TcpExtTCPOFOQueue")).isEqualTo(1);
        conn.write(3_000);
        peer.seesWhatever().sends(ack(1_001, 3_001).win(65_535 << 14)).seesWhatever();
        conn.reads(1_000);
    }

    @Test
    @Rfc({"6691", "2"})
    void theAnnouncedMssIsTheLinksWhateverThePathIsKnownToTake() {
        host.listen();
        int mss = variant().linkMss();
        Conn conn = peer.opens(syn(0).mss(mss).sackOk());
        conn.write(2 * mss);
        peer.seesWhatever();
        icmpTooBig(1_400);
        peer.seesWhatever().sends(ack(1, 1 + 2 * mss)).seesWhatever();
        assertThat(conn.tcb().mss()).as("used").isEqualTo(mss - 100);
        Peer other = peer(PEER_PORT + 1);
        other.sends(syn(0).mss(mss).sackOk()).sees(synAck(0, 1).mss(mss)).sends(ack(1, 1)).seesNothing();
        assertThat(host.accept().tcb().mss()).as("used by the next").isEqualTo(mss - 100);
    }
}
