package dev.braid.fastpath.chunk;

import dev.braid.testing.stress.RecycledArena;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads want the only chunk there may be: one gets it. */
@JCStressTest
@Outcome(id = "1, 4096", expect = Expect.ACCEPTABLE, desc = "one got it")
@Outcome(expect = Expect.FORBIDDEN, desc = "both got one, nobody did, or the pool lost count")
@State
public class ChunkPoolLimitStress {
    private final ChunkPool chunks = new ChunkPool(RecycledArena.MEMORY, ChunkPool.SMALL, false);
    private Chunk one;
    private Chunk other;

    @Actor
    public void one() {
        one = chunks.take(1);
    }

    @Actor
    public void other() {
        other = chunks.take(1);
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = (one == null ? 0 : 1) + (other == null ? 0 : 1);
        result.r2 = (int) chunks.bytesHeld();
    }
}
