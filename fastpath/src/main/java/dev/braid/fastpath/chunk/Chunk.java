package dev.braid.fastpath.chunk;

import org.jspecify.annotations.Nullable;

/**
 * A block of off-heap payload memory, shared by reference count between the stream that sends it, each subflow that carried
 * it and each frame being written.
 *
 * <p>The thread that takes a chunk from the pool holds its first reference and may hand the chunk on once, with the bytes it
 * wrote; from then on only the receiving owner counts references.
 */
public final class Chunk {
    private final ChunkPool pool;
    private final long address;
    private final int capacity;
    private int references;
    @Nullable Throwable takenAt;

    Chunk(ChunkPool pool, long address, int capacity) {
        this.pool = pool;
        this.address = address;
        this.capacity = capacity;
    }

    /** The address of the first byte. */
    public long address() {
        return address;
    }

    /** Bytes that fit. */
    public int capacity() {
        return capacity;
    }

    /** References held now; 0 in the pool. */
    public int references() {
        return references;
    }

    /** Takes one more reference. */
    public void retain() {
        references++;
    }

    /** Drops one reference; the last one sends the chunk home. */
    public void release() {
        if (--references == 0) {
            pool.giveBack(this);
        } else if (references < 0) {
            throw new IllegalStateException("a chunk was released more often than retained");
        }
    }

    void taken() {
        references = 1;
    }
}
