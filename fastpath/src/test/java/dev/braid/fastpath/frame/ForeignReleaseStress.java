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
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The owner gives up one reference to a frame while another thread gives up the other: the slot comes home once, and is a whole
 * one when it is taken again.
 */
@JCStressTest
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "home, once")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, home twice, or released too often")
@State
public class ForeignReleaseStress {
    private final FramePool frames = new FramePool(RecycledArena.MEMORY, 2, 1, false);
    private final SomeThread owner = new SomeThread();
    private final Frame frame = Objects.requireNonNull(frames.takeMtu());
    private volatile boolean failed;

    public ForeignReleaseStress() {
        frames.belongTo(owner);
        frame.retain();
    }

    @Actor
    public void owner() {
        owner.isHere();
        release();
        frames.welcomeHome();
    }

    @Actor
    public void foreigner() {
        release();
    }

    private void release() {
        try {
            frame.release();
        } catch (IllegalStateException e) {
            failed = true;
        }
    }

    @Arbiter
    public void afterwards(III_Result result) {
        owner.isHere();
        frames.welcomeHome();
        result.r1 = frames.inUse();
        Frame one = frames.takeMtu();
        Frame two = frames.takeMtu();
        result.r2 = one == null || two == null || one.equals(two) ? 0 : 1;
        result.r3 = failed ? 1 : 0;
    }
}
