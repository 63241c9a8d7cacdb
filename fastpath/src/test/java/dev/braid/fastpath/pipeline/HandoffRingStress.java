package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.ParkWaiter;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.testing.stress.RecycledArena;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two frames from one stage to the next: each arrives once, in order, and as it was when it was put in. */
@JCStressTest
@Outcome(id = {"0, 0", "0, 1", "1, 0", "1, 2"}, expect = Expect.ACCEPTABLE, desc = "as far as they have come")
@Outcome(expect = Expect.FORBIDDEN, desc = "out of order, twice, or torn")
@State
public class HandoffRingStress {
    private static final Counter FULL = Counters.inMemory(1).counter("Full");

    private final FramePool frames = new FramePool(RecycledArena.MEMORY, 2, 1, false);
    private final HandoffRing ring = new HandoffRing(4, new ParkWaiter(), FULL);
    private final Frame one = Objects.requireNonNull(frames.takeMtu());
    private final Frame two = Objects.requireNonNull(frames.takeMtu());

    @Actor
    public void stage() {
        ring.accept(one.arrivalNs(1).flowHash(1), 0);
        ring.accept(two.arrivalNs(2).flowHash(2), 0);
        ring.endOfBatch();
    }

    @Actor
    public void nextStage(II_Result result) {
        result.r1 = mark(ring.poll());
        result.r2 = mark(ring.poll());
    }

    private static int mark(Frame frame) {
        if (frame == null) {
            return 0;
        }
        return frame.arrivalNs() == frame.flowHash() ? frame.flowHash() : -1;
    }
}
