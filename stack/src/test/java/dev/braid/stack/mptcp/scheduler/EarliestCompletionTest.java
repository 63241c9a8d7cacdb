package dev.braid.stack.mptcp.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EarliestCompletionTest extends PacketSchedulerContract {
    @Override
    PacketScheduler make() {
        return new EarliestCompletion();
    }

    @Test
    void theShorterRoundTripIsPreferred() {
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.FASTEST);
    }

    @Test
    void aSlowerPathHelpsWhileTheFasterIsFull() {
        near.full();
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.FASTEST_FULL);
    }

    @Test
    void aShortRestWaitsForTheFasterPath() {
        near.full();
        connection.writerWaits = false;
        connection.queued = 2_000;
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.WAIT_FASTER);
    }

    @Test
    void aPathThatYieldsIsSparedWhileTheOtherIsPacedAndEnough() {
        near.yields = true;
        far.paced = true;
        connection.writerWaits = false;
        connection.queued = far.cwnd;
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.SPARED);
        connection.writerWaits = true;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
    }

    @Test
    void aLongRestIsSharedThoughTheWriterIsDone() {
        near.full();
        connection.writerWaits = false;
        connection.queued = 500_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void nobodyWaitsForAPathOfNearlyTheSameRoundTrip() {
        near.full();
        far.srttNs = near.srttNs + 1;
        far.rttvarNs = 0;
        connection.writerWaits = false;
        connection.queued = 1_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void aWaitIsKeptUntilTheSlowerPathIsClearlyBetter() {
        near.full();
        near.rttvarNs = 0;
        far.rttvarNs = 0;
        connection.writerWaits = false;
        connection.queued = 39_000; // 49 ms over the near path, 50 ms over the far one
        assertThat(scheduler.choose(connection, 0)).isNull();
        connection.queued = 45_000; // 55 ms: better, but by less than a quarter
        assertThat(scheduler.choose(connection, 0)).isNull();
        connection.queued = 60_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
        connection.queued = 45_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void aSmallWindowIsLeftToTheFasterPath() {
        near.full();
        connection.unacknowledged = near.cwnd;
        connection.window = 20_000; // the near path would send 50,000 bytes in a round trip of the far one
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.WAIT_WINDOW);
        connection.window = 60_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void aPathTheWindowLeavesOutIsSoundedEverMoreSeldom() {
        near.full();
        connection.unacknowledged = near.cwnd;
        connection.window = 20_000;
        long ms = 1_000_000;
        long pause = 2 * far.srttNs;
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.choose(connection, pause - ms)).isNull();
        assertThat(scheduler.choose(connection, pause)).isSameAs(far);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.SOUNDING);
        assertThat(scheduler.choose(connection, pause + ms)).isNull();
        assertThat(scheduler.choose(connection, 3 * pause - ms)).isNull();
        far.outstanding = 1_000;
        assertThat(scheduler.choose(connection, 3 * pause)).isNull();
        far.outstanding = 0;
        assertThat(scheduler.choose(connection, 3 * pause)).isSameAs(far);
        connection.writerWaits = false;
        assertThat(scheduler.choose(connection, 100 * pause)).isNull();
    }

    @Test
    void aPathThatTimedOutIsNotWaitedFor() {
        near.full();
        near.timedOut = true;
        connection.writerWaits = false;
        connection.queued = 2_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void aPathWhoseOwnWindowOnlyThePeerCanOpenIsNotWaitedFor() {
        near.windowClosed = true;
        connection.writerWaits = false;
        connection.queued = 2_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
        near.outstanding = 1_000; // its acknowledgement may open the window
        assertThat(scheduler.choose(connection, 0)).isNull();
    }

    @Test
    void aSilentPathCarriesDataWhenThereIsNoOther() {
        near.stale = true;
        far.usable = false;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.LAST_RESORT);
    }
}
