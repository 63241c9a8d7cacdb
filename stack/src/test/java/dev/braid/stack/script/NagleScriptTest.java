package dev.braid.stack.script;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.burst;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.syn;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Small segments (RFC 9293 section 3.7.4), TCP_NODELAY and TCP_CORK. */
class NagleScriptTest extends Script {
    private Conn established() {
        host.listen();
        return peer.opens(syn(0).mss(1_000).sackOk());
    }

    @Test
    @Rfc({"9293", "3.7.4", "SHLD-7"})
    void aSecondSmallSegmentWaitsForTheAckOfTheFirst() {
        Conn conn = established();
        conn.write(10);
        peer.sees(data(1, 11).psh());
        conn.write(20);
        conn.write(30);
        peer.seesNothing();
        peer.sends(ack(1, 11)).sees(data(11, 61).psh()).sends(ack(1, 61));
    }

    @Test
    void aFullSegmentDoesNotWait() {
        Conn conn = established();
        conn.write(10);
        peer.sees(data(1, 11));
        conn.write(900);
        peer.seesNothing();
        conn.write(200);
        peer.sees(data(11, 1_011)).seesNothing();
        peer.sends(ack(1, 1_011)).sees(data(1_011, 1_111)).sends(ack(1, 1_111));
    }

    @Test
    void theTailOfALargeWriteDoesNotWait() {
        Conn conn = established();
        conn.write(2_100);
        peer.sees(data(1, 1_001), data(1_001, 2_001), data(2_001, 2_101)).sends(ack(1, 2_101));
    }

    @Test
    @Rfc({"9293", "3.7.4", "MUST-17"})
    void noDelaySendsEveryWriteAtOnce() {
        Conn conn = established();
        conn.options(options -> options.tcp.noDelay = true);
        conn.write(10);
        conn.write(20);
        conn.write(30);
        peer.sees(data(1, 11).psh(), data(11, 31).psh(), data(31, 61).psh()).sends(ack(1, 61));
    }

    @Test
    void switchingNoDelayOnReleasesWhatWaits() {
        Conn conn = established();
        conn.write(10);
        peer.sees(data(1, 11));
        conn.write(20);
        peer.seesNothing();
        conn.options(options -> options.tcp.noDelay = true);
        peer.sees(data(11, 31)).sends(ack(1, 31));
    }

    @Test
    void aCorkHoldsPartialSegmentsBack() {
        Conn conn = established();
        conn.options(options -> options.tcp.cork = true);
        conn.write(10);
        peer.seesNothing();
        conn.write(1_500);
        peer.sees(data(1, 1_001)).sends(ack(1, 1_001)).seesNothing();
        conn.options(options -> options.tcp.cork = false);
        peer.sees(data(1_001, 1_511)).sends(ack(1, 1_511));
    }

    @Test
    void aCorkLastsTwoHundredMilliseconds() {
        Conn conn = established();
        conn.options(options -> options.tcp.cork = true);
        conn.write(10);
        after(200);
        peer.sees(data(1, 11)).sends(ack(1, 11));
    }

    @Test
    void theEndOfTheStreamPullsTheCork() {
        Conn conn = established();
        conn.options(options -> options.tcp.cork = true);
        conn.write(10).finish();
        peer.sees(data(1, 11).fin()).sends(ack(1, 12));
    }

    @Test
    void theEndOfTheStreamDoesNotWaitForAnAck() {
        Conn conn = established();
        conn.write(10);
        peer.sees(data(1, 11));
        conn.write(10).finish();
        peer.sees(data(11, 21).fin()).sends(ack(1, 22));
    }

    @Test
    void fullSegmentsAreNotCutByWrites() {
        Conn conn = established();
        conn.options(options -> options.tcp.cork = true);
        for (int i = 0; i < 50; i++) {
            conn.write(100);
        }
        peer.sees(burst(1, 5_001, 1_000)).sends(ack(1, 5_001));
    }

    @Test
    void moreHoldsAPartialSegmentUntilAnAckAndPushesNothing() {
        Conn conn = established();
        conn.options(options -> options.tcp.noDelay = true);
        conn.writeMore(1_100);
        peer.sees(data(1, 1_001).noPsh()).seesNothing();
        peer.sends(ack(1, 1_001)).sees(data(1_001, 1_101).noPsh());
        conn.writeMore(10);
        peer.seesNothing();
        conn.write(10);
        peer.sees(data(1_101, 1_121).psh()).sends(ack(1, 1_121));
    }

    @Test
    void moreThatNeverComesIsPushedAfterATimeout() {
        Conn conn = established();
        conn.writeMore(40);
        after(200);
        peer.sees(data(1, 41).psh()).sends(ack(1, 41));
    }
}
