package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.TwoHosts.MS;
import static dev.braid.stack.tcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.sim.LinkConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many connections and one memory. */
class SharedMemoryTest {
    private static final int MIB = 1 << 20;
    private static final int CONNECTIONS = 60;
    private static final LinkConfig LINK = LinkConfig.PERFECT.rate(1_000_000_000L).queue(8 * MIB).delay(10 * MS);

    private static TcpConfig of(long low, long pressure, long max) {
        return TcpConfig.with(c -> {
            c.memLow = low;
            c.memPressure = pressure;
            c.memMax = max;
        });
    }

    private static List<Endpoint[]> connect(TwoHosts world) {
        TcpListener listener = world.server.listen(7, CONNECTIONS);
        var pairs = new ArrayList<Endpoint[]>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Endpoint one = world.client.connect(world.server.address, 7, new TcpSettings());
            world.run(50 * MS);
            pairs.add(new Endpoint[] {one, world.accept(listener)});
        }
        return pairs;
    }

    @Test
    void stalledReadersDoNotKeepOthersFromReceiving() {
        try (TwoHosts world = new TwoHosts(LINK, LINK, of(2 * MIB, 3 * MIB, 4 * MIB), false, 1500)) {
            List<Endpoint[]> pairs = connect(world);
            for (int i = 0; i < CONNECTIONS; i++) {
                pairs.get(i)[1].reading = i % 2 == 0;
                pairs.get(i)[0].send(MIB).finish();
            }
            long most = 0;
            for (int i = 0; i < 6_000 && !all(pairs, 0); i++) {
                world.run(100 * MS);
                most = Math.max(most, world.server.tcp.memory.receivedBytes());
                assertThat(world.client.tcp.memory.queuedBytes()).isLessThan(8 * MIB);
            }
            assertThat(all(pairs, 0)).as("all who read have read all").isTrue();
            // What came within windows promised before, and what each is guaranteed, is beyond.
            assertThat(most).as("memory of received data").isBetween(1L * MIB, 4L * MIB + CONNECTIONS * 3 * 4096L);
            assertThat(world.server.count("TcpExtTCPMemoryPressures")).isPositive();
            for (int i = 1; i < CONNECTIONS; i += 2) {
                pairs.get(i)[1].reading = true;
                pairs.get(i)[1].drain();
            }
            for (int i = 0; i < 6_000 && !all(pairs, 1); i++) {
                world.run(100 * MS);
            }
            assertThat(all(pairs, 1)).as("and the others once they read").isTrue();
        }
    }

    private static boolean all(List<Endpoint[]> pairs, int odd) {
        for (int i = odd; i < CONNECTIONS; i += 2) {
            if (pairs.get(i)[1].read < MIB) {
                return false;
            }
        }
        return true;
    }

    @Test
    void theFramePoolKeepsAQuarterForWhatArrives() {
        // Two MiB of frames for the whole world, though sysctl would allow hundreds.
        try (TwoHosts world = new TwoHosts(LINK, LINK, TcpConfig.DEFAULT, false, 1500, 2 * MIB)) {
            List<Endpoint[]> pairs = connect(world);
            for (Endpoint[] pair : pairs) {
                pair[1].reading = false;
                pair[0].send(MIB / 4).finish();
            }
            world.run(20 * SECOND);
            assertThat(world.server.tcp.memory.receivedBytes()).isBetween(1L * MIB, 2L * MIB * 7 / 8);
            assertThat(world.frames.inUse() * 2048L).isLessThan(2L * MIB);
            for (Endpoint[] pair : pairs) {
                pair[1].reading = true;
                pair[1].drain();
            }
            for (int i = 0; i < 3_000 && pairs.stream().anyMatch(pair -> pair[1].read < MIB / 4); i++) {
                world.run(100 * MS);
                // Chunks may run out too, of which these applications hear nothing.
                pairs.forEach(pair -> pair[0].pump());
            }
            pairs.forEach(pair -> pair[1].assertRead(MIB / 4));
        }
    }

    @Test
    void memoryIsGivenBackWhenConnectionsEnd() {
        try (TwoHosts world = new TwoHosts(LINK, LINK, TcpConfig.DEFAULT, false, 1500)) {
            List<Endpoint[]> pairs = connect(world);
            for (Endpoint[] pair : pairs) {
                pair[1].reading = false;
                pair[0].send(MIB);
            }
            world.run(SECOND);
            assertThat(world.server.tcp.memory.receivedBytes()).isPositive();
            assertThat(world.client.tcp.memory.queuedBytes()).isPositive();
            for (int i = 0; i < CONNECTIONS; i++) {
                if (i % 2 == 0) {
                    pairs.get(i)[0].tcb.abort(world.clock.nowNs());
                } else {
                    pairs.get(i)[1].tcb.close(world.clock.nowNs());
                }
            }
            world.run(60 * SECOND);
            for (Endpoint[] pair : pairs) {
                pair[0].tcb.close(world.clock.nowNs());
                pair[1].tcb.close(world.clock.nowNs());
            }
            world.run(200 * SECOND);
            for (TwoHosts.Host host : List.of(world.client, world.server)) {
                assertThat(host.tcp.memory.receivedBytes()).isZero();
                assertThat(host.tcp.memory.queuedBytes()).isZero();
            }
            world.assertNothingLeft();
        }
    }

    @Test
    void pressureEndsBelowTheFirstNumberAndCountsEachTimeItBegins() {
        try (TwoHosts world = new TwoHosts(LINK, LINK, of(10_000, 20_000, 30_000), false, 1500)) {
            TcpMemory memory = world.server.tcp.memory;
            memory.received(20_001);
            assertThat(memory.underPressure()).isTrue();
            memory.queued(9_999);
            assertThat(memory.isExhausted()).isTrue();
            memory.queued(-9_999);
            memory.received(-10_000);
            assertThat(memory.isExhausted()).isFalse();
            assertThat(memory.underPressure()).isTrue();
            memory.received(-1);
            assertThat(memory.underPressure()).isFalse();
            memory.received(15_000);
            assertThat(world.server.count("TcpExtTCPMemoryPressures")).isEqualTo(2);
            memory.received(-25_000);
        }
    }
}
