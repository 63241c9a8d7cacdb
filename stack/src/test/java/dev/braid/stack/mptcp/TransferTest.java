package dev.braid.stack.mptcp;

import static dev.braid.stack.mptcp.PathsWorld.MS;
import static dev.braid.stack.mptcp.PathsWorld.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.stack.tcp.TcpFailure;
import dev.braid.testing.Rfc;
import org.junit.jupiter.api.Test;

/** Whole transfers between two cores: data, its acknowledgement, its end. */
class TransferTest {
    private static final LinkConfig LINK = LinkConfig.PERFECT.rate(50_000_000L).delay(5 * MS).queue(200_000);
    private static final int BYTES = 3_000_000;

    @Test
    void aStreamArrivesAndEndsOverOneSubflow() {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(BYTES).finish();
            world.run(5 * SECOND);
            assertThat(ends[1].read).isEqualTo(BYTES);
            assertThat(ends[1].heard).contains("fin");
            assertThat(ends[0].heard).contains("drained");
            assertThat(ends[0].connection.fallenBack).isFalse();
        }
    }

    @Test
    void bothStreamsAtOnceEndAndLeaveNothing() {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(BYTES).finish();
            ends[1].send(BYTES / 2).finish();
            world.run(5 * SECOND);
            assertThat(ends[1].read).isEqualTo(BYTES);
            assertThat(ends[0].read).isEqualTo(BYTES / 2);
            world.run(200 * SECOND);
            assertThat(ends[0].heard).contains("closed");
            world.assertNothingLeft();
        }
    }

    @Test
    void lossIsRepairedBySubflows() {
        try (PathsWorld world = new PathsWorld(LINK.loss(0.02))) {
            Program[] ends = world.establish();
            ends[0].send(BYTES).finish();
            ends[1].send(BYTES).finish();
            world.run(60 * SECOND);
            assertThat(ends[1].read).isEqualTo(BYTES);
            assertThat(ends[0].read).isEqualTo(BYTES);
            world.run(300 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    void twoSubflowsCarryMoreThanOne() {
        try (PathsWorld world = new PathsWorld(LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1);
            ends[0].send(10_000_000).finish();
            world.run(1200 * MS);
            assertThat(ends[1].read).as("of 50 Mbit/s in 1.2 s").isGreaterThan(9_000_000);
            world.run(5 * SECOND);
            assertThat(ends[1].read).isEqualTo(10_001_000);
            assertThat(ends[1].heard).contains("fin");
        }
    }

    @Test
    void twoLossySubflowsDeliverInOrder() {
        try (PathsWorld world = new PathsWorld(LINK.loss(0.02), LINK.delay(25 * MS).loss(0.02))) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            ends[1].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1);
            ends[0].send(BYTES).finish();
            ends[1].send(BYTES).finish();
            world.run(60 * SECOND);
            assertThat(ends[1].read).isEqualTo(BYTES + 1000);
            assertThat(ends[0].read).isEqualTo(BYTES + 1000);
            world.run(300 * SECOND);
            world.assertNothingLeft();
        }
    }

    @Test
    @Rfc({"8684", "3.3.6"})
    void whatASilentPathCarriedGoesAgainOverTheOther() {
        try (PathsWorld world = new PathsWorld(LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1);
            ends[0].send(20_000_000).finish();
            world.run(300 * MS);
            world.forth.get(1).cut(world.clock.nowNs());
            world.back.get(1).cut(world.clock.nowNs());
            world.run(10 * SECOND);
            assertThat(ends[1].read).isEqualTo(20_001_000);
            assertThat(world.client.count("MPTcpExtMPTCPRetrans")).isPositive();
        }
    }

    @Test
    void checksumsAreRightOverManySegments() {
        try (PathsWorld world = new PathsWorld(config -> config.checksum = true, LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].send(999);
            world.run(SECOND);
            world.join(ends[0], 1);
            ends[0].send(BYTES).finish();
            world.run(5 * SECOND);
            assertThat(ends[0].connection.checksum).isTrue();
            assertThat(ends[1].read).isEqualTo(BYTES + 999);
            assertThat(world.server.count("MPTcpExtDataCsumErr")).isZero();
        }
    }

    @Test
    @Rfc({"9293", "3.8.6.1"})
    void aWindowUpdateThatIsLostIsAskedFor() {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[1].reading = false;
            ends[0].send(30_000_000);
            world.run(20 * SECOND);
            assertThat(ends[0].connection.unacknowledged()).isZero();
            world.back.get(0).cut(world.clock.nowNs());
            ends[1].reading = true;
            ends[1].drain();
            world.run(100 * MS);
            world.back.get(0).mend();
            world.run(300 * SECOND);
            assertThat(ends[1].read).isEqualTo(30_000_000);
        }
    }

    @Test
    void aClosedWindowIsAskedForOverTheBackupWhenTheOtherPathIsDead() {
        try (PathsWorld world = new PathsWorld(LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1, true);
            ends[1].reading = false;
            ends[0].send(30_000_000);
            world.run(20 * SECOND);
            assertThat(ends[0].connection.unacknowledged()).isZero();
            world.forth.get(0).cut(world.clock.nowNs());
            world.back.get(0).cut(world.clock.nowNs());
            world.back.get(1).cut(world.clock.nowNs());
            ends[1].reading = true;
            ends[1].drain();
            world.run(100 * MS);
            world.back.get(1).mend();
            world.run(300 * SECOND);
            assertThat(world.client.count("MPTcpExtWinProbe")).isPositive();
            assertThat(ends[1].read).isEqualTo(30_001_000);
        }
    }

    @Test
    void anIdleConnectionWithAClosedWindowIsKept() {
        try (PathsWorld world = new PathsWorld(LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1);
            ends[1].reading = false;
            ends[0].send(30_000_000);
            world.run(1000 * SECOND);
            assertThat(ends[0].failed).isNull();
            ends[1].reading = true;
            ends[1].drain();
            world.run(300 * SECOND);
            assertThat(ends[1].read).isEqualTo(30_001_000);
        }
    }

    @Test
    @Rfc({"8684", "3.3.6"})
    void whatADeadSubflowCarriedGoesAgainAtOnce() {
        try (PathsWorld world = new PathsWorld(LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            Subflow joined = world.join(ends[0], 1);
            ends[0].send(5_000_000).finish();
            world.run(300 * MS);
            joined.reset(ResetReason.NONE, world.clock.nowNs());
            ends[0].connection.layer.flush(world.clock.nowNs());
            world.run(50 * MS);
            assertThat(ends[0].connection.subflows).doesNotContain(joined);
            assertThat(world.client.count("MPTcpExtMPTCPRetrans")).as("no timeout was waited for").isPositive();
            world.run(SECOND);
            assertThat(ends[1].read).isEqualTo(5_001_000);
        }
    }

    @Test
    void aDataFinThatIsLostIsSentAgain() {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            world.forth.get(0).cut(world.clock.nowNs());
            ends[0].finish();
            world.run(SECOND);
            world.forth.get(0).mend();
            world.run(5 * SECOND);
            assertThat(ends[1].heard).contains("fin");
            assertThat(ends[0].heard).contains("drained");
        }
    }

    @Test
    void aPeerThatAcknowledgesNothingIsGivenUpAfterTheUserTimeout() {
        try (PathsWorld world = new PathsWorld(LINK, LINK)) {
            Program[] ends = world.establish();
            ends[0].connection.settings().userTimeoutNs = 3 * SECOND;
            ends[0].connection.settingsChanged(world.clock.nowNs());
            ends[0].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1);
            world.run(60 * SECOND);
            assertThat(ends[0].failed).as("nothing is owed").isNull();
            world.back.get(0).cut(world.clock.nowNs());
            world.back.get(1).cut(world.clock.nowNs());
            ends[0].send(100_000);
            world.run(2900 * MS);
            assertThat(ends[0].failed).isNull();
            world.run(500 * MS);
            assertThat(ends[0].failed).isEqualTo(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void smallWritesWaitForTheDataAckOfTheOneBefore() {
        try (PathsWorld world = new PathsWorld(LINK.delay(50 * MS))) {
            Program[] ends = world.establish();
            ends[0].send(100);
            world.run(10 * MS);
            ends[0].send(100);
            ends[0].send(100);
            world.run(10 * MS);
            assertThat(ends[0].connection.queued()).as("Nagle holds them").isEqualTo(200);
            world.run(SECOND);
            assertThat(ends[1].read).isEqualTo(300);
            ends[0].connection.settings().noDelay = true;
            ends[0].send(100);
            world.run(MS);
            ends[0].send(100);
            world.run(MS);
            assertThat(ends[0].connection.queued()).isZero();
        }
    }

    @Test
    void nobodyWaitsForRoomToWriteBehindTheEnd() {
        try (PathsWorld world = new PathsWorld(LINK)) {
            Program[] ends = world.establish();
            ends[0].send(30_000_000);
            assertThat(ends[0].connection.writerWaits()).isTrue();
            ends[0].connection.finish();
            assertThat(ends[0].connection.writerWaits()).as("there will be no more than is queued").isFalse();
        }
    }

    @Test
    void theFastPathHasSomethingToSendWhileASlowOneRepairsALoss() {
        LinkConfig fast = LinkConfig.PERFECT.rate(10_000_000L).queue(30_000);
        try (PathsWorld world = new PathsWorld(fast, fast.rate(3_000_000L))) {
            Program[] ends = world.establish();
            ends[0].send(1000);
            world.run(SECOND);
            world.join(ends[0], 1);
            ends[0].send(30_000_000);
            long before = world.client.count("TcpRetransSegs");
            long idle = 0;
            for (int i = 0; i < 1_000; i++) {
                world.run(MS);
                idle += ends[0].connection.queued() == 0 ? 1 : 0;
            }
            assertThat(world.client.count("TcpRetransSegs")).as("the queues overflowed").isGreaterThan(before);
            assertThat(idle).as("milliseconds of a thousand without anything to give out").isLessThan(10);
        }
    }
}
