package dev.braid.stack.nio;

import dev.braid.fastpath.device.Deadlines;
import dev.braid.fastpath.pipeline.CoreTask;
import dev.braid.fastpath.pipeline.Mailbox;
import java.io.IOException;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/** One short call on the core's thread for whose answer an application's thread waits. */
final class CoreCall implements CoreTask {
    private final LongToIntFunction body;
    private final Parking caller = new Parking();
    private int answer;
    private @Nullable Throwable failure;
    private boolean abandoned;
    private volatile boolean done;

    private CoreCall(LongToIntFunction body) {
        this.body = body;
    }

    /**
     * Runs {@code body}, which is given the core's time, on the core's thread. Not to be interrupted: it does not take long.
     *
     * @return its answer
     * @throws IOException when the stack has ended
     */
    static int on(Mailbox mailbox, LongToIntFunction body) throws IOException {
        var call = new CoreCall(body);
        mailbox.post(call);
        boolean interrupted = false;
        while (!call.caller.await(() -> call.done, Deadlines.NONE)) {
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable failure = call.failure;
        if (call.abandoned) {
            throw SocketErrors.stackEnded(failure);
        }
        if (failure != null) {
            throw new IOException("the stack failed: " + failure, failure);
        }
        return call.answer;
    }

    @Override
    public void run(long nowNs) {
        try {
            answer = body.applyAsInt(nowNs);
        } catch (RuntimeException e) {
            failure = e;
        }
        finish();
    }

    @Override
    public void abandon(@Nullable Throwable cause) {
        failure = cause;
        abandoned = true;
        finish();
    }

    private void finish() {
        done = true;
        caller.wake();
    }
}
