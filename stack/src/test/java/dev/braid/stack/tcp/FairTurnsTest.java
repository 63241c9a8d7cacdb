package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.LinkConfig;
import dev.braid.fastpath.sim.LinkTap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred bulk flows and one connection that plays ping-pong, on the same cores and link. */
class FairTurnsTest {
    private static final long MS = TwoHosts.MS;
    private static final int BULK = 100;
    private static final int TURN = 65_536;
    private static final long MEGABITS = 1_000;
    private static final long RTT_NS = 10 * MS;

    private final List<Endpoint> bulk = new ArrayList<>();

    private static TwoHosts world(String control, boolean pacing) {
        TcpConfig config = TcpConfig.with(c -> {
            c.congestionControl = control;
            c.pacing = pacing;
            c.receiveBuffer = 1 << 17;
            c.maxReceiveBuffer = 1 << 17;
            c.sendBuffer = 1 << 18;
            c.maxSendBuffer = 1 << 18;
        });
        LinkConfig link = LinkConfig.PERFECT.delay(RTT_NS / 2);
        return new TwoHosts(link.rate(MEGABITS * 1_000_000).queue(64 << 20), link, config, false, 1500);
    }

    private Endpoint[] open(TwoHosts world) {
        TcpListener listener = world.server.listen(7, 200);
        Endpoint ping = world.client.connect(world.server.address, 7, new TcpSettings());
        world.run(50 * MS);
        Endpoint pong = world.accept(listener);
        for (int i = 0; i < BULK; i++) {
            bulk.add(world.client.connect(world.server.address, 7, new TcpSettings()));
        }
        world.run(50 * MS);
        for (int i = 0; i < BULK; i++) {
            world.accept(listener);
        }
        return new Endpoint[] {ping, pong};
    }

    @ParameterizedTest
    @ValueSource(strings = {"cubic", "bbr"})
    void pingPongGoesOnBesideAHundredBulkFlows(String control) {
        for (boolean pacing : new boolean[] {true, false}) {
            bulk.clear();
            try (TwoHosts world = world(control, pacing)) {
                Endpoint[] ends = open(world);
                bulk.forEach(flow -> flow.send(1L << 40));
                world.run(300 * MS);
                long longestNs = 0;
                for (int i = 1; i <= 20; i++) {
                    long beganNs = world.clock.nowNs();
                    ends[0].send(100);
                    world.network.flush();
                    while (ends[1].read < 100L * i) {
                        assertThat(world.network.step()).isTrue();
                        assertThat(world.clock.nowNs() - beganNs).isLessThan(2_000 * MS);
                    }
                    ends[1].send(100);
                    world.network.flush();
                    while (ends[0].read < 100L * i) {
                        assertThat(world.network.step()).isTrue();
                    }
                    longestNs = Math.max(longestNs, world.clock.nowNs() - beganNs);
                }
                // All the windows there are, in the queue at once: a FIFO can do no better.
                long queueNs = BULK * (1L << 17) * 8_000 / MEGABITS;
                assertThat(longestNs).isLessThan(RTT_NS + queueNs * 3 / 2);
                for (Endpoint flow : bulk) {
                    assertThat(flow.tcb.bytesAcked).as("no bulk flow starves either").isPositive();
                }
                bulk.forEach(flow -> flow.toSend = 0);
            }
        }
    }

    @Test
    void smallWriteWaitsForATurnOfEachAtMost() {
        try (TwoHosts world = world("reno", false)) {
            Endpoint[] ends = open(world);
            bulk.forEach(flow -> flow.send(400_000));
            ends[0].send(100);
            world.run(4_000 * MS);
            int port = ends[0].tcb.localPort;
            long[] before = {0, -1};
            world.forth.tap((link, frame, fate, nowNs) -> {
                if (fate == LinkTap.Fate.SENT) {
                    boolean small = Memory.u16(frame.data() + 20) == port;
                    before[1] = small && before[1] < 0 ? before[0] : before[1];
                    before[0] += frame.length();
                }
            });
            bulk.forEach(flow -> flow.send(1 << 17));
            ends[0].send(100);
            world.network.flush();
            assertThat(before[0]).as("all of it leaves at once, unpaced").isGreaterThan(BULK * 80_000L);
            // The frame that exceeds a turn's budget still goes, and headers are not counted.
            assertThat(before[1]).as("bytes that left before the ping").isBetween(0L, BULK * TURN * 5L / 4);
        }
    }
}
