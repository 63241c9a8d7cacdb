package dev.braid.stack.nio;

import dev.braid.fastpath.pipeline.CoreTask;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongConsumer;
import java.util.function.LongToIntFunction;
import org.jspecify.annotations.Nullable;

/** A channel's messages to its half on the core's thread, which a stack that has ended abandons. */
final class PumpMail implements CoreTask {
    private static final VarHandle POSTED;

    static {
        try {
            POSTED = MethodHandles.lookup().findVarHandle(PumpMail.class, "posted", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final CoreHost host;
    private final Pumped pump;
    private volatile boolean posted;
    private boolean marked;

    PumpMail(CoreHost host, Pumped pump) {
        this.host = host;
        this.pump = pump;
    }

    // The channel's threads.

    /** Tells the core's thread that something here has changed; several changes make one message. */
    void signal() {
        if (!posted && POSTED.compareAndSet(this, false, true)) {
            host.mailbox().post(this);
        }
    }

    /** Has something done on the core's thread, which is given its time, behind whatever was posted before. */
    void post(LongConsumer body) {
        host.mailbox().post(new CoreTask() {
            @Override
            public void run(long nowNs) {
                body.accept(nowNs);
            }

            @Override
            public void abandon(@Nullable Throwable cause) {
                pump.stackEnded(cause);
            }
        });
    }

    /**
     * Has something done on the core's thread and waits for its answer.
     *
     * @throws IOException when the stack has ended
     */
    int call(LongToIntFunction body) throws IOException {
        return CoreCall.on(host.mailbox(), body);
    }

    // The core's thread.

    @Override
    public void run(long nowNs) {
        posted = false;
        // Whatever the channel changed before it saw that a message was under way must be seen by this turn.
        VarHandle.fullFence();
        mark();
    }

    @Override
    public void abandon(@Nullable Throwable cause) {
        pump.stackEnded(cause);
    }

    /** Has the pump look at everything in this turn; several marks make one look. */
    void mark() {
        if (!marked) {
            marked = true;
            host.mark(pump);
        }
    }

    /** The pump looks: a mark from now on makes it look again. */
    void looking() {
        marked = false;
    }
}
