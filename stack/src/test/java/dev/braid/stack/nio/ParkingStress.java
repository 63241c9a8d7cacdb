package dev.braid.stack.nio;

import dev.braid.testing.stress.Patience;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A thread parks for what another one is doing at that moment: it sees it, or it is woken. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "seen or woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "slept on")
@State
public class ParkingStress {
    private final Parking parking = new Parking();
    private volatile boolean ready;

    @Actor
    public void application(I_Result result) {
        boolean slept = Patience.spentOn(() -> parking.await(() -> ready, System.nanoTime() + Patience.NS));
        result.r1 = slept ? 1 : 0;
    }

    @Actor
    public void core() {
        ready = true;
        parking.wake();
    }
}
