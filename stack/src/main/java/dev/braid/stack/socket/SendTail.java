package dev.braid.stack.socket;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.stack.tcp.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Copies what a program sends into chunks. The chunk filled last is kept while it has room, so that small writes share it.
 */
final class SendTail {
    private final ChunkPool chunks;
    private @Nullable Chunk chunk;
    private int used;

    SendTail(ChunkPool chunks) {
        this.chunks = chunks;
    }

    /**
     * Copies at most {@code length} bytes and appends them.
     *
     * @param more whether the program says that more is coming
     * @return bytes taken; fewer than {@code length} only when the chunk pool is at its limit
     */
    int append(Connection connection, long address, int length, boolean more) {
        int taken = 0;
        while (taken < length) {
            Chunk into = chunk;
            if (into == null) {
                into = chunks.take(length - taken);
                if (into == null) {
                    break;
                }
                chunk = into;
                used = 0;
            }
            int part = Math.min(length - taken, into.capacity() - used);
            Memory.copy(address + taken, into.address() + used, part);
            if (more) {
                connection.appendMore(into, used, part);
            } else {
                connection.append(into, used, part);
            }
            used += part;
            taken += part;
            if (used == into.capacity()) {
                release();
            }
        }
        return taken;
    }

    /** Lets the kept chunk go: an idle socket owns none. */
    void release() {
        Chunk kept = chunk;
        if (kept != null) {
            kept.release();
            chunk = null;
        }
    }
}
