package dev.braid.fastpath.pipeline;

import org.jspecify.annotations.Nullable;

/** Something that another thread wants done on the protocol's thread, between frames. */
public interface CoreTask {
    /** Does it, on the protocol's thread. */
    void run(long nowNs);

    /**
     * Tells that it will never be done because the pipeline has ended. Called once instead of {@link #run}, on any thread.
     *
     * @param cause what ended the pipeline, or {@code null} when it was closed
     */
    void abandon(@Nullable Throwable cause);
}
