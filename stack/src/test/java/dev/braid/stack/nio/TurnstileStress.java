package dev.braid.stack.nio;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An application goes through while the core shuts the turnstile: exactly one of them hands the pipe over. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "shut before it came")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "through, then shut")
@Outcome(id = "2, 0", expect = Expect.ACCEPTABLE, desc = "shut while it was inside: it hands over")
@Outcome(expect = Expect.FORBIDDEN, desc = "handed over by nobody, or by both")
@State
public class TurnstileStress {
    private final Turnstile turnstile = new Turnstile();

    @Actor
    public void application(II_Result result) {
        if (turnstile.enter()) {
            result.r1 = turnstile.leave() ? 2 : 1;
        }
    }

    @Actor
    public void core(II_Result result) {
        result.r2 = turnstile.shut() ? 1 : 0;
    }
}
