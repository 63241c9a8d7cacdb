package dev.braid.bench.jmh;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.TcpConfig;
import java.lang.foreign.Arena;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Two hosts and a connection between them, under a clock that the benchmark moves. */
final class Connection {
    private static final int PORT = 80;
    private static final int STEPS = 1000;
    private static final long STEP_NS = 20_000;

    final Host near;
    final Host far;
    final StreamSocket nearSocket;
    final StreamSocket farSocket;
    long nowNs = 1;

    Connection(Arena arena, boolean headerPrediction) {
        this(arena, false, tcp -> tcp.headerPrediction = headerPrediction);
    }

    /**
     * A connection.
     *
     * @param multipath by Multipath TCP, over its one subflow
     * @param settings what both ends' TCP has otherwise than by default
     */
    Connection(Arena arena, boolean multipath, Consumer<TcpConfig> settings) {
        near = new Host(arena, "10.1.0.1/24", multipath, settings, 1);
        far = new Host(arena, "10.1.0.2/24", multipath, settings, 2);
        ListenSocket listener = far.core.sockets().listener(socket -> {});
        listener.bind(0, 0, PORT);
        listener.listen(1);
        nearSocket = near.core.sockets().stream((socket, readiness) -> {});
        IpAddress to = IpAddress.parse("10.1.0.2");
        nearSocket.connect(to.hi(), to.lo(), PORT, nowNs);
        near.core.flush(nowNs);
        farSocket = accept(listener);
        openWindows();
    }

    private StreamSocket accept(ListenSocket listener) {
        for (int i = 0; i < STEPS; i++) {
            exchange();
            @Nullable StreamSocket accepted = listener.accept((socket, readiness) -> {});
            if (accepted != null) {
                return accepted;
            }
        }
        throw new IllegalStateException("no connection came about");
    }

    /** Lets slow start grow both windows, so that a super-segment leaves whole. */
    private void openWindows() {
        for (int i = 0; i < STEPS; i++) {
            near.send(nearSocket, 32 << 10, nowNs);
            far.send(farSocket, 32 << 10, nowNs);
            for (int turn = 0; turn < 4; turn++) {
                exchange();
                far.receive(farSocket, nowNs);
                near.receive(nearSocket, nowNs);
            }
        }
    }

    /** Carries what has left, both ways, and lets time pass. */
    void exchange() {
        nowNs += STEP_NS;
        near.core.onDeadline(nowNs);
        far.core.onDeadline(nowNs);
        near.deliverTo(far, nowNs);
        far.deliverTo(near, nowNs);
    }
}
