package dev.braid.stack.script.mptcp;

import static dev.braid.stack.script.Seg.ack;
import static dev.braid.stack.script.Seg.data;
import static dev.braid.stack.script.mptcp.MpOption.dss;
import static dev.braid.stack.script.mptcp.MpOption.map;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.braid.stack.mptcp.MptcpConnection;
import dev.braid.stack.script.Seg;
import dev.braid.testing.Rfc;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The buffers and the window that both paths of a connection share (RFC 8684 sections 3.3.4 and 3.3.5), and how they grow. */
class BufferScriptTest extends TwoPathScript {
    /** Payload of the peer's full segments: what fits beside timestamps and the longest DSS option. */
    private static final int MSS = 1_380;

    /** The peer's next data sequence number, and the next of its sequence numbers on either path. */
    private int next = 11;

    private int nextOnFirst = 11;
    private int nextOnSecond = 1;

    // The window.

    /**
     * The SYN of a second path and its answer can name no more than 65,535 bytes, and the memory that was free when more was promised is
     * not free any longer.
     */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.4"})
    void theHandshakeOfASecondPathTakesNothingOfTheWindowBack(Role role) {
        core().tunables().set("net.ipv4.tcp_rmem", "4096 400000 400000");
        isOpen(role);
        first.sends(tiny());
        afterWhatever(50);
        int promised = next + lastWindow(first);
        for (int i = 0; i < 330; i++) {
            // A few bytes pin a whole slot of memory each.
            first.sends(tiny()).seesWhatever();
        }
        assertThat(promised).as("edge of the window").isGreaterThan(300_000);
        addSecondPath(role, 0);
        first.sends(tiny());
        afterWhatever(50);
        assertThat(next + lastWindow(first)).as("edge of the window after the handshake")
                .isGreaterThanOrEqualTo(promised);
    }

    /** A segment of one path can but say again what another one's promised; that is counted, once for each promise. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.4"})
    void aWindowPromisedOnOnePathIsSharedByTheOther(Role role) {
        hasTwoPaths(role);
        lastWindow(second, onSecond(1));
        conn.reads(MSS);
        long before = counter("MPTcpExtRcvWndShared");
        int promised = lastWindow(first, onFirst(2));
        assertThat(counter("MPTcpExtRcvWndShared")).as("while it is the first to say so").isEqualTo(before);
        Seg again = data(nextOnSecond, nextOnSecond + 1).with(map(next - 1, nextOnSecond, 1));
        nextOnSecond++;
        assertThat(lastWindow(second, again)).as("window on the other path").isEqualTo(promised);
        assertThat(counter("MPTcpExtRcvWndShared")).isEqualTo(before + 1);
        second.sends(data(nextOnSecond, nextOnSecond + 1).with(map(next - 1, nextOnSecond, 1))).seesWhatever();
        assertThat(counter("MPTcpExtRcvWndShared")).as("said before").isEqualTo(before + 1);
    }

    private Seg tiny() {
        Seg segment = data(nextOnFirst, nextOnFirst + 10).with(map(next, nextOnFirst, 10));
        nextOnFirst += 10;
        next += 10;
        return segment;
    }

    /** The window of the last segment with which the host answers. */
    private static int lastWindow(Path path, Seg... segments) {
        path.sendsTogether(segments);
        int window = 0;
        while (path.pending() > 0) {
            window = Objects.requireNonNull(path.next().window());
        }
        return window;
    }

    // The receive buffer.

    /** What both paths bring in a round trip of the slower one, twice: neither the faster path's round trip nor one path's share. */
    @ParameterizedTest
    @EnumSource
    @Rfc({"8684", "3.3.4"})
    void theReceiveBufferFollowsWhatBothPathsBringInTheLongerRoundTrip(Role role) {
        core().tunables().set("net.ipv4.tcp_rmem", "4096 65536 6291456");
        hasTwoPaths(role);
        int segments = 3;
        for (; segments < 40; segments++) {
            // A few more each time, as in congestion avoidance: no room beyond that for a slow start's next round.
            after(SECOND_RTT_MS);
            lastWindow(second, onSecond(segments));
            conn.reads(segments * MSS);
            second.seesWhatever();
            first.seesWhatever();
            after(FIRST_RTT_MS - SECOND_RTT_MS);
            lastWindow(second, onSecond(segments));
            lastWindow(first, onFirst(segments));
            conn.reads(2 * segments * MSS);
            first.seesWhatever();
            second.seesWhatever();
        }
        int brought = 3 * (segments - 1) * MSS;
        assertThat(conn.socket().connection().receiveBufferSize()).as("receive buffer").isBetween(2 * brought,
                3 * brought);
        after(SECOND_RTT_MS);
        assertThat(lastWindow(second, onSecond(2))).as("window on the faster path")
                .isGreaterThanOrEqualTo(2 * brought - 2 * MSS);
        assertThat(lastWindow(first, onFirst(2))).as("window on the slower path")
                .isGreaterThanOrEqualTo(2 * brought - 4 * MSS);
    }

