package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.device.ParkWaiter;
import dev.braid.testing.stress.Patience;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A task is posted while the protocol's thread goes to sleep: it finds the task, or it is woken. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "found or woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "slept beside a task")
@State
public class MailboxWakeStress implements CoreTask {
    private final ParkWaiter waiter = new ParkWaiter();
    private final Mailbox mailbox = new Mailbox(waiter);

    @Override
    public void run(long nowNs) {
        // That it is found is enough.
    }

    @Override
    public void abandon(@Nullable Throwable cause) {
        throw new IllegalStateException(cause);
    }

    @Actor
    public void anyThread() {
        mailbox.post(this);
    }

    @Actor
    public void protocolThread(I_Result result) {
        waiter.prepare();
        if (mailbox.drain(0) > 0) {
            waiter.cancel();
        } else {
            result.r1 = Patience.spentOn(() -> waiter.await(Patience.NS)) ? 1 : 0;
        }
    }
}
