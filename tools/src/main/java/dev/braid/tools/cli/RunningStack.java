package dev.braid.tools.cli;

import dev.braid.fastpath.counters.CountersFile;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stack of this process and the file that other processes read its counters from. */
public final class RunningStack implements AutoCloseable {
    private static final int COUNTERS = 1024;

    private final Stack stack;
    private final Arena arena;
    private final @Nullable Path countersFile;

    private RunningStack(Stack stack, Arena arena, @Nullable Path countersFile) {
        this.stack = stack;
        this.arena = arena;
        this.countersFile = countersFile;
    }

    /** Starts what the builder describes; without a place for the counters file it says so and goes on. */
    static RunningStack start(StackBuilder builder) {
        Arena arena = Arena.ofShared();
        Path file = null;
        try {
            file = CountersPlace.prepare();
            builder.counters(CountersFile.create(file, arena, COUNTERS));
        } catch (IOException e) {
            System.err
                    .println("braid: no counters file, so other processes cannot read the counters: " + e.getMessage());
            CountersPlace.remove(file);
            file = null;
        }
        try {
            return new RunningStack(builder.start(), arena, file);
        } catch (RuntimeException e) {
            arena.close();
            CountersPlace.remove(file);
            throw e;
        }
    }

    /** The stack. */
    public Stack stack() {
        return stack;
    }

    /** Where other processes read its counters, or {@code null}. */
    public @Nullable Path countersFile() {
        return countersFile;
    }

    /** Closes the stack and removes the file. */
    @Override
    public void close() {
        stack.close();
        arena.close();
        CountersPlace.remove(countersFile);
    }
}
