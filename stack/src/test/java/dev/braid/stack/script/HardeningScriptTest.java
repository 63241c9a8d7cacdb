package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.seg;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** TCP headers that broke other stacks: dropped, answered as the RFC says, or harmless, and nothing leaks. */
class HardeningScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    private static void works(Peer peer, Conn conn, int from, int peerSeq) {
        conn.write(100);
        peer.sees(data(from, from + 100).acking(peerSeq)).sends(ack(peerSeq, from + 100)).seesNothing();
    }

    // The fixed header.

    @Test
    void aDataOffsetBelowFiveIsDropped() {
        Conn conn = established();
        peer.sends(data(1, 101).dataOffset(16)).sends(data(1, 101).dataOffset(0)).seesNothing();
        conn.readsNothing();
        assertThat(counter("TcpInErrs")).isEqualTo(2);
        works(peer, conn, 1, 1);
    }

    @Test
    void aDataOffsetBehindThePacketIsDropped() {
        Conn conn = established();
        peer.sends(seg(Tcp.ACK, 1, 1).dataOffset(60)).sends(data(1, 11).dataOffset(32)).seesNothing();
        conn.readsNothing();
        works(peer, conn, 1, 1);
    }

    @Test
    @Rfc({"9293", "3.1", "MUST-3"})
    void aWrongChecksumIsDroppedAndCounted() {
        Conn conn = established();
        peer.sends(data(1, 101).badChecksum()).seesNothing();
        conn.readsNothing();
        assertThat(counter("TcpInCsumErrors")).isEqualTo(1);
        works(peer, conn, 1, 1);
    }

    @Test
    void synWithFinOpensNothing() {
        host.listen();
        peer.sends(seg(Tcp.SYN | Tcp.FIN, 0, 0)).seesNothing();
        host.acceptsNothing();
    }

    @Test
    void synWithRstOpensNothing() {
        host.listen();
        peer.sends(seg(Tcp.SYN | Tcp.RST, 0, 0)).seesNothing();
        host.acceptsNothing();
    }

    @Test
    void nullAndXmasSegmentsAreHarmless() {
        Conn conn = established();
        peer.sends(seg(0, 1, 1)).seesNothing();
        peer.sends(seg(0, 1, 101)).seesNothing();
        conn.readsNothing();
        host.acceptsNothing();
        peer.sends(seg(Tcp.FIN | Tcp.PSH | Tcp.URG, 1, 1)).seesWhatever();
        conn.isIn(TcpState.ESTABLISHED);
        works(peer, conn, 1, 1);
    }

    @Test
    void nullAndXmasSegmentsOpenNothing() {
        host.listen();
        peer.sends(seg(0, 0, 0)).sends(seg(Tcp.FIN | Tcp.PSH | Tcp.URG, 0, 0)).seesNothing();
        host.acceptsNothing();
    }

    @Test
    void allFlagsAtOnceIsHarmless() {
        Conn conn = established();
        peer.sends(seg(0x1ff, 1, 1)).seesWhatever();
        peer.sends(seg(0xff, 5, 5)).seesWhatever();
        assertThat(framesInUse()).isLessThan(3);
        conn.abort();
        peer.seesWhatever();
    }

    // Options.

    @Test
    @Rfc({"9293", "3.2", "MUST-7"})
    void anOptionOfLengthZeroOrOneEndsTheOptions() {
        Conn conn = established();
        peer.sends(data(1, 11).rawOptions(8, 0, 0, 0)).seesWhatever();
        peer.sends(data(11, 21).rawOptions(8, 1, 0, 0)).seesWhatever();
        conn.reads(20);
        works(peer, conn, 1, 21);
    }

    @Test
    @Rfc({"9293", "3.2", "MUST-7"})
    void anOptionThatOverrunsEndsTheOptions() {
        host.listen();
        Conn conn = peer.opens(syn(0).rawOptions(2, 4, 3, 232, 8, 200, 0, 0));
        peer.sends(data(1, 11).rawOptions(1, 1, 1, 5)).seesWhatever();
        conn.reads(10);
        conn.write(1_500);
        peer.sees(data(1, 1_001), data(1_001, 1_501)).sends(ack(11, 1_501));
    }

    @Test
    @Rfc({"9293", "3.2", "MUST-6"})
    void unknownOptionsAreIgnored() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).rawOptions(254, 4, 1, 2, 77, 2, 1, 1));
        peer.sends(data(1, 11).rawOptions(19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).seesWhatever();
        conn.reads(10);
        works(peer, conn, 1, 11);
    }

    @Test
    void repeatedOptionsAreHarmless() {
        host.listen();
        Conn conn = peer.opens(syn(0).rawOptions(2, 4, 1, 0, 2, 4, 3, 232, 3, 3, 2, 3, 3, 0, 1, 1));
        conn.write(1_500);
        peer.seesWhatever().sends(ack(1, 1_501));
    }

    @Test
    void anMssOfZeroCountsAsNone() {
        host.listen();
        Conn conn = peer.opens(syn(0).rawOptions(2, 4, 0, 0));
        conn.write(600);
        assertThat(peer.next().length()).isGreaterThanOrEqualTo(536);
        peer.seesWhatever().sends(ack(1, 601));
    }

    /** CVE-2019-11479: a tiny MSS makes the host waste its effort on headers. */
    @Test
    void aTinyMssIsBounded() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(48));
        conn.write(500);
        assertThat(peer.next().length()).isGreaterThanOrEqualTo(64);
        peer.seesWhatever().sends(ack(1, 501));
    }

    /** CVE-2019-11477, "SACK Panic": slivers of SACK over tiny segments must not cut the retransmission queue to pieces. */
    @Test
    void sackPanic() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(48).sackOk().wscale(7));
        peer.window(1 << 20).sends(ack(1, 1));
        conn.write(200_000);
        peer.seesWhatever();
        for (int i = 0; i < 500; i++) {
            int at = 9 + 16 * i;
            peer.sends(ack(1, 1).sack(at, at + 1, at + 4, at + 5, at + 8, at + 9)).seesWhatever();
        }
        afterWhatever(3_000);
        peer.seesWhatever();
        conn.isIn(TcpState.ESTABLISHED);
        conn.abort();
        peer.seesWhatever();
    }

    /** CVE-2019-11478: the cost of each SACK must not grow with what is queued. */
    @Test
    void sackSlowness() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk().wscale(7));
        peer.window(1 << 20).sends(ack(1, 1));
        conn.write(500_000);
        peer.seesWhatever();
        int sent = conn.tcb().flightSize();
        long began = System.nanoTime();
        for (int i = 0; i < 3_000; i++) {
            int at = 1_001 + 2_000 * (i % Math.max(1, sent / 2_000));
            peer.sends(ack(1, 1).sack(at, at + 1_000)).seesWhatever();
        }
        assertThat(System.nanoTime() - began).as("ns for 3,000 SACKs").isLessThan(10_000_000_000L);
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    void sackBlocksOutsideWhatIsInFlightAreIgnored() {
        Conn conn = established();
        conn.write(3_000);
        peer.sees(burst(1, 3_001, 1_000));
        peer.sends(ack(1, 1).sack(-5_000, -4_000)).seesNothing();
        peer.sends(ack(1, 1).sack(10_001, 20_001)).seesNothing();
        peer.sends(ack(1, 3_001)).seesNothing();
        assertThat(conn.tcb().retransmits()).isZero();
        conn.write(3_000);
        peer.sees(burst(3_001, 6_001, 1_000));
        peer.sends(ack(1, 3_001).sack(-5_000, 20_001)).seesNothing();
        peer.sends(ack(1, 6_001)).seesNothing();
        assertThat(conn.tcb().retransmits()).isZero();
    }

    @Test
    void reversedAndOverlappingSackBlocksAreHarmless() {
        Conn conn = established();
        conn.write(6_000);
        peer.sees(burst(1, 6_001, 1_000));
        peer.sends(ack(1, 1).sack(2_001, 1_001)).seesNothing();
        peer.sends(ack(1, 1).sack(1_001, 1_001)).seesNothing();
        peer.sends(ack(1, 1).sack(4_001, 5_001, 4_001, 5_001, 4_001, 6_001)).seesWhatever();
        peer.sends(ack(1, 6_001)).seesNothing();
        works(peer, conn, 6_001, 1);
    }

    @Test
    void sackWithoutAgreementIsIgnored() {
        host.listen();
        Conn conn = peer.opens(syn(0).mss(1_000));
        conn.write(6_000);
        peer.sees(burst(1, 6_001, 1_000));
        peer.sends(ack(1, 1).sack(1_001, 6_001)).seesNothing();
        peer.sends(ack(1, 6_001));
    }

    // Urgent data (URGENT/11).

    @Test
    void urgentPointersOfAllKindsLeaveTheDataInTheStream() {
        Conn conn = established();
        peer.sends(data(1, 11).urgent(0)).seesWhatever();
        peer.sends(data(11, 21).urgent(5)).seesWhatever();
        peer.sends(data(21, 31).urgent(60_000)).seesWhatever();
        peer.sends(data(31, 41).urgent(65_535)).seesWhatever();
        conn.reads(40);
        works(peer, conn, 1, 41);
    }

    @Test
    void anUrgentSynIsASyn() {
        host.listen();
        peer.sends(seg(Tcp.SYN, 0, 0).urgent(9)).sees(synAck(0, 1)).sends(ack(1, 1));
        host.accept();
    }

    // Misbehaving receivers (Savage et al., 1999).

    @Test
    void optimisticAcksAreNotBelieved() {
        Conn conn = established();
        conn.write(20_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        peer.sends(ack(1, 15_001)).sees(ack(10_001, 1)).seesNothing();
        assertThat(conn.tcb().cwnd()).isEqualTo(10_000);
        peer.sends(ack(1, 10_001)).seesWhatever().sends(ack(1, 20_001)).seesWhatever();
    }

    @Test
    @Rfc({"3465", "2.1"})
    void ackDivisionDoesNotOpenTheWindowFaster() {
        Conn conn = established();
        conn.write(10_000);
        peer.sees(burst(1, 10_001, 1_000));
        for (int i = 1; i <= 100; i++) {
            peer.sends(ack(1, 1 + 10 * i));
        }
        assertThat(conn.tcb().cwnd()).as("cwnd grows by what was acknowledged").isLessThanOrEqualTo(11_000);
        peer.sends(ack(1, 10_001)).seesNothing();
    }

    @Test
    void duplicateAckSpoofingBuysLittle() {
        Conn conn = established();
        conn.write(100_000);
        peer.sees(burst(1, 10_001, 1_000)).seesNothing();
        for (int i = 0; i < 300; i++) {
            peer.sends(ack(1, 1));
        }
        int sent = 0;
        while (peer.pending() > 0) {
            sent += peer.next().length();
        }
        assertThat(sent).as("bytes sent for acknowledgements of nothing").isLessThanOrEqualTo(25_000);
        conn.abort();
        peer.seesWhatever();
    }

    @Test
    void aWindowShrunkToNothingIsSurvived() {
        Conn conn = established();
        conn.write(5_000);
        peer.sees(burst(1, 5_001, 1_000));
        peer.sends(ack(1, 2_001).win(0));
        afterWhatever(5_000);
        peer.seesWhatever();
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(ack(1, 5_001).win(5_000)).seesNothing();
        works(peer, conn, 5_001, 1);
    }

    // Floods.

    /** SegmentSmack, CVE-2018-5390: out-of-order floods are bounded by the memory they pin. */
    @Test
    void anOutOfOrderFloodOfTinySegmentsIsBounded() {
        host.listen(1, options -> options.tcp.receiveBuffer = 65_536);
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        for (int i = 0; i < 5_000; i++) {
            peer.sends(data(3 + 2 * i, 4 + 2 * i)).seesWhatever();
        }
        assertThat((long) framesInUse() * FramePool.MTU_SLOT_BYTES)
                .as("bytes pinned")
                .isLessThanOrEqualTo(2L * 65_536 + 4 * FramePool.MTU_SLOT_BYTES);
        peer.sends(data(1, 3)).seesWhatever();
        conn.reads(3);
        conn.isIn(TcpState.ESTABLISHED);
    }

    @Test
    void anInOrderFloodOfTinySegmentsIsBounded() {
        host.listen(1, options -> options.tcp.receiveBuffer = 65_536);
        Conn conn = peer.opens(syn(0).mss(1_000).sackOk());
        for (int i = 0; i < 5_000; i++) {
            peer.sends(data(1 + i, 2 + i)).seesWhatever();
        }
        assertThat((long) framesInUse() * FramePool.MTU_SLOT_BYTES).isLessThanOrEqualTo(3L * 65_536);
        conn.reads(5_000);
        peer.seesWhatever();
    }

    @Test
    void aSynFloodIsBoundedAndTheHonestStillGetIn() {
        host.listen(4);
        for (int i = 0; i < 3_000; i++) {
            peer(1_000 + i).sends(syn(i).mss(1_000)).seesWhatever();
        }
        int frames = framesInUse();
        assertThat(frames).as("frames held by half-open connections").isLessThan(10);
        Peer honest = peer(50_000);
        honest.sends(syn(0).mss(1_000)).sees(synAck(0, 1)).sends(ack(1, 1)).seesWhatever();
        host.accept();
        afterWhatever(300_000);
        for (int i = 0; i < 3_000; i++) {
            peer(1_000 + i).seesWhatever();
        }
    }

    // Guessing.

    @Test
    @Rfc({"9293", "3.4.1", "MUST-8"})
    @Rfc({"6528", "3"})
    void initialNumbersOfDifferentPeersAreUnrelated() {
        host.listen();
        Set<Integer> distances = new HashSet<>();
        int last = 0;
        for (int i = 0; i < 20; i++) {
            Peer other = peer(2_000 + i);
            other.sends(syn(0)).sees(synAck(0, 1));
            int isn = other.route().ackBase();
            distances.add((isn - last) >>> 20);
            last = isn;
            other.sends(rst(1)).seesNothing();
        }
        assertThat(distances).hasSizeGreaterThan(15);
    }

    @Test
    @Rfc({"5961", "5.2"})
    void blindDataIsNotTaken() {
        Conn conn = established();
        conn.write(100);
        peer.sees(data(1, 101)).sends(ack(1, 101));
        // In the window, but with an ACK from outside of what could be acknowledged.
        peer.sends(data(1, 101).acking(0x1000_0000).payloadOf(666)).seesWhatever();
        peer.sends(data(1, 101).acking(-0x1000_0000).payloadOf(666)).seesWhatever();
        conn.readsNothing();
        peer.sends(data(1, 101)).seesWhatever();
        conn.reads(100);
    }

    /** Ghost ACKs: data that differs where it was received already changes nothing. */
    @Test
    void whatWasReceivedFirstStays() {
        Conn conn = established();
        peer.sends(data(1_001, 2_001)).seesWhatever();
        peer.sends(data(1_001, 2_001).payloadOf(666)).seesWhatever();
        peer.sends(data(1, 1_001)).sees(ack(1, 2_001));
        peer.sends(data(1, 2_001).payloadOf(666)).sees(ack(1, 2_001));
        conn.reads(2_000).readsNothing();
    }

    @Test
    void segmentsFarOutsideTheWindowAreAnsweredAndDropped() {
        Conn conn = established();
        for (int seq : new int[] {-1_000_000, 5_000_000, 0x4000_0000, 0x7fff_fff0}) {
            peer.sends(data(seq, seq + 100).acking(1));
            assertThat(peer.pending()).isLessThanOrEqualTo(1);
            peer.seesWhatever();
        }
        conn.readsNothing();
        works(peer, conn, 1, 1);
    }
}
