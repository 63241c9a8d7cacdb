package dev.braid.stack.mptcp.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What every packet scheduler owes its connection. */
abstract class PacketSchedulerContract {
    final PathStub near = new PathStub(0, 10).pace(1_000_000);
    final PathStub far = new PathStub(1, 50).pace(1_000_000);
    final ConnectionStub connection = new ConnectionStub(near, far);
    final PacketScheduler scheduler = make();

    abstract PacketScheduler make();

    @Test
    void theRegistryMakesItByItsName() {
        assertThat(PacketSchedulers.STANDARD.create(scheduler.name())).hasSameClassAs(scheduler);
    }

    @Test
    void theOnlyPathCarriesTheData() {
        connection.paths.remove(far);
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
    }

    @Test
    void withoutPathsNothingIsSent() {
        connection.paths.clear();
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.chooseAgain(connection, null, 0)).isNull();
        assertThat(scheduler.decision()).isIn(SchedulingDecision.NO_PATH, SchedulingDecision.NO_ROOM);
    }

    @Test
    void fullPathsAreNotChosen() {
        near.full();
        far.full();
        assertThat(scheduler.choose(connection, 0)).isNull();
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.NO_ROOM);
    }

    @Test
    void aPathThatWaitsForItsPaceIsNotChosen() {
        near.paced = true;
        connection.sendAll(scheduler);
        assertThat(near.outstanding).isZero();
    }

    @Test
    void aWriterWhoWritesOnFillsAllPaths() {
        connection.sendAll(scheduler);
        assertThat(near.outstanding).isEqualTo(near.cwnd);
        assertThat(far.outstanding).isEqualTo(far.cwnd);
    }

    @Test
    void aPathThatYieldsGetsWhatTheOthersHaveNoRoomFor() {
        near.yields = true;
        connection.writerWaits = false;
        connection.queued = far.cwnd;
        for (int sent = 0; sent < far.cwnd; sent += PathStub.MSS) {
            assertThat(scheduler.choose(connection, 0)).isSameAs(far);
            far.outstanding += PathStub.MSS;
        }
        connection.queued = 100 * far.cwnd;
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
    }

    @Test
    void aBackupCarriesNothingWhileARegularPathIsThere() {
        far.backup = true;
        connection.sendAll(scheduler);
        assertThat(far.outstanding).isZero();
        assertThat(near.outstanding).isEqualTo(near.cwnd);
    }

    @Test
    void aBackupCarriesDataOnceNoRegularPathIsLeft() {
        far.backup = true;
        near.usable = false;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.BACKUP);
    }

    @Test
    void aSilentPathIsPassedOver() {
        near.stale = true;
        connection.sendAll(scheduler);
        assertThat(near.outstanding).isZero();
        assertThat(far.outstanding).isEqualTo(far.cwnd);
    }

    @Test
    void aBackupCarriesDataWhileTheRegularPathIsSilent() {
        far.backup = true;
        near.stale = true;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }

    @Test
    void whatGoesAgainTakesAnotherPath() {
        near.outstanding = 3_000;
        near.stale = true;
        assertThat(scheduler.chooseAgain(connection, near, 0)).isSameAs(far);
        assertThat(scheduler.decision()).isEqualTo(SchedulingDecision.AGAIN);
    }

    @Test
    void whatGoesAgainWaitsForRoom() {
        near.stale = true;
        far.full();
        assertThat(scheduler.chooseAgain(connection, near, 0)).isNull();
    }

    @Test
    void whatADeadPathCarriedGoesAgainOverABackup() {
        connection.paths.remove(near);
        far.backup = true;
        assertThat(scheduler.chooseAgain(connection, null, 0)).isSameAs(far);
    }

    @Test
    void aPathThatComesBackIsUsedAgain() {
        near.stale = true;
        connection.sendAll(scheduler);
        near.stale = false;
        scheduler.onSubflows(connection, 0);
        connection.sendAll(scheduler);
        assertThat(near.outstanding).isEqualTo(near.cwnd);
    }

    @Test
    void aSuccessorTakesOverInMidTransfer() {
        connection.sendAll(scheduler);
        near.outstanding = 0;
        PacketScheduler successor = make();
        successor.onSubflows(connection, 0);
        connection.sendAll(successor);
        assertThat(near.outstanding).isEqualTo(near.cwnd);
    }
}
