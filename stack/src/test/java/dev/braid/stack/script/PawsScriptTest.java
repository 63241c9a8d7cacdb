package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.TS;
import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.Seg.syn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.Errno;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Protection against wrapped sequence numbers (RFC 7323 section 5). */
class PawsScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_012).sackOk().ts(1_000, 0));
    }

    @Test
    @Rfc({"7323", "5.3"})
    void aSegmentWithAnOlderTimestampIsDroppedAndAcknowledged() {
        Conn conn = established();
        after(10);
        peer.sends(data(1, 101).ts(1_010, 0)).seesWhatever();
        peer.sends(data(101, 201).ts(1_009, 0)).sees(ack(1, 101).ts(10, 1_010));
        conn.reads(100).readsNothing();
        assertThat(counter("TcpDropPaws")).isEqualTo(1);
        peer.sends(data(101, 201).ts(1_010, 0)).seesWhatever();
        conn.reads(100);
    }

    @Test
    @Rfc({"7323", "5.2"})
    void aResetIsNotSubjectToPaws() {
        Conn conn = established();
        peer.sends(rst(1).ts(1, 0)).seesNothing();
        conn.failedWith(Errno.ECONNRESET);
    }

    @Test
    @Rfc({"7323", "5.5"})
    void afterTwentyFourDaysAnOldTimestampProvesNothing() {
        Conn conn = established();
        after(10);
        peer.sends(data(1, 101).ts(1_010, 0)).seesWhatever();
        after(25L * 24 * 3_600_000);
        peer.sends(data(101, 201).ts(900, 0)).seesWhatever();
        conn.reads(200);
    }

    @Test
    @Rfc({"7323", "4.3"})
    void onlyASegmentThatCoversTheLastAckMovesTsRecent() {
        Conn conn = established();
        after(10);
        peer.sends(data(1_001, 2_001).ts(1_020, 0)).sees(ack(1, 1).ts(10, 1_000).sack(1_001, 2_001));
        peer.sends(data(1, 1_001).ts(1_015, 0)).sees(ack(1, 2_001).ts(10, 1_015));
        conn.reads(2_000);
    }

    /** RFC 7323 section 3.2 would drop it, and the connection with it where a box strips the option. */
    @Test
    void aSegmentWithoutTheAgreedTimestampIsTaken() {
        Conn conn = established();
        peer.sends(data(1, 101).lacks(TS)).sees(ack(1, 101).ts());
        conn.reads(100);
        conn.write(1_000);
        peer.sees(data(1, 1_001).ts()).sends(ack(101, 1_001).lacks(TS));
        assertThat(conn.tcb().flightSize()).isZero();
    }

    /** What a host sees whose SYN/ACK lost its timestamps on the way: the peer believes there are none. */
    @Test
    void aPeerThatNeverSendsTheAgreedTimestampIsServed() {
        host.listen();
        peer.sends(syn(0).mss(1_012).ts(1_000, 0)).sees(Seg.synAck(0, 1).ts());
        peer.sends(ack(1, 1).lacks(TS)).seesNothing();
        Conn conn = host.accept();
        peer.sends(data(1, 1_001).lacks(TS)).sees(ack(1, 1_001).ts());
        conn.reads(1_000).write(1_000).finish();
        peer.sees(data(1, 1_001), Seg.fin(1_001, 1_001)).sends(Seg.fin(1_001, 1_002).lacks(TS)).sees(ack(1_002, 1_002));
        conn.readsEnd();
    }

    /** And the host whose SYN was answered so: the peer goes on sending what it believes agreed. */
    @Test
    void timestampsThatWereNotAgreedAreIgnored() {
        Conn conn = peer.isConnectedTo(Seg.synAck(0, 1).mss(1_012));
        peer.sends(data(1, 1_001).ts(1_000, 0)).sees(ack(1, 1_001).lacks(TS));
        conn.reads(1_000).write(1_000);
        peer.sees(data(1, 1_001).lacks(TS)).sends(ack(1_001, 1_001).ts(1_010, 0)).seesNothing();
        assertThat(conn.tcb().flightSize()).isZero();
    }

    @Test
    void timestampsMayWrap() {
        host.listen();
        peer.sends(syn(0).mss(1_012).sackOk().ts(-20, 0)).sees(Seg.synAck(0, 1)).sends(ack(1, 1).ts(-10, 0));
        Conn conn = host.accept();
        peer.sends(data(1, 101).ts(-5, 0)).sees(ack(1, 101).ts(0, -5));
        peer.sends(data(101, 201).ts(7, 0)).sees(ack(1, 201).ts(0, 7));
        peer.sends(data(201, 301).ts(-1, 0)).sees(ack(1, 201).ts(0, 7));
        conn.reads(200).readsNothing();
    }

    @Test
    void aTimestampThatJumpsDoesNotBreakTheTimer() {
        Conn conn = established();
        after(10);
        conn.write(1_000);
        peer.sees(data(1, 1_001));
        after(5);
        peer.sends(ack(1, 1_001).ts(1_000_000_000, 0x4000_0000));
        assertThat(conn.tcb().rtoNs()).as("timeout").isLessThan(1_100_000_000L);
        conn.write(1_000);
        peer.sees(data(1_001, 2_001)).sends(ack(1, 2_001).ts(1_000_000_001, 15));
    }
}
