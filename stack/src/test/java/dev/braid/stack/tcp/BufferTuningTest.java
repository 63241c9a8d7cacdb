package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.TwoHosts.MS;
import static dev.braid.stack.tcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import org.junit.jupiter.api.Test;

/** Buffers that follow what a connection carries. */
class BufferTuningTest {
    private static final int MIB = 1 << 20;
    private static final LinkConfig FAST = LinkConfig.PERFECT.rate(1_000_000_000L).queue(256 * MIB);

    /** A sender that never runs dry, and a receiver that reads at once, on a link of 1 Gbit/s. */
    private static long bytesPerSecond(TwoHosts world, Endpoint[] ends, int afterSeconds, int seconds) {
        ends[0].blank = true;
        ends[1].blank = true;
        ends[0].send(Long.MAX_VALUE / 2);
        world.run(afterSeconds * SECOND);
        long before = ends[1].read;
        world.run(seconds * SECOND);
        return (ends[1].read - before) / seconds;
    }

    @Test
    void aBulkFlowFillsALongFatPipe() {
        LinkConfig link = FAST.delay(150 * MS);
        TcpConfig config = TcpConfig.with(c -> {
            c.maxReceiveBuffer = 256 * MIB;
            c.maxSendBuffer = 256 * MIB;
            c.memLow = 512 * MIB;
            c.memPressure = 768 * MIB;
            c.memMax = 1024 * MIB;
        });
        try (TwoHosts world = new TwoHosts(link, link, config, false, 1500, 400 * MIB)) {
            Endpoint[] ends = world.establish(SECOND);
            assertThat(bytesPerSecond(world, ends, 6, 2)).as("bytes a second").isGreaterThan(112_500_000L);
            assertThat(ends[0].tcb.retransmits()).isZero();
            assertThat(ends[1].tcb.receiveBufferSize()).as("receive buffer").isGreaterThan(2 * 37_000_000);
        }
    }

