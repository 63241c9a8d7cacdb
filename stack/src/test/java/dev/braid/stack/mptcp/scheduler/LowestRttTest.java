package dev.braid.stack.mptcp.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LowestRttTest extends PacketSchedulerContract {
    @Override
    PacketScheduler make() {
        return new LowestRtt();
    }

    @Test
    void aShortRestTakesTheSlowerPathIfTheFasterIsFull() {
        near.full();
        connection.writerWaits = false;
        connection.queued = 1_000;
        assertThat(scheduler.choose(connection, 0)).isSameAs(far);
    }
}
