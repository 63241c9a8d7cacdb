package dev.braid.fastpath.chunk;

import dev.braid.testing.stress.RecycledArena;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The core gives a chunk back while an application wants one: it gets none, or that one with a reference of its own. */
@JCStressTest
@Outcome(id = {"0, 0", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "none yet, or the one that came back")
@Outcome(expect = Expect.FORBIDDEN, desc = "a chunk still in use, or lost count")
@State
public class ChunkReturnStress {
    private final ChunkPool chunks = new ChunkPool(RecycledArena.MEMORY, ChunkPool.SMALL, false);
    private final Chunk chunk = Objects.requireNonNull(chunks.take(1));

    @Actor
    public void core() {
        chunk.release();
    }

    @Actor
    public void application(II_Result result) {
        Chunk taken = chunks.take(1);
        result.r1 = taken == null ? 0 : taken.references() == 1 ? 1 : -1;
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r2 = chunks.inUse();
    }
}
