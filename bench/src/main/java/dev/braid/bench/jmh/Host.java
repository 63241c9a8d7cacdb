package dev.braid.bench.jmh;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.FrameOutput;
import dev.braid.fastpath.device.Offloads;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.sim.SplitMix64;
import dev.braid.fastpath.wire.Prefix;
import dev.braid.stack.core.CoreConfig;
import dev.braid.stack.core.Link;
import dev.braid.stack.core.StackCore;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.StreamSocket;
import dev.braid.stack.tcp.TcpConfig;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A core with one link and pools of its own, whose frames wait until they are delivered. One thread. */
final class Host implements FrameOutput {
    private static final int BUFFER = 64 << 10;
    /** Default of SO_SNDBUF and SO_RCVBUF, in bytes. */
    private static final int BUFFERS = 1 << 20;

    final StackCore core;
    final FramePool frames;
    private final ChunkPool chunks;
    private final ArrayDeque<Frame> leaving = new ArrayDeque<>();
    private final long in;
    private final long out;

    Host(Arena arena, String address, boolean multipath, Consumer<TcpConfig> settings, long seed) {
        frames = new FramePool(arena, 4096, 256, false);
        chunks = new ChunkPool(arena, 16 << 20, false);
        in = Memory.allocate(arena, BUFFER, 64);
        out = Memory.allocate(arena, BUFFER, 64);
        var random = new SplitMix64(seed);
        var link = new Link(0, "memory", List.of(Prefix.parse(address)), 1500, Offloads.ALL);
        CoreConfig config = CoreConfig.DEFAULT.withTcp(TcpConfig.with(tcp -> {
            tcp.pacing = false;
            // Fixed sizes: what tunes itself between two measurements would measure itself.
            tcp.sendBuffer = BUFFERS;
            tcp.receiveBuffer = BUFFERS;
            tcp.moderateReceiveBuffer = false;
            settings.accept(tcp);
        }));
        config.mptcp.enabled = multipath;
        core = new StackCore(config, List.of(link), frames, chunks, Counters.inMemory(arena, 1024), random::nextLong,
                this);
    }

    @Override
    public void transmit(Frame frame) {
        leaving.add(frame);
    }

    /** The next frame that left; the caller owns it. */
    @Nullable
    Frame poll() {
        return leaving.poll();
    }

    /** Carries everything that left to the other host, as a device would: by a copy. */
    void deliverTo(Host other, long nowNs) {
        for (Frame frame = leaving.poll(); frame != null; frame = leaving.poll()) {
            other.arrive(frame, nowNs);
            frame.release();
        }
        other.core.flush(nowNs);
    }

    private void arrive(Frame sent, long nowNs) {
        Frame copy = frames.take(sent.length());
        if (copy == null) {
            throw new IllegalStateException("out of frames");
        }
        copy.resize(sent.length());
        sent.copyTo(copy.data());
        copy.device(0).gso(sent.gsoType(), sent.gsoSize()).checksumState(Frame.CHECKSUM_VALID);
        core.onFrame(copy, nowNs);
    }

    /** Sends bytes, which have to fit. */
    void send(StreamSocket socket, int bytes, long nowNs) {
        int sent = socket.send(out, bytes, 0, nowNs);
        if (sent != bytes) {
            throw new IllegalStateException("sent " + sent + " of " + bytes);
        }
        core.flush(nowNs);
    }

    /** Reads all there is; answers how much. */
    int receive(StreamSocket socket, long nowNs) {
        int total = 0;
        for (int got = socket.recv(in, BUFFER, 0, nowNs); got != -Errno.EAGAIN; got = socket.recv(in, BUFFER, 0,
                nowNs)) {
            if (got <= 0) {
                throw new IllegalStateException("the connection ended: " + got);
            }
            total += got;
        }
        core.flush(nowNs);
        return total;
    }
}
