package dev.braid.fastpath.frame;

import dev.braid.testing.stress.RecycledArena;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One thread takes frames, another counts and frees them: a slot that returns is whole, and none is lost. */
@JCStressTest
@Outcome(id = {"0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "none yet, or one that returned, as new")
@Outcome(expect = Expect.FORBIDDEN, desc = "a frame that is not free, or lost")
@State
@SuppressWarnings("this-escape") // jcstress wants no state to be final
public class TwoOwnersStress implements PoolOwners {
    private final FramePool frames = new FramePool(RecycledArena.MEMORY, 1, 1, false);
    private final Frame frame = Objects.requireNonNull(frames.takeMtu()).flowHash(7);
    private volatile Thread taker;
    private volatile Thread counter;
    private Frame again;

    public TwoOwnersStress() {
        frames.belongTo(this);
    }

    @Override
    public boolean takesHere() {
        return Thread.currentThread().equals(taker);
    }

    @Override
    public boolean countsHere() {
        return Thread.currentThread().equals(counter);
    }

    @Override
    public boolean areTwo() {
        return true;
    }

    @Actor
    public void taker(II_Result result) {
        taker = Thread.currentThread();
        again = frames.takeMtu();
        boolean asNew = again == null || (again.references() == 1 && again.flowHash() == 0);
        result.r1 = again == null ? 0 : asNew ? 1 : -1;
    }

    @Actor
    public void counter() {
        counter = Thread.currentThread();
        frame.release();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        taker = Thread.currentThread();
        if (again != null) {
            again.release();
        }
        result.r2 = frames.inUse() == 0 && frames.takeMtu() != null ? 1 : 0;
    }
}