    @Test
    void theBufferFollowsWhatARoundTripBrings() {
        LinkConfig link = LinkConfig.PERFECT.rate(100_000_000L).delay(10 * MS).queue(MIB);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            assertThat(ends[1].tcb.receiveBufferSize()).isEqualTo(TcpConfig.DEFAULT.receiveBuffer);
            assertThat(bytesPerSecond(world, ends, 2, 1)).isGreaterThan(11_000_000L);
            TcpInfo info = ends[1].tcb.info(world.clock.nowNs());
            assertThat(info.rcvRttNs).as("receiver's round-trip time").isBetween(20 * MS, 120 * MS);
            assertThat(info.rcvSpace).as("bytes taken in a round trip").isGreaterThan(200_000);
            assertThat(ends[1].tcb.receiveBufferSize()).isGreaterThan((int) (2 * info.rcvSpace) - 1);
            assertThat(ends[0].tcb.sendBufferSize()).isGreaterThanOrEqualTo(250_000);
        }
    }

    @Test
    void withoutTimestampsTheRoundTripIsTimedByWindows() {
        LinkConfig link = LinkConfig.PERFECT.rate(100_000_000L).delay(10 * MS).queue(MIB);
        TcpConfig config = TcpConfig.with(c -> c.timestamps = false);
        try (TwoHosts world = new TwoHosts(link, link, config, false, 1500)) {
            Endpoint[] ends = world.establish();
            assertThat(bytesPerSecond(world, ends, 2, 1)).isGreaterThan(11_000_000L);
            assertThat(ends[1].tcb.info(world.clock.nowNs()).rcvRttNs).isBetween(5 * MS, 120 * MS);
        }
    }

    /** However often it is read empty, what it promises may all wait behind a gap one day. */
    @Test
    void aBufferPromisesNoMoreThanMemoryHolds() {
        LinkConfig link = FAST.delay(50 * MS);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500, 16 * MIB)) {
            Endpoint[] ends = world.establish(SECOND);
            long affordable = world.server.tcp.memory.receiveRoom() / 2;
            bytesPerSecond(world, ends, 2, 1);
            assertThat(ends[1].tcb.receiveBufferSize()).isBetween((int) affordable / 2, (int) affordable);
            assertThat(world.server.count("TcpExtTCPMemoryPressures")).isZero();
        }
    }

    @Test
    void aBufferThatWasAskedForStaysAsItIs() {
        LinkConfig link = FAST.delay(10 * MS);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[0].tcb.settings().sendBuffer = 300_000;
            ends[0].tcb.settingsChanged(world.clock.nowNs());
            ends[1].tcb.settings().receiveBuffer = 200_000;
            ends[1].tcb.settingsChanged(world.clock.nowNs());
            long rate = bytesPerSecond(world, ends, 1, 1);
            assertThat(ends[0].tcb.sendBufferSize()).isEqualTo(300_000);
            assertThat(ends[1].tcb.receiveBufferSize()).isEqualTo(200_000);
            // A window in each round trip of 20 ms, and no more.
            assertThat(rate).isBetween(5_000_000L, 10_000_000L);
        }
    }

    @Test
    void withoutModerationTheDefaultStays() {
        LinkConfig link = FAST.delay(10 * MS);
        TcpConfig config = TcpConfig.with(c -> c.moderateReceiveBuffer = false);
        try (TwoHosts world = new TwoHosts(link, link, config, false, 1500)) {
            Endpoint[] ends = world.establish();
            assertThat(bytesPerSecond(world, ends, 1, 1)).isLessThan(7_000_000L);
            assertThat(ends[1].tcb.receiveBufferSize()).isEqualTo(TcpConfig.DEFAULT.receiveBuffer);
        }
    }

    @Test
    void aReaderWhoDoesNotReadKeepsItsBufferSmall() {
        LinkConfig link = FAST.delay(10 * MS);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[0].blank = true;
            ends[1].blank = true;
            ends[1].reading = false;
            ends[0].send(100 * MIB);
            world.run(5 * SECOND);
            Tcb tcb = ends[1].tcb;
            assertThat(tcb.receiveBufferSize()).isEqualTo(TcpConfig.DEFAULT.receiveBuffer);
            assertThat(tcb.receivePinned()).isLessThanOrEqualTo(2L * tcb.receiveBufferSize() + 2048);
            assertThat(world.server.tcp.memory.receivedBytes()).isEqualTo(tcb.receivePinned());
            assertThat(world.client.tcp.memory.queuedBytes())
                    .isPositive()
                    .isLessThanOrEqualTo(2L * ends[0].tcb.sendBufferSize() + 65_536);
        }
    }

    @Test
    void aSlowReaderStaysWithinTheCapAndGetsEverything() {
        LinkConfig link = FAST.delay(10 * MS);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[1].reading = false;
            ends[0].send(4 * MIB).finish();
            for (int i = 0; i < 2_000 && ends[1].read < 4 * MIB; i++) {
                world.run(5 * MS);
                Tcb tcb = ends[1].tcb;
                assertThat(tcb.receivePinned()).isLessThanOrEqualTo(2L * tcb.receiveBufferSize() + 2048);
                ends[1].drain(10_000);
            }
            ends[1].assertRead(4 * MIB);
        }
    }

    @Test
    void timeSpentWithAFullSendBufferIsTold() {
        LinkConfig link = FAST.delay(10 * MS);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[0].tcb.settings().sendBuffer = 10_000;
            ends[0].tcb.settingsChanged(world.clock.nowNs());
            ends[0].send(MIB);
            world.run(SECOND);
            TcpInfo info = ends[0].tcb.info(world.clock.nowNs());
            assertThat(info.sndbufLimitedNs).isBetween(SECOND / 2, info.busyNs);
            assertThat(info.rwndLimitedNs).isZero();
        }
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[0].send(5_000);
            world.run(SECOND);
            assertThat(ends[0].tcb.info(world.clock.nowNs()).sndbufLimitedNs).isZero();
        }
    }

    @Test
    void aLowWaterMarkOfUnsentBytesLeavesThePipeFull() {
        LinkConfig link = LinkConfig.PERFECT.rate(100_000_000L).delay(10 * MS).queue(MIB);
        try (TwoHosts world = new TwoHosts(link, link, TcpConfig.DEFAULT, false, 1500)) {
            Endpoint[] ends = world.establish();
            ends[0].tcb.settings().notSentLowWater = 16_384;
            long rate = bytesPerSecond(world, ends, 2, 1);
            // What windows and pace let leave at once comes on top.
            assertThat(ends[0].tcb.unsent()).isLessThanOrEqualTo(16_384 + 65_536);
            assertThat(rate).isGreaterThan(10_000_000L);
        }
    }
}
