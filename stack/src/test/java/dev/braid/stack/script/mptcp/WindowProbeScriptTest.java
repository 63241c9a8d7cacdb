package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.Seg.rst;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The window of the whole connection is closed: both ends find out when it opens (RFC 8684 section 3.3.5). */
class WindowProbeScriptTest extends TwoPathScript {
    /** What the peer takes: as much can be said with its scale and without. */
    private static final int WINDOW = 20 << 7;

    /** The host filled the peer's window, and three thousand bytes more wait. */
    private void isClosed(Role role) {
        wifi.window(WINDOW);
        lte.window(WINDOW);
        hasTwoPaths(role);
        second.window(WINDOW);
        conn.write(WINDOW);
        int sent = second.next().to();
        first.window(0);
        second.window(0);
        // The window's edge stays where it was said to be: the rest goes.
        second.sends(ack(1, sent).with(dss().ack(sent)));
        second.sees(data(sent, WINDOW + 1)).sends(ack(1, WINDOW + 1).with(dss().ack(WINDOW + 1)));
        conn.write(3_000);
        first.seesNothing();
        second.seesNothing();
    }

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.5"})
    void noByteIsSentThatTheClosedWindowHasNoRoomFor(Role role) {
        isClosed(role);
        afterWhatever(100);
        first.seesNothing();
        second.seesNothing();
        second.sends(ack(1, WINDOW + 1).win(30_000));
        assertThat(mp.hostEnd()).isGreaterThan(WINDOW + 1);
        discardAll();
    }

    /** The segment that said that the window is open was lost: a peer is asked, and asked again with back-off. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"9293", "3.8.6.1"})
    void aClosedWindowIsAskedForWithBackOff(Role role) {
        isClosed(role);
        afterWhatever(221);
        // The path whose own window is closed asks by itself; the connection asks on each of its paths in turn, for that one may be dead.
        second.sees(probe(WINDOW + 1, 1));
        first.sees(octetProbe(1, 11));
        second.sends(ack(1, WINDOW + 1).win(0));
        first.sends(ack(11, 1).win(0).with(dss().ack(WINDOW + 1)));
        afterWhatever(221);
        first.seesNothing();
        second.seesNothing();
        afterWhatever(221);
        first.seesNothing();
        second.sees(probe(WINDOW + 1, 1));
        second.sees(octetProbe(WINDOW + 1, 1));
        second.sends(ack(1, WINDOW + 1).win(30_000));
        assertThat(mp.hostEnd()).as("behind what was sent").isGreaterThan(WINDOW + 1);
        discardAll();
    }

    /** Less than a segment, and than half of the largest window there was, is not worth a segment until the timer expires. */
    @Test
    @Rfc({"9293", "3.8.6.2.1"})
    void aWindowThatOpensALittleIsUsedAfterAMoment() {
        isClosed(Role.SERVER);
        second.sends(ack(1, WINDOW + 1).win(512).with(dss().ack(WINDOW + 1)));
        // The other path's own window is wide: it is the connection's that is narrow.
        second.sends(rst(1));
        afterWhatever(100);
        assertThat(mp.hostEnd()).as("behind what was sent").isEqualTo(WINDOW + 1);
        afterWhatever(121);
        assertThat(mp.hostEnd()).as("behind what was sent").isEqualTo(WINDOW + 1 + 512);
        discardAll();
    }

    /** The path that closed the window is dead: it is the other one that hears of its opening. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.5"})
    void aWindowThatOpensOnAnotherPathIsOpenForAll(Role role) {
        isClosed(role);
        second.dies();
        first.sends(ack(11, 1).win(30_000).with(dss().ack(WINDOW + 1)));
        // The other one is faster, but for all that is known here its own window is closed: it is not waited for.
        assertThat(mp.hostEnd()).isGreaterThan(WINDOW + 1);
        assertThat(first.pending()).isPositive();
        second.seesNothing();
        discardAll();
    }

    // The host's window is closed.

    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.5"})
    void aHostThatHasNoRoomAnswersProbesOnAnyPathAndSaysWhenThereIsRoom(Role role) {
        core().tunables().set("net.ipv4.tcp_rmem", "4096 16384 16384");
        hasTwoPaths(role);
        int next = 11;
        int window = 1_000;
        while (window > 0) {
            int bytes = Math.min(window, 1_000);
            first.sends(data(next, next + bytes).with(map(next, next, bytes)));
            next += bytes;
            afterWhatever(50);
            while (first.pending() > 0) {
                window = first.next().window();
            }
            assertThat(next).as("bytes until the window closes").isLessThan(20_000);
        }
        // A byte that is acknowledged already, on the other path: the answer says where the host stands.
        second.sends(data(1, 2).with(map(next - 1, 1, 1)));
        second.sees(ack(1, 2).win(0).with(dss().ack(next)));
        conn.reads(next - 11);
        // Every path is told: nobody knows which of them the peer hears.
        first.sees(ack(1, next).with(dss().ack(next)));
        second.sees(ack(1, 2).with(dss().ack(next)));
        first.sends(data(next, next + 500).with(map(next, next, 500)));
        conn.reads(500);
        first.seesWhatever();
    }

    /** Fields are rounded up: a peer that sends less than a unit at a time sees no window close, and still fills no memory. */
    @ParameterizedTest
    @EnumSource
    void whatNobodyReadsIsBoundedThoughRoundingKeepsTheWindowOpen(Role role) {
        hasTwoPaths(role);
        int most = 3 * conn.socket().connection().receiveBufferSize();
        for (int next = 11; next < 3 * most; next += 500) {
            first.sends(data(next, next + 500).with(map(next, next, 500)));
            afterWhatever(1);
        }
        discardAll();
        assertThat(conn.socket().connection().receivePinned()).as("true bytes unread").isLessThan(most);
        assertThat(conn.socket().available()).isPositive();
    }
}
