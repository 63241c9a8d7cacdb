package dev.braid.fastpath.counters;

import dev.braid.fastpath.memory.Memory;
import dev.braid.testing.stress.RecycledArena;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whoever sees that a record is in use, as another process that maps the file does, sees its label whole. */
@JCStressTest
@Outcome(id = {"0, 0", "0, 3", "1, 3"}, expect = Expect.ACCEPTABLE, desc = "not there yet, or whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "in use without its label")
@State
public class CounterLabelStress {
    private static final int LABEL_OFFSET = 128;

    private final long metadata = Memory.allocate(RecycledArena.MEMORY, Counters.METADATA_LENGTH, 128);
    private final Counters counters = new Counters(metadata,
            Memory.allocate(RecycledArena.MEMORY, Counters.VALUE_LENGTH, 128), 1);

    @Actor
    public void writer() {
        counters.counter("Abc");
    }

    @Actor
    public void reader(II_Result result) {
        result.r1 = Memory.nativeI32(metadata);
        result.r2 = Memory.nativeI32(metadata + LABEL_OFFSET);
    }
}
