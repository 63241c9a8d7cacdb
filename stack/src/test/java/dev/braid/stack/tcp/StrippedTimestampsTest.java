package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.sim.SimLink;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEdit.Scope;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.wire.TcpOptions;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Boxes that take the timestamps off the segments of one direction: the two ends then believe different things of them. */
class StrippedTimestampsTest {
    private static void strip(TwoHosts world, SimLink link, Scope scope) {
        var kinds = new BitSet();
        kinds.set(TcpOptions.KIND_TIMESTAMPS);
        Counters counters = Counters.inMemory(world.arena, 16);
        link.middlebox(new SegmentEditor(SegmentEdit.strip(kinds, scope), counters.counter("edited")));
    }

    private static void talk(TwoHosts world) {
        Endpoint[] ends = world.establish();
        ends[0].send(200_000).finish();
        ends[1].send(100_000).finish();
        world.run(10 * TwoHosts.SECOND);
        ends[1].assertRead(200_000);
        ends[0].assertRead(100_000);
        assertThat(world.client.count("TcpExtTCPTimeouts") + world.server.count("TcpExtTCPTimeouts")).isZero();
        world.run(120 * TwoHosts.SECOND);
    }

    @Test
    void aSynAckThatLostItsTimestampsLeavesAConnectionThatWorks() {
        try (var world = new TwoHosts()) {
            strip(world, world.back, Scope.SYN);
            talk(world);
        }
    }

    @Test
    void dataThatLosesItsTimestampsArrives() {
        try (var world = new TwoHosts()) {
            strip(world, world.forth, Scope.NOT_SYN);
            talk(world);
        }
    }
}
