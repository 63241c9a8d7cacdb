package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.device.ParkWaiter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A task is posted while the protocol's thread ends: it is done or abandoned, one of the two and once. */
@JCStressTest
@Outcome(id = {"1, 0", "0, 1"}, expect = Expect.ACCEPTABLE, desc = "done or abandoned")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, or told twice")
@State
public class MailboxStress implements CoreTask {
    private final Mailbox mailbox = new Mailbox(new ParkWaiter());
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();

    @Override
    public void run(long nowNs) {
        done.incrementAndGet();
    }

    @Override
    public void abandon(@Nullable Throwable cause) {
        abandoned.incrementAndGet();
    }

    @Actor
    public void anyThread() {
        mailbox.post(this);
    }

    @Actor
    public void protocolThread() {
        mailbox.drain(0);
        mailbox.close(null);
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r1 = done.get();
        result.r2 = abandoned.get();
    }
}
