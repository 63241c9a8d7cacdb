package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.TwoHosts.MS;
import static dev.braid.stack.mptcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.middlebox.SegmentEdit;
import dev.braid.fastpath.sim.middlebox.SegmentEditor;
import dev.braid.fastpath.wire.TcpOptions;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.tcp.TcpConfig;
import dev.braid.testing.Rfc;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Two cores, two links: windows, buffers and order of a whole connection. */
class MultipathReceiveTest {
    /** An established connection with a subflow over each link. */
    private static TwoHosts.Program[] twoPaths(TwoHosts world) {
        TwoHosts.Program[] pair = world.establishFully();
        pair[0].mptcp().roster.join(world.plan(false), world.clock.nowNs());
        world.run(300 * MS);
        assertThat(pair[1].mptcp().subflows()).isEqualTo(2);
        return pair;
    }

    private static void shape(TwoHosts world, int link, LinkConfig config) {
        world.forth[link].reshape(config);
        world.back[link].reshape(config);
    }

    private static LinkConfig link(long mbit, long delayMs) {
        return LinkConfig.PERFECT.rate(mbit * 1_000_000L).delay(delayMs * MS).queue(60_000).mtu(1500);
    }

    @Test
    void aTransferOverTwoPathsArrivesInOrderAndOverBoth() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = twoPaths(world);
            shape(world, 0, link(40, 5));
            shape(world, 1, link(20, 20));
            pair[1].send(8_000_000);
            world.run(3 * SECOND);
            assertThat(pair[0].read).isEqualTo(8_000_000);
            MptcpConnection here = pair[0].mptcp();
            assertThat(pair[1].mptcp().subflows).allMatch(subflow -> subflow.tcb.bytesAcked() > 1_000_000);
            assertThat(world.client.count("MPTcpExtOFOQueue")).isPositive();
            assertThat(here.receiver.hasHole()).isFalse();
            assertThat(here.receivePinned()).isZero();
        }
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void theBufferGrowsToTheLongestRoundTripTimesTheSumOfTheRates() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = twoPaths(world);
            shape(world, 0, link(80, 5));
            shape(world, 1, link(40, 50));
            pair[1].send(60_000_000);
            world.run(6 * SECOND);
            // 120 Mbit/s for 100 to 112 ms are 1.5 to 1.7 MB: twice that, and up to six times for a slow start's last round.
            assertThat(pair[0].mptcp().receiveBufferSize()).isBetween(3_000_000, 11_000_000);
        }
    }

    @Test
    void aProgramThatDoesNotReadStopsThePeerAndLetsItGoOnWhenItDoes() {
        CoreConfig small = CoreConfig.DEFAULT.withTcp(TcpConfig.with(c -> c.maxReceiveBuffer = 128 << 10)).copy();
        try (TwoHosts world = new TwoHosts(small, CoreConfig.DEFAULT.copy())) {
            TwoHosts.Program[] pair = twoPaths(world);
            pair[0].reading = false;
            pair[1].send(3_000_000);
            world.run(20 * SECOND);
            MptcpConnection here = pair[0].mptcp();
            assertThat(here.received().available()).isBetween(50_000, 128 << 10);
            assertThat(here.receivePinned()).isLessThanOrEqualTo(2L * here.receiveBufferSize());
            assertThat(pair[1].mptcp().window()).as("the window is closed, or nearly").isLessThan(3000);
            pair[0].reading = true;
            pair[0].onReadable(here);
            world.run(5 * SECOND);
            assertThat(pair[0].read).isEqualTo(3_000_000);
        }
    }

    @Test
    void endsThatBothWaitForMissingDataDoNotAnswerEachOtherForEver() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = twoPaths(world);
            for (int i = 0; i < 2; i++) {
                shape(world, i, link(1, 5));
            }
            pair[0].send(100_000).finish();
            pair[1].send(100_000).finish();
            long before = world.client.count("TcpOutSegs") + world.server.count("TcpOutSegs");
            world.run(3 * SECOND);
            assertThat(pair[0].read + pair[1].read).isEqualTo(200_100);
            assertThat(pair[0].heard).contains("fin");
            assertThat(world.client.count("TcpOutSegs") + world.server.count("TcpOutSegs") - before)
                    .isLessThan(800);
        }
    }

    @Test
    @Rfc({"8684", "3.3.1"})
    void checksumsOverTwoPathsAreRight() {
        CoreConfig config = TwoHosts.config(c -> c.checksum = true);
        try (TwoHosts world = new TwoHosts(config, config)) {
            TwoHosts.Program[] pair = twoPaths(world);
            pair[1].send(3_000_001);
            pair[0].send(1_000_003);
            world.run(3 * SECOND);
            assertThat(pair[0].mptcp().checksum).isTrue();
            assertThat(pair[0].read).isEqualTo(3_000_001);
            assertThat(pair[1].read).isEqualTo(1_000_103);
            assertThat(world.client.count("MPTcpExtDataCsumErr")).isZero();
        }
    }

    /** Takes every option of Multipath TCP off what goes over a link from now on. */
    private static SegmentEditor stripper(TwoHosts world) {
        BitSet kinds = new BitSet();
        kinds.set(TcpOptions.KIND_MPTCP);
        return new SegmentEditor(
                SegmentEdit.strip(kinds, SegmentEdit.Scope.ALL),
                Counters.inMemory(world.arena, 4).counter("stripped"));
    }

    @Test
    void optionsThatAreTakenOffInMidConnectionMakeItPlainTcpWhicheverWayTheyGo() {
        for (int ways = 1; ways <= 3; ways++) {
            try (TwoHosts world = new TwoHosts()) {
                TwoHosts.Program[] pair = world.establishFully();
                pair[0].send(200_000);
                pair[1].send(200_000);
                world.run(SECOND);
                if ((ways & 1) != 0) {
                    world.forth[0].middlebox(stripper(world));
                }
                if ((ways & 2) != 0) {
                    world.back[0].middlebox(stripper(world));
                }
                pair[0].send(300_000).finish();
                pair[1].send(300_000).finish();
                world.run(20 * SECOND);
                assertThat(pair[0].read).as("ways " + ways).isEqualTo(500_000);
                assertThat(pair[1].read).as("ways " + ways).isEqualTo(500_100);
                assertThat(pair[0].heard).contains("fin");
                assertThat(pair[1].heard).contains("fin");
                assertThat(pair[0].mptcp().fallbackReason()).isNotNull();
            }
        }
    }

    @Test
    void headerPredictionServesSubflows() {
        try (TwoHosts world = new TwoHosts()) {
            TwoHosts.Program[] pair = world.establishFully();
            long before = world.client.count("TcpExtTCPHPHits");
            pair[1].send(2_000_000);
            world.run(2 * SECOND);
            assertThat(pair[0].read).isEqualTo(2_000_000);
            long misses = world.client.count("TcpExtTCPHPMisses");
            assertThat(world.client.count("TcpExtTCPHPHits") - before).isGreaterThan(10 * misses);
        }
    }

    @Test
    @Rfc({"8684", "3.3.4"})
    void theBufferGrowsWhileAllThatComesWaitsBehindAGap() {
        try (TwoHosts world = new TwoHosts(
                TwoHosts.config(c -> c.liveness = false), TwoHosts.config(c -> c.liveness = false))) {
            TwoHosts.Program[] pair = twoPaths(world);
            shape(world, 0, link(20, 10));
            shape(world, 1, link(5, 20));
            pair[1].send(20_000_000);
            world.run(100 * MS);
            world.back[1].cut(world.clock.nowNs());
            world.run(20 * MS);
            MptcpConnection here = pair[0].mptcp();
            assertThat(here.receiver.hasHole()).isTrue();
            long read = pair[0].read;
            int before = here.receiveBufferSize();
            int grown = before;
            for (int i = 0; i < 300 && pair[0].read == read; i++) {
                grown = here.receiveBufferSize();
                world.run(MS);
            }
            assertThat(grown).as("room for what the other path goes on to bring").isGreaterThan(before);
        }
    }
}
