package dev.braid.stack.tcp;

import static dev.braid.stack.tcp.TwoHosts.MS;
import static dev.braid.stack.tcp.TwoHosts.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.StreamSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** TIME-WAIT whose length changes, and tuples that are wanted again. */
class TimeWaitTableTest {
    private static final String STAY = "net.braid.tcp_time_wait_ms";

    private static void endOne(TwoHosts world, TcpListener listener) {
        Endpoint one = world.client.connect(world.server.address, 7, new TcpSettings());
        world.run(100 * MS);
        Endpoint other = world.accept(listener);
        one.finish();
        world.run(100 * MS);
        other.finish();
        world.run(100 * MS);
    }

    private static void change(TwoHosts world, long ms) {
        world.client.core.tunables().set(STAY, Long.toString(ms));
        world.client.core.flush(world.clock.nowNs());
    }

    @Test
    void aShorterStayCountsForThoseToo() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen(7, 8);
            endOne(world, listener);
            assertThat(world.client.tcp.timeWaiting()).isEqualTo(1);
            change(world, 5_000);
            List<TcpInfo> shown = new ArrayList<>();
            world.client.tcp.listing().next(shown, 1, world.clock.nowNs());
            assertThat(shown.getFirst().timerNs).isBetween(4 * SECOND, 5 * SECOND);
            world.run(4_500 * MS);
            assertThat(world.client.tcp.timeWaiting()).isEqualTo(1);
            world.run(SECOND);
            assertThat(world.client.tcp.timeWaiting()).isZero();
        }
    }

    @Test
    void nobodyWaitsBehindThoseWhoCameWhenTheStayWasLonger() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen(7, 8);
            endOne(world, listener);
            change(world, 2_000);
            endOne(world, listener);
            world.run(3 * SECOND);
            assertThat(world.client.tcp.timeWaiting()).isZero();
            assertThat(world.client.core.deadlines()).isZero();
        }
    }

    @Test
    void aLongerStayCountsForThoseToo() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen(7, 8);
            change(world, 1_000);
            endOne(world, listener);
            change(world, 10_000);
            world.run(5 * SECOND);
            assertThat(world.client.tcp.timeWaiting()).isEqualTo(1);
            world.run(6 * SECOND);
            assertThat(world.client.tcp.timeWaiting()).isZero();
        }
    }

    @Test
    void aSocketThatDisconnectedConnectsToTheSamePeerFromTheSamePort() {
        try (TwoHosts world = new TwoHosts()) {
            TcpListener listener = world.server.listen(7, 8);
            StreamSocket socket = world.client.core.sockets().stream((ready, bits) -> {});
            assertThat(socket.bind(0, 0, 5_000)).isZero();
            long hi = world.server.address.hi();
            long lo = world.server.address.lo();
            assertThat(socket.connect(hi, lo, 7, world.clock.nowNs())).isEqualTo(-Errno.EINPROGRESS);
            world.run(100 * MS);
            Endpoint first = world.accept(listener);
            assertThat(socket.disconnect(world.clock.nowNs())).isZero();
            assertThat(socket.connect(hi, lo, 7, world.clock.nowNs())).as("at once").isEqualTo(-Errno.EINPROGRESS);
            world.client.core.flush(world.clock.nowNs());
            world.run(100 * MS);
            assertThat(first.failed).as("what the peer heard of the first").isEqualTo(TcpFailure.RESET);
            assertThat(socket.isConnected()).isTrue();
            assertThat(world.accept(listener).tcb.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(world.client.tcp.connections()).isEqualTo(1);
            socket.abort(world.clock.nowNs());
        }
    }
}
