package dev.braid.stack.mptcp.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelSchedulerTest extends PacketSchedulerContract {
    @Override
    PacketScheduler make() {
        return new KernelScheduler();
    }

    /** No test of this one: Linux knows of no such paths. */
    @Override
    void aPathThatYieldsGetsWhatTheOthersHaveNoRoomFor() {}

    @Test
    void thePathThatHasSentItsQueueSoonestIsChosenWhateverItsRoundTrip() {
        near.outstanding = 5_000;
        far.outstanding = 2_000;
        connection.queued = 1_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.SHORTEST_QUEUE);
    }

    @Test
    void aFasterPaceOutweighsALongerQueue() {
        near.outstanding = 5_000;
        near.pace(10_000_000);
        far.outstanding = 2_000;
        connection.queued = 1_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
    }

    @Test
    void whatIsDecidedHoldsForABurst() {
        near.window(1_000);
        far.window(1_000);
        connection.sendAll(scheduler);
        // 64 KiB at a time in turns, at equal paces: shares differ by a burst at most.
        assertThat(Math.abs(near.outstanding - far.outstanding)).isLessThanOrEqualTo(KernelScheduler.BURST);
        assertThat(connection.queued).isZero();
    }

    @Test
    void sharesFollowThePaces() {
        near.window(1_000).pace(3_000_000);
        far.window(1_000).pace(1_000_000);
        connection.queued = 900_000;
        connection.sendAll(scheduler);
        assertThat((double) near.outstanding / far.outstanding).isBetween(2.2, 3.8);
    }

    @Test
    void theSendBufferIsTheSumOfThoseOfThePaths() {
        near.window(100);
        far.window(50);
        assertThat(scheduler.sendBuffer(connection)).isEqualTo(4_096 + 2 * 2_304 * (100 + 50));
        far.stale = true;
        assertThat(scheduler.sendBuffer(connection)).isEqualTo(4_096 + 2 * 2_304 * 100);
    }

    /** As in Linux, which enlarges it when less is in flight than the window allows: the program was too slow, not the path. */
    @Test
    void theSendBufferDoesNotGrowWhileTheWindowIsFull() {
        near.window(10);
        far.window(10);
        assertThat(scheduler.sendBuffer(connection)).isEqualTo(4_096 + 2 * 2_304 * 20);
        near.window(40).full();
        assertThat(scheduler.sendBuffer(connection)).isEqualTo(4_096 + 2 * 2_304 * 20);
        near.outstanding -= PathStub.MSS;
        assertThat(scheduler.sendBuffer(connection)).isEqualTo(4_096 + 2 * 2_304 * 50);
    }

    @Test
    void whatBelongsToAFullPathIsNotTakenByAnother() {
        near.full();
        near.pace(100_000_000);
        far.outstanding = 5_000;
        connection.queued = 50_000; // the near path's queue is 0.1 ms long, then 0.6 ms; the far one's is 5 ms
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.NO_ROOM);
    }

    @Test
    void whatBelongedToAPathThatIsGoneGoesToOthers() {
        near.full();
        near.pace(100_000_000);
        far.outstanding = 5_000;
        connection.queued = 50_000;
        assertThat(scheduler.choose(connection, 0)).isNull();
        near.stale = true;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void afterATimeoutOnlyAnIdlePathCarriesAgain() {
        near.outstanding = 3_000;
        far.outstanding = 1_000;
        assertThat(scheduler.chooseAgain(connection, near, 0)).isNull();
        far.outstanding = 0;
        assertThat(scheduler.chooseAgain(connection, near, 0)).isSameAs(far);
    }

    @Test
    void anIdleBackupCarriesAgainFromTheSecondTimeoutOn() {
        far.backup = true;
        near.outstanding = 3_000;
        connection.timeouts = 1;
        assertThat(scheduler.chooseAgain(connection, near, 0)).isNull();
        connection.timeouts = 2;
        assertThat(scheduler.chooseAgain(connection, near, 0)).isSameAs(far);
    }

    @Test
    void aPaceIsWeighedByWhatTheWindowAllowsHoweverLittleIsQueued() {
        near.window(1_000).pace(1_000_000).outstanding = KernelScheduler.BURST;
        far.window(1_000).pace(1_000_000).outstanding = 200_000;
        connection.queued = 100;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        connection.give(scheduler, near, 100);
        near.pace(3_000_000); // half of the mean: twice the pace, 33 ms to send what it has
        connection.queued = 100;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        connection.give(scheduler, near, 100);
        far.outstanding = 45_000; // 45 ms
        connection.queued = 100;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
    }

    @Test
    void aPaceIsWeighedByNoMoreThanTheWindowAllows() {
        near.window(1_000).pace(1_000_000).outstanding = KernelScheduler.BURST;
        far.window(1_000).pace(1_000_000).outstanding = 200_000;
        connection.queued = 100;
        connection.window = 300;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        connection.give(scheduler, near, 100);
        near.pace(3_000_000);
        connection.queued = 100;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        connection.give(scheduler, near, 100);
        far.outstanding = 45_000;
        connection.queued = 100;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }
}
