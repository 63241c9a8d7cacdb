package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.device.ParkWaiter;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.testing.stress.Patience;
import dev.braid.testing.stress.RecycledArena;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** One stage puts a frame in while the next one, having found nothing, goes to sleep: it finds the frame, or it is woken. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "found or woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "slept beside a frame")
@State
public class HandoffWakeStress {
    private static final Counter FULL = Counters.inMemory(1).counter("Full");

    private final FramePool frames = new FramePool(RecycledArena.MEMORY, 1, 1, false);
    private final ParkWaiter waiter = new ParkWaiter();
    private final HandoffRing ring = new HandoffRing(2, waiter, FULL);

    @Actor
    public void stage() {
        ring.accept(Objects.requireNonNull(frames.takeMtu()), 0);
        ring.endOfBatch();
    }

    @Actor
    public void nextStage(I_Result result) {
        waiter.prepare();
        if (ring.poll() != null) {
            waiter.cancel();
        } else {
            result.r1 = Patience.spentOn(() -> waiter.await(Patience.NS)) ? 1 : 0;
        }
    }
}
