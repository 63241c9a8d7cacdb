package dev.braid.stack.mptcp.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RedundantTest extends PacketSchedulerContract {
    @Override
    PacketScheduler make() {
        return new Redundant();
    }

    @Test
    void newDataTakesTheFasterPathAndItsRepetitionTheOther() {
        assertThat(scheduler.repeats()).isTrue();
        assertThat(scheduler.choose(connection, 0)).isSameAs(near);
        assertThat(scheduler.chooseAgain(connection, near, 0)).isSameAs(far);
    }
}
