package dev.braid.stack.fuzz;

import static dev.braid.stack.fuzz.FuzzedCore.require;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.StreamSocket;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** What uses one socket of Multipath TCP: the bytes of both streams follow from their places. */
final class FuzzedStream {
    private static final int SCRATCH_BYTES = 64 << 10;
    private static final long SCRATCH = Memory.allocate(Arena.global(), SCRATCH_BYTES, 64);

    final StreamSocket socket;
    private int written;
    private int read;

    FuzzedStream(StreamSocket socket) {
        this.socket = socket;
    }

    void send(int length, long nowNs) {
        for (int i = 0; i < length; i++) {
            Memory.put8(SCRATCH + i, FuzzedFlow.byteAt(written + i));
        }
        int taken = socket.send(SCRATCH, length, 0, nowNs);
        require(taken <= length, "took more than was there");
        written += Math.max(0, taken);
    }

    /** Reads, and checks what it reads if {@code peer}'s word counts. */
    void receive(int length, @Nullable FuzzedPeer peer, long nowNs) {
        int got = socket.recv(SCRATCH, Math.min(length, SCRATCH_BYTES), 0, nowNs);
        require(got <= length, "read more than was asked for");
        for (int i = 0; i < got && peer != null; i++) {
            if (Memory.u8(SCRATCH + i) != FuzzedFlow.byteAt(read + i)) {
                throw new AssertionError("read byte " + (read + i) + " otherwise than it was sent");
            }
        }
        read += Math.max(0, got);
    }
}
