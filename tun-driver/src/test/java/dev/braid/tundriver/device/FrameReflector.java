package dev.braid.tundriver.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.device.FrameDevice;
import dev.braid.fastpath.device.Waiter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FrameBatch;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.tundriver.EchoHost;
import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** An echo host on a frame device. TCP answers leave as a frame of headers with their payload in chunks behind it. */
final class FrameReflector implements AutoCloseable {
    final EchoHost host = new EchoHost();
    volatile int mostFragments;

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

    private final FrameDevice device;
    private final FramePool frames;
    private final Waiter waiter;
    private final ChunkPool chunks;
    private final FrameBatch batch = new FrameBatch(64);
    private final Thread thread;
    private volatile boolean running = true;

    FrameReflector(Arena arena, FrameDevice device, FramePool frames, Waiter waiter) {
        this.device = device;
        this.frames = frames;
        this.waiter = waiter;
        this.chunks = new ChunkPool(arena, 1 << 20, true);
        this.thread = Thread.ofPlatform().daemon().name("frame-reflector").start(this::run);
    }

    private void run() {
        while (running) {
            waiter.prepare();
            if (answerAll() || !running) {
                waiter.cancel();
            } else {
                waiter.await(LIMIT_NS);
            }
        }
    }

    private boolean answerAll() {
        int received = device.receive(batch);
        for (int i = 0; i < received; i++) {
            answer(batch.at(i));
        }
        batch.clear();
        return received > 0;
    }

    private void answer(Frame frame) {
        long ip = frame.data();
        int length = host.answer(ip, frame.linearLength());
        if (length == 0) {
            frame.release();
            return;
        }
        frame.resize(length);
        if (EchoHost.isTcp(ip)) {
            device.transmit(gathered(frame, EchoHost.transportOffset(ip)));
            frame.release();
        } else {
            frame.checksumState(Frame.CHECKSUM_UNVERIFIED);
            device.transmit(frame);
        }
    }

    private Frame gathered(Frame whole, int ipHeader) {
        int headers = ipHeader + Tcp.dataOffset(whole.data() + ipHeader);
        Frame frame = Objects.requireNonNull(frames.takeMtu());
        frame.resize(headers);
        Memory.copy(whole.data(), frame.data(), headers);
        frame.partialChecksum(ipHeader, Tcp.CHECKSUM_OFFSET);
        frame.gso(whole.gsoType(), whole.gsoSize());
        for (int at = headers; at < whole.length(); at += ChunkPool.SMALL) {
            Chunk chunk = Objects.requireNonNull(chunks.take(ChunkPool.SMALL));
            int length = Math.min(ChunkPool.SMALL, whole.length() - at);
            Memory.copy(whole.data() + at, chunk.address(), length);
            frame.appendFragment(chunk, 0, length);
            chunk.release();
        }
        mostFragments = Math.max(mostFragments, frame.fragmentCount());
        return frame;
    }

    @Override
    public void close() {
        running = false;
        waiter.wake();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        waiter.close();
        assertThat(chunks.inUse()).isZero();
    }
}
