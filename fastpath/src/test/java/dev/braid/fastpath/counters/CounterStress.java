package dev.braid.fastpath.counters;

import dev.braid.testing.stress.RecycledArena;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A reader of a counter that crosses 2^32 sees one of its values, never half of each. */
@JCStressTest
@Outcome(id = {"4294967295", "4294967296"}, expect = Expect.ACCEPTABLE, desc = "before or after")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn")
@State
public class CounterStress {
    private final Counter counter = Counters.inMemory(RecycledArena.MEMORY, 1).counter("Crossing");

    public CounterStress() {
        counter.assign(0xffff_ffffL);
    }

    @Actor
    public void writer() {
        counter.increment();
    }

    @Actor
    public void reader(L_Result result) {
        result.r1 = counter.value();
    }
}
