package dev.braid.stack.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.socket.ListenSocket;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.testing.Allocation;
import dev.braid.testing.Leaks;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two cores back to back: once they are warm, no frame between them costs a byte of Java heap. */
@Tag("arch")
class NoAllocationTest {
    private static final long STEP_NS = 20_000;
    private static final int PORT = 7;
    private static final int PIECE = 65_536;
    /** Fixed: while a buffer grows, ever more frames carry fragments for the first time, and make room for them. */
    private static final int BUFFER = 1 << 20;

    private final Arena arena = Arena.ofConfined();
    private final FramePool frames = new FramePool(arena, 16_384, 1024, false);
    private final ChunkPool chunks = new ChunkPool(arena, 64 << 20, false);
    private final long source = Memory.allocate(arena, PIECE, 64);
    private final long sink = Memory.allocate(arena, PIECE, 64);
    private final Host[] hosts = new Host[2];
    private long nowNs = 1_000_000_000L;
    private long frameCount;
    /** Of so many frames one is lost, 0 = none. */
    private int lossEvery;
    private CoreConfig config = CoreConfig.DEFAULT.plainTcp();

    /** A core, its application's end of the connection, and the wire it sends on. */
    private final class Host {
        final Counters counters = Counters.inMemory(arena, 1024);
        final Frame[] wire = new Frame[4096];
        final StackCore core;
        int wireHead;
        int wireTail;
        StreamSocket socket;
        long received;

        Host(String address, int offloads, long seed) {
            Link link = new Link(0, "wire", List.of(Prefix.parse(address)), 1500, offloads);
            core = new StackCore(
                    config, List.of(link), frames, chunks, counters, new Random(seed)::nextLong,
                    this::send);
            core.reportDefectsTo((during, defect) -> {
                throw new AssertionError(during, defect);
            });
        }

        private void send(Frame frame) {
            wire[wireTail++ & (wire.length - 1)] = frame;
        }

        /** What a device would hand over: contiguous, checksum as the link's offloads left it. */
        void deliverTo(Host peer) {
            while (wireHead != wireTail) {
                Frame frame = wire[wireHead++ & (wire.length - 1)];
                frameCount++;
                if (lossEvery == 0 || frameCount % lossEvery != 0) {
                    Frame copy = Objects.requireNonNull(frames.take(frame.length()));
                    copy.resize(frame.length());
                    frame.copyTo(copy.data());
                    copy.gso(frame.gsoType(), frame.gsoSize());
                    if (frame.checksumState() == Frame.CHECKSUM_PARTIAL) {
                        copy.checksumState(Frame.CHECKSUM_VALID);
                    }
                    peer.core.onFrame(copy, nowNs);
                }
                frame.release();
            }
        }

        void work(boolean sends) {
            for (int n = socket.recv(sink, PIECE, 0, nowNs); n > 0; n = socket.recv(sink, PIECE, 0, nowNs)) {
                received += n;
            }
            while (sends && socket.send(source, PIECE, 0, nowNs) > 0) {
                // until the buffer is full
            }
            if (core.nextDeadlineNs() <= nowNs) {
                core.onDeadline(nowNs);
            }
            core.flush(nowNs);
        }
    }

    private void join(String one, String other, int offloads) {
        hosts[0] = new Host(one, offloads, 1);
        hosts[1] = new Host(other, offloads, 2);
        ListenSocket listener = hosts[1].core.sockets().listener(socket -> {});
        listener.options().tcp.sendBuffer = BUFFER;
        assertThat(listener.bind(0, 0, PORT)).isZero();
        assertThat(listener.listen(4)).isZero();
        IpAddress to = Prefix.parse(other).address();
        hosts[0].socket = hosts[0].core.sockets().stream((socket, readiness) -> {});
        hosts[0].socket.options().tcp.sendBuffer = BUFFER;
        hosts[0].socket.connect(to.hi(), to.lo(), PORT, nowNs);
        hosts[0].core.flush(nowNs);
        for (int i = 0; i < 10; i++) {
            nowNs += STEP_NS;
            exchange();
            hosts[0].core.flush(nowNs);
            hosts[1].core.flush(nowNs);
        }
        hosts[1].socket = Objects.requireNonNull(listener.accept((socket, readiness) -> {}));
        assertThat(hosts[0].socket.isConnected()).isTrue();
        listener.close(nowNs);
    }

    private void exchange() {
        hosts[0].deliverTo(hosts[1]);
        hosts[1].deliverTo(hosts[0]);
    }

    private void run(int steps, boolean bothWays) {
        for (int i = 0; i < steps; i++) {
            nowNs += STEP_NS;
            exchange();
            hosts[0].work(true);
            hosts[1].work(bothWays);
        }
    }

    @AfterEach
    void nothingLeaks() {
        for (Host host : hosts) {
            host.socket.close(nowNs);
            host.core.close(nowNs);
        }
        exchange();
        Leaks.none(frames, chunks);
        arena.close();
    }

    private void assertSteadyStateAllocatesNothing(boolean bothWays) {
        run(6_000, bothWays);
        long framesBefore = frameCount;
        long bytesBefore = hosts[1].received;
        long bytes = Allocation.inSteadyState(() -> run(2_500, bothWays));
        assertThat(frameCount - framesBefore).as("frames").isGreaterThan(5_000);
        assertThat(hosts[1].received - bytesBefore).as("bytes moved").isGreaterThan(10_000_000);
        assertThat(bytes).as("bytes of heap for " + (frameCount - framesBefore) / 5 + " frames").isZero();
    }

    @Test
    void bulkInSuperFramesAllocatesNothing() {
        join("10.77.0.1/24", "10.77.0.2/24", Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6);
        assertSteadyStateAllocatesNothing(false);
        assertThat(hosts[1].counters.value("TcpExtTCPHPHits")).isPositive();
    }

    @Test
    void bulkBothWaysAllocatesNothing() {
        join("10.77.0.1/24", "10.77.0.2/24", Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6);
        assertSteadyStateAllocatesNothing(true);
    }

    @Test
    void bulkOverIpv6WithSoftwareChecksumsAllocatesNothing() {
        join("fd77::1/64", "fd77::2/64", 0);
        assertSteadyStateAllocatesNothing(true);
    }

    private static CoreConfig multipath() {
        CoreConfig changed = CoreConfig.DEFAULT.copy();
        changed.mptcp.enabled = true;
        return changed;
    }

    @Test
    void bulkOverASubflowAllocatesNothing() {
        config = multipath();
        join("10.77.0.1/24", "10.77.0.2/24", Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6);
        assertSteadyStateAllocatesNothing(true);
        assertThat(hosts[0].counters.value("MPTcpExtMPCapableSYNACKRX")).isEqualTo(1);
        assertThat(hosts[1].counters.value("TcpExtTCPHPHits")).isPositive();
    }

    @Test
    void lossOnASubflowAllocatesNothing() {
        config = multipath();
        join("10.77.0.1/24", "10.77.0.2/24", Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6);
        lossEvery = 997;
        assertSteadyStateAllocatesNothing(true);
        assertThat(hosts[0].counters.value("TcpRetransSegs")).isPositive();
    }

    @Test
    void lossAndRecoveryAllocateNothing() {
        join("10.77.0.1/24", "10.77.0.2/24", Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6);
        lossEvery = 997;
        assertSteadyStateAllocatesNothing(true);
        assertThat(hosts[0].counters.value("TcpRetransSegs")).isPositive();
    }
}
