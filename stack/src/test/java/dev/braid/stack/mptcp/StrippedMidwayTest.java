package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.PathsWorld.MS;
import static dev.braid.stack.mptcp.PathsWorld.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.testing.Rfc;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** A box begins to take Multipath TCP's options off in the middle of a transfer: every byte arrives all the same, and the end. */
class StrippedMidwayTest {
    private static final LinkConfig LINK = LinkConfig.PERFECT.rate(20_000_000L).delay(10 * MS).queue(100_000);
    private static final int BYTES = 3_000_000;

    private static void strip(PathsWorld world, SimLink link) {
        BitSet kinds = new BitSet();
        kinds.set(TcpOptions.KIND_MPTCP);
        link.middlebox(new SegmentEditor(
                SegmentEdit.strip(kinds, SegmentEdit.Scope.NOT_SYN), world.client.counters.counter("Stripped")));
    }

    private static void transfer(boolean forth, boolean back, int answer) {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(BYTES).finish();
            ends[1].send(answer).finish();
            world.run(300 * MS);
            assertThat(ends[1].read).as("in the middle of it").isBetween(1L, BYTES - 1L);
            begin(world, forth, back);
            world.run(120 * SECOND);
            check(world, ends, BYTES, answer);
            areTold(world, ends, forth, back);
        }
    }

    /** The box begins when all data is there; only the ends are to come. */
    private static void ends(boolean forth, boolean back) {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(10_000);
            ends[1].send(10_000);
            world.run(5 * SECOND);
            begin(world, forth, back);
            ends[0].finish();
            world.run(SECOND);
            ends[1].finish();
            world.run(60 * SECOND);
            check(world, ends, 10_000, 10_000);
            areTold(world, ends, forth, back);
        }
    }

    /** As {@link #ends}, where the server says its end only when it has seen the client's. */
    private static void oneEndAfterTheOther(boolean forth, boolean back) {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(10_000);
            ends[1].send(10_000);
            world.run(5 * SECOND);
            begin(world, forth, back);
            ends[0].finish();
            world.runUntil("the client's end is seen", () -> ends[1].heard.contains("fin"), 60 * SECOND);
            ends[1].finish();
            world.run(60 * SECOND);
            check(world, ends, 10_000, 10_000);
            areTold(world, ends, forth, back);
        }
    }

    private static void begin(PathsWorld world, boolean forth, boolean back) {
        if (forth) {
            strip(world, world.forth.getFirst());
        }
        if (back) {
            strip(world, world.back.getFirst());
        }
    }

    private static void check(PathsWorld world, Program[] ends, int there, int back) {
        assertThat(ends[1].read).isEqualTo(there);
        assertThat(ends[0].read).isEqualTo(back);
        assertThat(ends[0].heard).contains("fin", "drained");
        assertThat(ends[1].heard).contains("fin", "drained");
        world.run(300 * SECOND);
        world.assertNothingLeft();
    }

    /** The end that options do not reach finds out by itself, and tells the other one, whom its MP_FAIL reaches. */
    private static void areTold(PathsWorld world, Program[] ends, boolean forth, boolean back) {
        isTold(world.client, ends[0], back);
        isTold(world.server, ends[1], forth);
    }

    private static void isTold(PathsWorld.Host host, Program end, boolean findsOut) {
        assertThat(end.connection.fallbackReason()).isEqualTo(
                findsOut ? FallbackReason.NO_DSS : FallbackReason.MP_FAIL);
        assertThat(host.count("MPTcpExtDssFallback")).isEqualTo(findsOut ? 1 : 0);
        assertThat(host.count("MPTcpExtMPFailRx") > 0).as("MP_FAIL came").isEqualTo(!findsOut);
        assertThat(host.count("MPTcpExtMPFailTx")).isPositive();
        assertThat(host.count("MPTcpExtInfiniteMapTx")).isEqualTo(1);
        assertThat(host.count("MPTcpExtFallbackFailed")).isZero();
    }

    @Test
    @Rfc({"8684", "3.7"})
    void inBothDirections() {
        transfer(true, true, BYTES);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void onTheWayThere() {
        transfer(true, false, BYTES);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void onTheWayBack() {
        transfer(false, true, BYTES);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void inBothDirectionsWhileOneEndSends() {
        transfer(true, true, 0);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void onTheWayBackWhileOneEndSends() {
        transfer(false, true, 0);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void beforeTheEndsOnTheWayThere() {
        ends(true, false);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void beforeTheEndsOnTheWayBack() {
        ends(false, true);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void beforeTheEndsInBothDirections() {
        ends(true, true);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void beforeOneEndAfterTheOtherOnTheWayThere() {
        oneEndAfterTheOther(true, false);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void beforeOneEndAfterTheOtherOnTheWayBack() {
        oneEndAfterTheOther(false, true);
    }

    @Test
    @Rfc({"8684", "3.7"})
    void beforeOneEndAfterTheOtherInBothDirections() {
        oneEndAfterTheOther(true, true);
    }
}
