package dev.braid.testing;

import dev.braid.fastpath.chunk.ChunkPool;
import dev.braid.fastpath.frame.FramePool;

/** Fails a test that leaves frames, extensions or chunks behind, and says where each was taken if its pool tracks that. */
public final class Leaks {
    private Leaks() {}

    /** Every frame and extension block is back in the pool. */
    public static void none(FramePool frames) {
        frames.welcomeHome();
        if (frames.inUse() != 0) {
            throw new AssertionError(frames.inUse() + " frames leaked:\n" + String.join("\n", frames.leaks()));
        }
        if (frames.extensionsInUse() != 0) {
            throw new AssertionError(frames.extensionsInUse() + " extension blocks leaked");
        }
    }

    /** Every chunk is back in the pool. */
    public static void none(ChunkPool chunks) {
        if (chunks.inUse() != 0) {
            throw new AssertionError(chunks.inUse() + " chunks leaked:\n" + String.join("\n", chunks.leaks()));
        }
    }

    /** Both pools are whole again. */
    public static void none(FramePool frames, ChunkPool chunks) {
        none(frames);
        none(chunks);
    }
}
