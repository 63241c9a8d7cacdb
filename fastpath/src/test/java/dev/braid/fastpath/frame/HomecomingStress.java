package dev.braid.fastpath.frame;

import dev.braid.testing.stress.RecycledArena;
import dev.braid.testing.stress.SomeThread;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A frame is on its way home from another thread while the owner looks for one to take: nobody shares a slot. */
@JCStressTest
@Outcome(id = {"0, 1", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "none yet, or the one that came home, as new")
@Outcome(expect = Expect.FORBIDDEN, desc = "a frame that is not free, or lost")
@State
public class HomecomingStress {
    private final FramePool frames = new FramePool(RecycledArena.MEMORY, 1, 1, false);
    private final SomeThread owner = new SomeThread();
    private final Frame frame = Objects.requireNonNull(frames.takeMtu()).flowHash(7);
    private Frame again;

    public HomecomingStress() {
        frames.belongTo(owner);
    }

    @Actor
    public void owner(II_Result result) {
        owner.isHere();
        again = frames.takeMtu();
        boolean asNew = again == null || (again.references() == 1 && again.flowHash() == 0);
        result.r1 = again == null ? 0 : asNew ? 1 : -1;
    }

    @Actor
    public void foreigner() {
        if (frame.flowHash() == 7) {
            frame.release();
        }
    }

    @Arbiter
    public void afterwards(II_Result result) {
        owner.isHere();
        if (again != null) {
            again.release();
        }
        frames.welcomeHome();
        result.r2 = frames.inUse() == 0 && frames.takeMtu() != null ? 1 : 0;
    }
}
