package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.device.Offloads;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** TSO both ways: one frame stands for many segments. */
class SuperFrameScriptTest extends Script {
    @Override
    protected int offloads() {
        return Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6;
    }

    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    void aLargeWriteLeavesInFramesOfHalfTheWindow() {
        showSuperFrames();
        Conn conn = established();
        conn.write(8_500);
        peer.sees(data(1, 5_001).gso(1_000).psh())
                .sees(data(5_001, 8_501).gso(1_000).psh())
                .seesNothing()
                .sends(ack(1, 8_501));
    }

    @Test
    void whatFitsOneSegmentIsNoSuperFrame() {
        showSuperFrames();
        Conn conn = established();
        conn.write(1_000);
        peer.sees(data(1, 1_001).gso(0)).sends(ack(1, 1_001));
    }

    @Test
    void aSuperFrameObeysBothWindows() {
        showSuperFrames();
        Conn conn = established();
        peer.sends(ack(1, 1).win(3_500));
        conn.write(9_000);
        Seg first = peer.next();
        assertThat(first.end).isBetween(3_001, 3_501);
        peer.seesWhatever().sends(ack(1, 3_001).win(60_000)).seesWhatever().sends(ack(1, 9_001)).seesWhatever();
    }

    @Test
    void aSuperFrameIsAtMost64KiB() {
        showSuperFrames();
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk().wscale(7));
        peer.window(1 << 20).sends(ack(1, 1));
        int sent = 1;
        conn.write(500_000);
        for (int i = 0; i < 200 && sent < 500_001; i++) {
            while (peer.pending() > 0) {
                Seg got = peer.next();
                assertThat(got.length()).isBetween(1, 65_535);
                sent = Math.max(sent, got.end);
            }
            peer.sends(ack(1, sent));
        }
        assertThat(sent).isEqualTo(500_001);
    }

    @Test
    void partOfASuperFrameMayBeSentAgain() {
        Conn conn = established();
        conn.write(8_000);
        peer.sees(burst(1, 8_001, 1_000));
        peer.sends(ack(1, 3_001).sack(4_001, 8_001)).sees(data(3_001, 4_001)).seesNothing();
        peer.sends(ack(1, 8_001)).seesNothing();
    }

    @Test
    void anAckInTheMiddleOfASuperFrameIsTaken() {
        Conn conn = established();
        conn.write(8_000);
        peer.sees(burst(1, 8_001, 1_000));
        peer.sends(ack(1, 2_345)).seesNothing();
        afterWhatever(300);
        peer.sees(data(7_001, 8_001)); // a loss probe
        Seg resent = peer.next();
        assertThat(resent.seq).isEqualTo(2_345);
        peer.seesWhatever().sends(ack(1, 8_001)).seesNothing();
    }

    @Test
    void aSuperFrameIsReceivedWhole() {
        Conn conn = established();
        peer.sends(data(1, 20_001).gso(1_000)).sees(ack(1, 20_001)).seesNothing();
        conn.reads(20_000);
    }

    @Test
    @Rfc({"2018", "4"})
    void aSuperFrameBehindAHoleIsOneBlock() {
        Conn conn = established();
        peer.sends(data(1_001, 9_001).gso(1_000)).sees(ack(1, 1).sack(1_001, 9_001));
        peer.sends(data(1, 1_001)).sees(ack(1, 9_001));
        conn.reads(9_000);
    }

    @Test
    void aSuperFrameHalfKnownDeliversTheRest() {
        Conn conn = established();
        peer.sends(data(1, 3_001).gso(1_000)).sees(ack(1, 3_001));
        peer.sends(data(1, 8_001).gso(1_000)).sees(ack(1, 8_001));
        conn.reads(8_000).readsNothing();
    }

    @Test
    void aFinOnASuperFrameEndsTheStream() {
        Conn conn = established();
        peer.sends(data(1, 5_001).gso(1_000).fin()).sees(ack(1, 5_002));
        conn.reads(5_000).readsEnd();
    }

    @Test
    void aSuperFrameCountsAsItsSegmentsForTheCongestionWindow() {
        Conn conn = established();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        long before = conn.tcb().cwnd();
        peer.sends(ack(1, 10_001));
        assertThat(conn.tcb().cwnd()).isGreaterThan(before);
    }
}
