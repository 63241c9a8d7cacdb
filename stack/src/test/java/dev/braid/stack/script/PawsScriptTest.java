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

    @Test
    @Rfc({"7323", "3.2"})
    void aSegmentWithoutTheAgreedTimestampIsDropped() {
        Conn conn = established();
        peer.sends(data(1, 101).lacks(TS)).seesWhatever();
        conn.readsNothing();
        assertThat(counter("TcpDropNoTimestamp")).isEqualTo(1);
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
