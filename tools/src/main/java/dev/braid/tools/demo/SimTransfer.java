package dev.braid.tools.demo;

import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.StreamSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** One direction between two sockets that never block: moves what it can whenever it is pumped. */
final class SimTransfer {
    private static final int BUFFER = 64 << 10;

    private final StreamSocket from;
    private final StreamSocket to;
    private final Payload payload;
    private final MessageDigest digest = Payload.sha256();
    private final long out;
    private final long in;
    private final byte[] copy = new byte[BUFFER];
    private boolean finished;
    private boolean over;
    private long received;

    SimTransfer(StreamSocket from, StreamSocket to, Payload payload, Arena arena) {
        this.from = from;
        this.to = to;
        this.payload = payload;
        this.out = Memory.allocate(arena, BUFFER, 8);
        this.in = Memory.allocate(arena, BUFFER, 8);
    }

    /** Whether the receiver has read to the end. */
    boolean isOver() {
        return over;
    }

    /** Bytes the receiver has read. */
    long received() {
        return received;
    }

    /** Whether what was read is what was sent. Once, at the end. */
    boolean digestsMatch() {
        return payload.digest().equals(Payload.hex(digest));
    }

    void pump(long nowNs) throws IOException {
        send(nowNs);
        receive(nowNs);
    }

    private void send(long nowNs) throws IOException {
        for (ByteBuffer next = payload.next(); next.hasRemaining(); next = payload.next()) {
            int length = next.remaining();
            Memory.copyIn(next.duplicate(), out, length);
            int taken = from.send(out, length, 0, nowNs);
            if (taken == -Errno.EAGAIN) {
                return;
            }
            next.position(next.position() + check(taken));
        }
        if (!finished) {
            finished = true;
            check(from.shutdown(StreamSocket.SHUT_WR, nowNs));
        }
    }

    private void receive(long nowNs) throws IOException {
        int got = to.recv(in, BUFFER, 0, nowNs);
        while (got > 0) {
            Memory.copyOut(in, copy, 0, got);
            digest.update(copy, 0, got);
            received += got;
            got = to.recv(in, BUFFER, 0, nowNs);
        }
        if (got != -Errno.EAGAIN) {
            over = check(got) == 0;
        }
    }

    private static int check(int answer) throws IOException {
        if (answer < 0) {
            throw new IOException("the simulated connection failed: " + Errno.name(-answer));
        }
        return answer;
    }
}
