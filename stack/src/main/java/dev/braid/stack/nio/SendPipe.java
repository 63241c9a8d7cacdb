package dev.braid.stack.nio;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.socket.Errno;
import dev.braid.stack.socket.StreamSocket;
import java.nio.ByteBuffer;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The bytes on their way from an application to its socket. The application copies them into chunks, and into the same chunk
 * as long as it has room; the core appends the chunks' spans to the stream without copying again.
 *
 * <p>The chunks cross in a ring, each before its first byte is published. How much of them is written is one growing number,
 * {@code published}; how much the core has appended is another, {@code taken}. The application uses the upper half of this
 * class inside {@link #turnstile}, the core's thread the lower.
 */
final class SendPipe {
    /** Bytes the application may be ahead of its socket. */
    static final int LIMIT = 256 << 10;

    /** Chunks that can wait: more than {@link #LIMIT} holds even if all are small, so bytes are what runs out first. */
    private static final int RING = 128;

    final Turnstile turnstile = new Turnstile();
    private final ChunkPool chunks;
    private final SpscAtomicArrayQueue<Chunk> ring = new SpscAtomicArrayQueue<>(RING);

    // The application's.
    private @Nullable Chunk filling;
    private int filled;
    private volatile boolean starved;
    private volatile long published;

    // The core's.
    private @Nullable Chunk emptying;
    private int emptied;
    private volatile long taken;

    SendPipe(ChunkPool chunks) {
        this.chunks = chunks;
    }

    /** Bytes that fit now. Any thread. */
    int space() {
        if (starved || ring.size() >= RING - 1) {
            return 0;
        }
        return (int) Math.max(0, LIMIT - (published - taken));
    }

    /** Whether so much fits that a thread which waits for room is worth waking. Any thread. */
    boolean hasRoom() {
        return space() >= LIMIT / 2;
    }

    /**
     * Copies as much as fits, from the buffer's position on.
     *
     * @return bytes copied, 0 when the pipe is full or no chunk is to be had ({@link #isStarved})
     */
    int write(ByteBuffer source) {
        int wanted = Math.min(source.remaining(), space());
        long before = published;
        int copied = 0;
        while (copied < wanted) {
            Chunk into = filling;
            if (into == null) {
                into = chunks.take(wanted - copied);
                if (into == null) {
                    starved = copied == 0;
                    break;
                }
                if (!ring.offer(into)) {
                    into.release();
                    break;
                }
                filling = into;
                filled = 0;
            }
            int part = Math.min(wanted - copied, into.capacity() - filled);
            Memory.copyIn(source, into.address() + filled, part);
            filled += part;
            copied += part;
            published = before + copied;
            if (filled == into.capacity()) {
                filling = null;
            }
        }
        return copied;
    }

    /** Whether the last write found the chunk pool empty; the core clears it after a while. Any thread. */
    boolean isStarved() {
        return starved;
    }

    // The core's thread from here on.

    /** Lets the application ask the chunk pool again. */
    void retryChunks() {
        starved = false;
    }

    /** Whether everything published is appended. */
    boolean isDrained() {
        return taken == published;
    }

    /** How many bytes were ever appended: progress, for whoever watches. */
    long taken() {
        return taken;
    }

    /**
     * Appends to the socket what it takes.
     *
     * @return 0 when all is appended, or the negative errno the socket answered: -EAGAIN means later
     */
    int drain(StreamSocket socket, long nowNs) {
        long sent = taken;
        int answer = 0;
        while (sent < published) {
            Chunk from = emptying;
            if (from == null) {
                from = emptying = ring.poll();
                emptied = 0;
                if (from == null) {
                    throw new IllegalStateException("bytes were published before their chunk");
                }
            }
            int part = (int) Math.min(published - sent, from.capacity() - emptied);
            int accepted = socket.sendChunk(from, emptied, part, nowNs);
            if (accepted <= 0) {
                answer = accepted == 0 ? -Errno.EAGAIN : accepted;
                break;
            }
            emptied += accepted;
            sent += accepted;
            if (emptied == from.capacity()) {
                from.release();
                emptying = null;
            }
        }
        taken = sent;
        return answer;
    }

    /** Whether a chunk with room left waits for the application to fill it. */
    boolean holdsChunk() {
        return emptying != null;
    }

    /** Gives that chunk back if nothing is left in it: an idle connection owns no chunk. */
    boolean giveChunkBack() {
        Chunk kept = emptying;
        if (kept == null || !turnstile.tryEnter()) {
            return false;
        }
        if (isDrained()) {
            filling = null;
            emptying = null;
            kept.release();
        }
        return turnstile.leave();
    }

    /** Throws away what was not appended. Once the turnstile is shut. */
    void dispose() {
        Chunk kept = emptying;
        emptying = null;
        filling = null;
        if (kept != null) {
            kept.release();
        }
        for (Chunk chunk = ring.poll(); chunk != null; chunk = ring.poll()) {
            chunk.release();
        }
        taken = published;
    }
}