    private Seg[] onFirst(int segments) {
        Seg[] burst = burst(nextOnFirst, segments);
        nextOnFirst += segments * MSS;
        return burst;
    }

    private Seg[] onSecond(int segments) {
        Seg[] burst = burst(nextOnSecond, segments);
        nextOnSecond += segments * MSS;
        return burst;
    }

    private Seg[] burst(int from, int segments) {
        Seg[] burst = new Seg[segments];
        for (int i = 0; i < segments; i++) {
            int start = from + i * MSS;
            burst[i] = data(start, start + MSS).with(map(next, start, MSS));
            next += MSS;
        }
        return burst;
    }

    // The send buffer.

    /** Four times what both paths together carry until the slower one has answered. */
    @ParameterizedTest
    @EnumSource
    void theSendBufferFollowsWhatBothPathsCarryInTheLongerRoundTrip(Role role) {
        core().tunables().set("net.ipv4.tcp_wmem", "4096 16384 4194304");
        hasTwoPaths(role);
        MptcpConnection connection = connection();
        double rounds = (double) connection.subflow(0).srttNs() / connection.subflow(1).srttNs();
        assertThat(rounds).as("round trips of the second path in one of the first").isCloseTo(2, within(0.1));
        double carried = connection.subflow(0).cwnd() + connection.subflow(1).cwnd() * rounds;
        isFilled();
        int taken = conn.tryWrite(10_000_000);
        assertThat(connection.sendBufferSize()).as("send buffer").isCloseTo((int) (4 * carried), withinPercentage(1));
        assertThat(connection.sendQueued()).as("bytes queued").isEqualTo(connection.sendBufferSize());
        assertThat(taken).as("bytes taken at once").isGreaterThan(100_000);
        discardAll();
    }

    /** Each path may have as much as a connection of plain TCP. */
    @ParameterizedTest
    @EnumSource
    void theSendBufferIsBoundedByTheMostForEachPath(Role role) {
        core().tunables().set("net.ipv4.tcp_wmem", "4096 16384 40000");
        hasTwoPaths(role);
        isFilled();
        conn.tryWrite(10_000_000);
        assertThat(connection().sendBufferSize()).as("send buffer").isEqualTo(80_000);
        discardAll();
    }

    /** With Linux's scheduler it is what Linux would have: that of its subflows, each twice its window in true sizes, and a page. */
    @ParameterizedTest
    @EnumSource
    void theSendBufferIsWhatTheSchedulerWishes(Role role) {
        core().tunables().set("net.ipv4.tcp_wmem", "4096 16384 4194304");
        core().tunables().set("net.mptcp.scheduler", "kernel");
        hasTwoPaths(role);
        conn.tryWrite(10_000_000);
        int taken = first.next().to(); // of two paths with nothing to do the earlier one
        first.sends(ack(11, taken).with(dss().ack(taken)));
        assertThat(connection().subflow(0).cwnd() / connection().subflow(0).mss()).as("segments of a window")
                .isEqualTo(10);
        assertThat(connection().sendBufferSize()).as("send buffer").isEqualTo(4_096 + 2 * 2_304 * (10 + 10));
        discardAll();
    }

    /** The program had more to write than there was room for, and the peer has acknowledged some of it. */
    private void isFilled() {
        assertThat(conn.tryWrite(10_000_000)).as("bytes taken before the paths are known").isEqualTo(16_384);
        Seg seen = second.next();
        assertThat(seen.from()).isEqualTo(1);
        second.sends(ack(1, seen.to()).with(dss().ack(seen.to())));
    }
}
