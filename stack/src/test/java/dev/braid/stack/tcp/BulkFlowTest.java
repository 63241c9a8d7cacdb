package dev.braid.stack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.wire.IpAddress;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.testing.Allocation;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A bulk flow of super-frames between two cores with nothing but a copy between them: what the fast path does and costs. */
class BulkFlowTest {
    private static final int ROUND_TRIP_NS = 100_000;

    /** Two cores; a frame sent by one is copied into a contiguous one for the other, checksums trusted. */
    static final class Wire implements AutoCloseable {
        final Arena arena = Arena.ofConfined();
        final FramePool frames = new FramePool(arena, 4096, 256, false);
        final ChunkPool chunks = new ChunkPool(arena, 64 << 20, false);
        final Counters counters = Counters.inMemory(arena, 512);
        final ArrayDeque<Frame> toServer = new ArrayDeque<>(1024);
        final ArrayDeque<Frame> toClient = new ArrayDeque<>(1024);
        final StackCore client;
        final StackCore server;
        final Sender sender = new Sender();
        final Receiver receiver = new Receiver();
        long nowNs = 1_000_000_000L;
        long superFrames;
        long superBytes;
        boolean traced;

        Wire(TcpConfig config) {
            client = core("10.0.0.1/24", config, Counters.inMemory(arena, 512), toServer);
            server = core("10.0.0.2/24", config, counters, toClient);
            server.tcp().reservePort(0, 0, 7);
            TcpListener listener = server.tcp().listen(l -> {}, new TcpSettings(), 0, 0, 7, 1);
            Tcb tcb = client.tcp().open(sender, new TcpSettings());
            sender.tcb = tcb;
            IpAddress to = IpAddress.parse("10.0.0.2");
            client.tcp().connect(tcb, 0, 0, 0, to.hi(), to.lo(), 7, nowNs);
            client.flush(nowNs);
            round();
            round();
            Tcb accepted = (Tcb) listener.accept();
            accepted.user(receiver);
            receiver.tcb = accepted;
        }

        private StackCore core(String address, TcpConfig config, Counters into, ArrayDeque<Frame> out) {
            Link link = new Link(
                    0, "wire", List.of(Prefix.parse(address)), 1500, Offloads.CHECKSUM | Offloads.TSO4 | Offloads.TSO6);
            return new StackCore(
                    CoreConfig.DEFAULT.withTcp(config), List.of(link), frames, chunks, into, () -> 77, frame -> {
                        Frame copy = frames.take(frame.length());
                        copy.resize(frame.length());
                        frame.copyTo(copy.data());
                        copy.gso(frame.gsoType(), frame.gsoSize()).checksumState(Frame.CHECKSUM_VALID);
                        superFrames += frame.length() > 1500 ? 1 : 0;
                        superBytes += frame.length() > 1500 ? frame.length() : 0;
                        traced |= frame.hasExtensions();
                        frame.release();
                        out.add(copy);
                    });
        }

        void round() {
            nowNs += ROUND_TRIP_NS / 2;
            deliver(toServer, server);
            nowNs += ROUND_TRIP_NS / 2;
            deliver(toClient, client);
        }

        private void deliver(ArrayDeque<Frame> from, StackCore to) {
            to.onDeadline(nowNs);
            for (int n = from.size(); n > 0; n--) {
                to.onFrame(from.poll(), nowNs);
            }
            to.flush(nowNs);
        }

        void transfer(long bytes) {
            sender.left = bytes;
            sender.pump();
            client.flush(nowNs);
            long until = receiver.read + bytes;
            for (int i = 0; receiver.read < until; i++) {
                if (i == 100_000) {
                    throw new AssertionError("the flow does not move");
                }
                round();
            }
        }

        @Override
        public void close() {
            client.close(nowNs);
            server.close(nowNs);
            toServer.forEach(Frame::release);
            toClient.forEach(Frame::release);
            assertThat(frames.inUse()).isZero();
            arena.close();
        }

        final class Sender implements ConnectionUser {
            Tcb tcb;
            long left;

