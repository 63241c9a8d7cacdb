package dev.braid.fastpath.pipeline;

import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.device.Waiter;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * Stages that share a thread, and how that thread runs and rests.
 *
 * <p>Agrona's AgentRunner is not used: it ends a sleeping agent by waiting out a timeout and interrupting, and its idle
 * strategies cannot look once more between announcing their sleep and sleeping, without which a wake-up is lost.
 */
final class Lane implements Runnable {
    /** Duty cycles that may fail one after another before the lane gives up. */
    static final int MAX_FAILURES_IN_A_ROW = 100;

    private static final long HELD_BACK_NS = 50_000;

    private final Agent[] stages;
    private final CycleClock clock;
    private final Waiter waiter;
    private final IdlePolicy idle;
    private final LongSupplier nextDeadlineNs;
    private final BooleanSupplier heldBack;
    private final Counter errors;
    private final Consumer<Throwable> onError;
    private final Consumer<@Nullable Throwable> onEnd;
    private volatile boolean running = true;
    private int failuresInARow;
    private @Nullable Throwable lastError;

    /**
     * A lane that does not run yet.
     *
     * @param stages in the order frames pass them
     * @param nextDeadlineNs when the stages want to run without being woken
     * @param heldBack whether sleeping on devices is pointless because their frames have nowhere to go
     * @param onError told of the first failure of a kind, on the lane's thread
     * @param onEnd told once when the lane ends, on its thread, with the cause if it was a failure
     */
    Lane(
            List<Agent> stages,
            CycleClock clock,
            Waiter waiter,
            IdlePolicy idle,
            LongSupplier nextDeadlineNs,
            BooleanSupplier heldBack,
            Counter errors,
            Consumer<Throwable> onError,
            Consumer<@Nullable Throwable> onEnd) {
        this.stages = stages.toArray(new Agent[0]);
        this.clock = clock;
        this.waiter = waiter;
        this.idle = idle;
        this.nextDeadlineNs = nextDeadlineNs;
        this.heldBack = heldBack;
        this.errors = errors;
        this.onError = onError;
        this.onEnd = onEnd;
    }

    /** Runs duty cycles until {@link #stop}, or until they fail for good. */
    @Override
    public void run() {
        Throwable cause = null;
        try {
            loop();
        } catch (FatalLaneFailure failure) {
            cause = failure.getCause();
        }
        onEnd.accept(cause);
    }

    private void loop() {
        int idleCycles = 0;
        while (running) {
            if (turn() > 0) {
                idleCycles = 0;
            } else if (idleCycles < idle.spins()) {
                idleCycles++;
                Thread.onSpinWait();
            } else if (idleCycles < idle.spins() + idle.yields()) {
                idleCycles++;
                Thread.yield();
            } else if (rest()) {
                idleCycles = 0;
            }
        }
    }

    /** Announces, looks once more, sleeps. Answers whether the last look found work. */
    private boolean rest() {
        waiter.prepare();
        boolean worked = turn() > 0;
        if (worked || !running) {
            waiter.cancel();
            return worked;
        }
        if (heldBack.getAsBoolean()) {
            waiter.cancel();
            LockSupport.parkNanos(HELD_BACK_NS);
            return false;
        }
        long next = nextDeadlineNs.getAsLong();
        waiter.await(next == Deadlines.NONE ? Deadlines.NONE : Math.max(0, next - clock.tick()));
        return false;
    }

    /** One duty cycle of every stage. */
    int turn() {
        clock.tick();
        try {
            int work = 0;
            for (Agent stage : stages) {
                work += stage.doWork();
            }
            failuresInARow = 0;
            return work;
        } catch (Exception | AssertionError e) {
            failed(e);
            return 1;
        } catch (Throwable e) {
            errors.increment();
            throw new FatalLaneFailure(e);
        }
    }

    private void failed(Throwable e) {
        errors.increment();
        Throwable last = lastError;
        if (last == null || last.getClass() != e.getClass()) {
            lastError = e;
            onError.accept(e);
        }
        if (++failuresInARow >= MAX_FAILURES_IN_A_ROW) {
            throw new FatalLaneFailure(e);
        }
    }

    /** Ends the loop soon, asleep or not. Any thread. */
    void stop() {
        running = false;
        waiter.wake();
    }

    /** Carries what a lane cannot live with out of its loop. */
    private static final class FatalLaneFailure extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FatalLaneFailure(Throwable cause) {
            super(cause);
        }
    }
}
