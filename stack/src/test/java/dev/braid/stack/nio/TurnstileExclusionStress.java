package dev.braid.stack.nio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One thread goes in whatever it takes, another if nobody is inside: what they do there does not mix. */
@JCStressTest
@Outcome(id = {"1, 1", "2, 2"}, expect = Expect.ACCEPTABLE, desc = "one at a time")
@Outcome(expect = Expect.FORBIDDEN, desc = "both inside at once")
@State
public class TurnstileExclusionStress {
    private final Turnstile turnstile = new Turnstile();
    private int inside;
    private int coreEntries;

    @Actor
    public void application() {
        if (turnstile.enter()) {
            inside++;
            turnstile.leave();
        }
    }

    @Actor
    public void core() {
        if (turnstile.tryEnter()) {
            coreEntries = 1;
            inside++;
            turnstile.leave();
        }
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = inside;
        result.r2 = 1 + coreEntries;
    }
}
