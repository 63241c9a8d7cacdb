package dev.braid.fastpath.chunk;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.atomic.MpmcAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Payload chunks of two sizes, made on demand up to a limit and kept for reuse.
 *
 * <p>Any thread may take and give back: applications fill chunks on their own threads. A full pool answers {@code null}, and
 * the caller waits or reports would-block.
 */
public final class ChunkPool {
    /** Bytes of a small chunk. */
    public static final int SMALL = 4 << 10;
    /** Bytes of a large chunk. */
    public static final int LARGE = 64 << 10;

    private static final VarHandle BYTES;

    static {
        try {
            BYTES = MethodHandles.lookup().findVarHandle(ChunkPool.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Arena arena;
    private final long maxBytes;
    private final boolean tracking;
    private final List<Chunk> all = new ArrayList<>();
    private final MpmcAtomicArrayQueue<Chunk> small;
    private final MpmcAtomicArrayQueue<Chunk> large;

    @SuppressWarnings("unused") // through BYTES
    private volatile long bytes;

    /**
     * An empty pool.
     *
     * @param arena owns the memory; shared when several threads take chunks
     * @param maxBytes the most memory the pool will ever hold
     * @param tracking remember who took each chunk, for leak reports in tests
     */
    public ChunkPool(Arena arena, long maxBytes, boolean tracking) {
        this.arena = arena;
        this.maxBytes = maxBytes;
        this.tracking = tracking;
        this.small = new MpmcAtomicArrayQueue<>(slots(maxBytes, SMALL));
        this.large = new MpmcAtomicArrayQueue<>(slots(maxBytes, LARGE));
    }

    private static int slots(long maxBytes, int size) {
        return (int) Math.max(2, Math.min(1 << 20, maxBytes / size + 1));
    }

    /**
     * A chunk with one reference, which the caller owns, or {@code null} when the pool is at its limit.
     *
     * @param wanted bytes the caller would like to store: more than 4 KiB asks for a large chunk
     */
    public @Nullable Chunk take(int wanted) {
        boolean wantsLarge = wanted > SMALL;
        Chunk chunk = (wantsLarge ? large : small).poll();
        if (chunk == null) {
            chunk = make(wantsLarge ? LARGE : SMALL);
        }
        if (chunk == null) {
            chunk = (wantsLarge ? small : large).poll();
        }
        if (chunk != null) {
            chunk.taken();
            chunk.takenAt = tracking ? new Throwable("chunk taken here") : null;
        }
        return chunk;
    }

    private @Nullable Chunk make(int capacity) {
        long before = (long) BYTES.getAndAdd(this, (long) capacity);
        if (before + capacity > maxBytes) {
            BYTES.getAndAdd(this, (long) -capacity);
            return null;
        }
        Chunk chunk = new Chunk(this, Memory.allocate(arena, capacity, 64), capacity);
        synchronized (all) {
            all.add(chunk);
        }
        return chunk;
    }

    void giveBack(Chunk chunk) {
        chunk.takenAt = null;
        if (!(chunk.capacity() == LARGE ? large : small).offer(chunk)) {
            throw new IllegalStateException("more chunks came back than were made");
        }
    }

    /** Bytes of memory the pool holds, in use or not. Any thread. */
    public long bytesHeld() {
        return (long) BYTES.getVolatile(this);
    }

    /** Chunks that are out now. For tests and diagnostics: exact only when nobody takes or gives back meanwhile. */
    public int inUse() {
        synchronized (all) {
            return all.size() - small.size() - large.size();
        }
    }

    /** Where each chunk that is out was taken; stack traces only when the pool tracks. */
    public List<String> leaks() {
        var found = new ArrayList<String>();
        synchronized (all) {
            for (Chunk chunk : all) {
                if (chunk.references() > 0) {
                    var trace = new StringBuilder(
                            "chunk of " + chunk.capacity() + " bytes, references " + chunk.references());
                    if (chunk.takenAt != null) {
                        for (StackTraceElement at : chunk.takenAt.getStackTrace()) {
                            trace.append("\n    at ").append(at);
                        }
                    }
                    found.add(trace.toString());
                }
            }
        }
        return found;
    }
}
