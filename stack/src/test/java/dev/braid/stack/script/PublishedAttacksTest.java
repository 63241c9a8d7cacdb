package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.seg;
import static dev.braid.stack.script.Seg.syn;
import static dev.braid.stack.script.Seg.synAck;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.Tcp;
import dev.braid.stack.tcp.TcpState;
import dev.braid.testing.Rfc;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Segments that took other stacks over or down, by the names under which they were published, and what is left of the TCP list
 * in docs/hardening.md; the end of every script looks for leaks.
 */
class PublishedAttacksTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    private void stillWorks(Conn conn, int from, int peerSeq) {
        conn.write(100);
        peer.sees(data(from, from + 100).acking(peerSeq)).sends(ack(peerSeq, from + 100)).seesNothing();
    }

    /** CVE-2019-12255: an urgent pointer of zero made VxWorks compute a length of -1. */
    @Test
    void urgent11PointerOfZeroReadsNoMoreThanWasSent() {
        Conn conn = established();
        peer.sends(data(1, 11).urgent(0)).seesWhatever();
        conn.reads(10).readsNothing();
        stillWorks(conn, 1, 11);
    }

    /** CVE-2019-12261: the pointer of a connection being made was kept for its data. */
    @Test
    void urgent11PointerOnTheSynAckOfAnActiveOpenIsForgotten() {
        Conn conn = host.connect(peer);
        peer.sees(syn(0)).sends(seg(Tcp.SYN | Tcp.ACK, 0, 0).acking(1).urgent(40_000)).sees(ack(1, 1));
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(data(1, 11)).seesWhatever();
        conn.reads(10).readsNothing();
        stillWorks(conn, 1, 11);
    }

    /** CVE-2019-12263: urgent data that is overwritten while it is out of order. */
    @Test
    void urgent11DataOutOfOrderStaysWhereItBelongs() {
        Conn conn = established();
        peer.sends(data(11, 21).urgent(3)).seesWhatever();
        peer.sends(data(11, 21).urgent(9)).seesWhatever();
        peer.sends(data(1, 11).urgent(20)).seesWhatever();
        conn.reads(20).readsNothing();
        stillWorks(conn, 1, 21);
    }

    /** CVE-2019-12258: one segment with malformed options, sent blindly, reset VxWorks's connections. */
    @Test
    void urgent11MalformedOptionsOfABlindSegmentEndNoConnection() {
        Conn conn = established();
        peer.sends(seg(Tcp.ACK, 90_000, 90_000).acking(1).rawOptions(3, 0, 0, 0)).seesWhatever();
        peer.sends(seg(Tcp.ACK, 1, 1).acking(1).rawOptions(3, 2, 8, 3, 0, 0, 0, 0)).seesWhatever();
        conn.isIn(TcpState.ESTABLISHED);
        stillWorks(conn, 1, 1);
    }

    /** AMNESIA:33, CVE-2020-13988: an MSS option whose length made the parser of uIP run for ever or past the end. */
    @Test
    @Rfc({"9293", "3.2", "MUST-7"})
    void amnesia33MssOptionsOfImpossibleLengthEndTheOptions() {
        host.listen();
        peer.opens(syn(0).rawOptions(2, 0, 5, 180));
        peer(41_001).opens(syn(0).rawOptions(2, 3, 5, 180));
        peer(41_002).opens(syn(0).rawOptions(1, 1, 1, 2));
    }

    /** AMNESIA:33, CVE-2020-17437: an urgent pointer beyond the segment made uIP move bytes from outside of it. */
    @Test
    void amnesia33UrgentPointerBeyondTheSegmentTakesNothingFromElsewhere() {
        Conn conn = established();
        peer.sends(data(1, 11).urgent(65_535)).sends(seg(Tcp.ACK, 11, 11).acking(1).urgent(500)).seesWhatever();
        conn.reads(10).readsNothing();
        stillWorks(conn, 1, 11);
    }

    /** INFRA:HALT, CVE-2020-35684 and CVE-2020-31401: a header longer than the packet made lengths negative in NicheStack. */
    @Test
    void infraHaltHeaderLongerThanItsPacketIsDroppedAndCounted() {
        Conn conn = established();
        for (int offset = 24; offset <= 60; offset += 4) {
            peer.sends(seg(Tcp.ACK, 1, 1).acking(1).dataOffset(offset)).seesNothing();
        }
        assertThat(counter("TcpInErrs")).isEqualTo(10);
        conn.isIn(TcpState.ESTABLISHED);
        stillWorks(conn, 1, 1);
    }

    /** INFRA:HALT, CVE-2020-31400: out-of-band data that ended in a panic. */
    @Test
    void infraHaltUrgentDataAtTheEndOfTheStreamIsData() {
        Conn conn = established();
        peer.sends(data(1, 11).urgent(10).fin()).seesWhatever();
        conn.reads(10).readsEnd();
        conn.close();
        peer.seesWhatever().sends(ack(12, 2)).seesWhatever();
    }

    /** NUMBER:JACK: initial sequence numbers that follow from the last one by adding a constant, or from the time alone. */
    @Test
    @Rfc({"6528", "3"})
    void numberJackStepsBetweenInitialNumbersTellNothing() {
        host.listen();
        Set<Integer> steps = new HashSet<>();
        int last = 0;
        for (int i = 0; i < 32; i++) {
            Peer other = peer(30_000 + i);
            other.sends(syn(0)).sees(synAck(0, 1));
            int initial = other.route().ackBase();
            steps.add(initial - last);
            last = initial;
            other.sends(Seg.rst(1)).seesNothing();
        }
        assertThat(steps).as("32 steps, all different").hasSize(32);
    }

    /** Savage et al. and "ghost ACKs": acknowledging what was never sent, in every state that has something to acknowledge. */
    @Test
    @Rfc({"9293", "3.10.7.4"})
    @Rfc({"5961", "5"})
    void ghostAcksMoveNothing() {
        Conn conn = established();
        conn.write(1_000);
        peer.sees(data(1, 1_001)).sends(ack(1, 5_001)).seesWhatever();
        assertThat(conn.tcb().info(0).unacked).as("segments in flight").isEqualTo(1);
        peer.sends(ack(1, 1_001)).seesNothing();
        conn.finish();
        peer.seesWhatever().sends(ack(1, 9_001)).seesWhatever();
        conn.isIn(TcpState.FIN_WAIT_1);
        peer.sends(ack(1, 1_002)).seesNothing();
        conn.isIn(TcpState.FIN_WAIT_2);
        conn.abort();
        peer.seesWhatever();
    }

    /** As many blocks as fit, a length that is no whole number of blocks, and one block too many for the option's length. */
    @Test
    @Rfc({"2018", "3"})
    void sackOptionsWithTooManyOrBrokenBlocksAreHarmless() {
        Conn conn = established();
        conn.write(3_000);
        peer.seesWhatever();
        peer.sends(ack(1, 1).sack(1_001, 1_101, 1_201, 1_301, 1_401, 1_501, 1_601, 1_701)).seesWhatever();
        peer.sends(ack(1, 1).rawOptions(5, 9, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1)).seesWhatever();
        peer.sends(ack(1, 1).rawOptions(5, 42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).seesWhatever();
        peer.sends(ack(1, 1).rawOptions(5, 2, 1, 1)).seesWhatever();
        conn.isIn(TcpState.ESTABLISHED);
        peer.sends(ack(1, 3_001)).seesWhatever();
        stillWorks(conn, 3_001, 1);
    }

    /** A zero window for ever, each probe answered: the connection lives, and its probes become rare. */
    @Test
    @Rfc({"9293", "3.8.6.1", "MUST-36"})
    void aWindowThatStaysShutCostsAProbeAMinuteOrLess() {
        Conn conn = established();
        peer.sends(ack(1, 1).win(0));
        conn.write(100);
        int probes = 0;
        for (int minute = 0; minute < 60; minute++) {
            for (int second = 0; second < 60; second++) {
                afterWhatever(1_000);
                if (peer.pending() > 0) {
                    probes += peer.pending();
                    peer.seesWhatever().sends(ack(1, 1).win(0)).seesWhatever();
                }
            }
        }
        assertThat(probes).as("probes in an hour").isBetween(20, 75);
        conn.isIn(TcpState.ESTABLISHED);
        conn.abort();
        peer.seesWhatever();
    }
}
