package dev.braid.stack.nio;

import java.nio.channels.SelectionKey;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A channel becomes ready while its key is just being looked at: this selection or the next one reports it, once. */
@JCStressTest
@Outcome(id = {"1, 0", "0, 1"}, expect = Expect.ACCEPTABLE, desc = "now or next time")
@Outcome(expect = Expect.FORBIDDEN, desc = "never, or twice")
@State
@SuppressWarnings("this-escape") // jcstress wants no state to be final
public class SelectorStress implements Selectable {
    private final ReadyKeys keys = new ReadyKeys();
    private final BraidSelector selector = new BraidSelector(null);
    private final BraidSelectionKey key = new BraidSelectionKey(selector, null, this, SelectionKey.OP_READ);
    private volatile int ready;

    public SelectorStress() {
        keys.add(key);
        key.changed(); // as registering does: the key is queued when the two meet
    }

    @Override
    public int readyOperations() {
        return ready;
    }

    @Override
    public ReadyKeys readyKeys() {
        return keys;
    }

    @Actor
    public void core() {
        ready = SelectionKey.OP_READ;
        keys.onReadyChange();
    }

    @Actor
    public void application(II_Result result) {
        result.r1 = selector.selectNow();
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r2 = selector.selectNow();
    }
}
