package dev.braid.tools.drill;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a call comes to: an answer, or the wish to wait for one. */
sealed interface Reply permits Answer, Reply.Waiting {
    /** Looks once more whether a call can complete. */
    @FunctionalInterface
    interface Attempt {
        /** The answer, or {@code null} to wait on. */
        @Nullable
        Answer attempt(long nowNs);
    }

    /**
     * The call would block.
     *
     * @param attempt asked again after everything that happens to the stack
     * @param deadlineNs when waiting ends, {@link dev.braid.fastpath.device.Deadlines#NONE} = never
     * @param expired what is answered then
     */
    record Waiting(Attempt attempt, long deadlineNs, Supplier<Answer> expired) implements Reply {}
}