            void pump() {
                while (left > 0 && tcb.sendSpace() > 0) {
                    Chunk chunk = chunks.take(ChunkPool.LARGE);
                    int length = (int) Math.min(Math.min(tcb.sendSpace(), left), chunk.capacity());
                    tcb.append(chunk, 0, length);
                    chunk.release();
                    left -= length;
                }
            }

            @Override
            public void onEstablished(Connection connection) {}

            @Override
            public void onReadable(Connection connection) {}

            @Override
            public void onWritable(Connection connection) {
                pump();
            }

            @Override
            public void onFailed(Connection connection, TcpFailure failure) {
                throw new AssertionError(failure);
            }

            @Override
            public void onClosed(Connection connection) {}
        }

        final class Receiver implements ConnectionUser {
            Tcb tcb;
            long read;

            @Override
            public void onEstablished(Connection connection) {}

            @Override
            public void onReadable(Connection connection) {
                for (Frame frame = tcb.received().take(); frame != null; frame = tcb.received().take()) {
                    int length = frame.linearLength() - frame.payloadOffset();
                    int trueSize = frame.trueSize();
                    frame.release();
                    read += length;
                    tcb.consumed(length, trueSize, nowNs);
                }
            }

            @Override
            public void onWritable(Connection connection) {}

            @Override
            public void onFailed(Connection connection, TcpFailure failure) {
                throw new AssertionError(failure);
            }

            @Override
            public void onClosed(Connection connection) {}
        }
    }

    @Test
    void aBulkFlowTravelsInLargeSuperFramesOnThePredictedWay() {
        try (Wire wire = new Wire(TcpConfig.DEFAULT)) {
            wire.transfer(64 << 20);
            wire.superFrames = 0;
            wire.superBytes = 0;
            long hits = wire.counters.value("TcpExtTCPHPHits");
            long misses = wire.counters.value("TcpExtTCPHPMisses");
            wire.transfer(256 << 20);
            assertThat(wire.superBytes / wire.superFrames).as("bytes per super-frame").isGreaterThan(50_000);
            assertThat(wire.counters.value("TcpExtTCPHPHits") - hits).isGreaterThan(3000);
            assertThat(wire.counters.value("TcpExtTCPHPMisses") - misses).isLessThan(30);
        }
    }

    @Test
    void theFastPathAllocatesNothing() {
        try (Wire wire = new Wire(TcpConfig.DEFAULT)) {
            wire.transfer(128 << 20);
            assertThat(Allocation.inSteadyState(() -> wire.transfer(16 << 20))).isLessThan(1024);
        }
    }

    @Test
    void theFullWayAllocatesNothingEither() {
        try (Wire wire = new Wire(TcpConfig.with(c -> c.headerPrediction = false))) {
            wire.transfer(128 << 20);
            assertThat(Allocation.inSteadyState(() -> wire.transfer(16 << 20))).isLessThan(1024);
            assertThat(wire.counters.value("TcpExtTCPHPHits")).isZero();
        }
    }

    @Test
    void framesSayWhyTheyWereSentOnlyWhenTracingIsOn() {
        try (Wire wire = new Wire(TcpConfig.DEFAULT)) {
            wire.transfer(1 << 20);
            assertThat(wire.traced).isFalse();
        }
        try (Wire wire = new Wire(TcpConfig.with(c -> c.traceDecisions = true))) {
            wire.transfer(1 << 20);
            assertThat(wire.traced).isTrue();
        }
        // Somebody who watches for a while leaves the user's own wish as it is.
        try (Wire wire = new Wire(TcpConfig.DEFAULT)) {
            wire.client.tcp().traceDecisions(true);
            wire.transfer(1 << 20);
            assertThat(wire.traced).isTrue();
            assertThat(wire.client.tcp().config().traceDecisions).isFalse();
            wire.client.tcp().traceDecisions(false);
            wire.transfer(1 << 20);
            wire.traced = false;
            wire.transfer(1 << 20);
            assertThat(wire.traced).isFalse();
        }
    }
}
