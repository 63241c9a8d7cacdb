package dev.braid.tundriver.tun;

import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.wire.Tcp;
import dev.braid.tundriver.EchoHost;
import dev.braid.tundriver.poll.Poller;
import dev.braid.tundriver.sys.IoVector;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An echo host on a bare queue. Two pieces receive each frame and three send it, cut in the middle of headers and payload,
 * so that every frame tests scattering and gathering.
 */
final class Reflector implements AutoCloseable {
    private static final int HEADER = TunQueue.HEADER_BYTES;
    private static final int BUFFER = 1 << 17;
    private static final int FIRST_PIECE = HEADER + 700;
    private static final int NEEDS_CSUM = 1;
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(50);

    final EchoHost host = new EchoHost();
    final AtomicInteger superFramesIn = new AtomicInteger();
    final AtomicInteger failedWrites = new AtomicInteger();

    private final TunQueue queue;
    private final Arena arena = Arena.ofShared();
    private final long frame = Memory.allocate(arena, BUFFER, 64);
    private final IoVector pieces = new IoVector(arena, 3);
    private final Poller poller = Poller.open();
    private final Thread thread;
    private volatile boolean running = true;

    Reflector(TunQueue queue) {
        this.queue = queue;
        poller.add(queue.descriptor(), 0);
        thread = Thread.ofPlatform().daemon().name("reflector").start(this::run);
    }

    private void run() {
        while (running) {
            poller.await(LOOK_NS);
            int bytes = receive();
            while (bytes > 0) {
                answer(bytes - HEADER);
                bytes = receive();
            }
        }
    }

    private int receive() {
        pieces.clear();
        pieces.add(frame, FIRST_PIECE);
        pieces.add(frame + FIRST_PIECE, BUFFER - FIRST_PIECE);
        return queue.receive(pieces);
    }

    private void answer(int length) {
        long ip = frame + HEADER;
        superFramesIn.addAndGet(Memory.u8(frame + 1) != 0 ? 1 : 0);
        int answer = host.answer(ip, length);
        if (answer == 0) {
            return;
        }
        if (EchoHost.isTcp(ip)) {
            Memory.put8(frame, NEEDS_CSUM);
            Memory.putNative16(frame + 6, EchoHost.transportOffset(ip));
            Memory.putNative16(frame + 8, Tcp.CHECKSUM_OFFSET);
        }
        send(answer);
    }

    private void send(int length) {
        int first = HEADER + Math.min(25, length);
        int half = (HEADER + length - first) / 2;
        pieces.clear();
        pieces.add(frame, first);
        pieces.add(frame + first, half);
        pieces.add(frame + first + half, HEADER + length - first - half);
        if (queue.send(pieces) != HEADER + length) {
            failedWrites.incrementAndGet();
        }
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.close();
        arena.close();
    }
}
