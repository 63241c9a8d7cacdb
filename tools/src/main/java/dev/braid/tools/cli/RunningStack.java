package dev.braid.tools.cli;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.counters.CountersFile;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.tools.capture.CaptureService;
import dev.braid.tools.control.ControlServer;
import dev.braid.tools.control.PathRequests;
import dev.braid.tools.control.StackRequests;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stack of this process, the file that other processes read its counters from, and the socket that they ask it on. */
public final class RunningStack implements AutoCloseable {
    private static final int COUNTERS = 1024;

    private final Stack stack;
    private final Arena arena;
    private final @Nullable Path countersFile;
    private final @Nullable ControlServer control;

    private RunningStack(
            Stack stack, Arena arena, @Nullable Path countersFile, @Nullable ControlServer control) {
        this.stack = stack;
        this.arena = arena;
        this.countersFile = countersFile;
        this.control = control;
    }

    /** Starts what the builder describes; without a place for the counters file it says so and goes on. */
    public static RunningStack start(StackBuilder builder) {
        Arena arena = Arena.ofShared();
        Path file = null;
        try {
            file = CountersPlace.prepare();
            Counters counters = CountersFile.create(file, arena, COUNTERS);
            CaptureService.makeCounters(counters);
            builder.counters(counters);
        } catch (IOException e) {
            System.err
                    .println("braid: no counters file, so other processes cannot read the counters: " + e.getMessage());
            CountersPlace.remove(file);
            file = null;
        }
        try {
            Stack stack = builder.start();
            return new RunningStack(stack, arena, file, file == null ? null : control(stack));
        } catch (RuntimeException e) {
            arena.close();
            CountersPlace.remove(file);
            throw e;
        }
    }

    private static @Nullable ControlServer control(Stack stack) {
        Path path = RunningProcesses.socket(ProcessHandle.current().pid());
        try {
            ControlServer server = ControlServer.open(path);
            new StackRequests(stack).register(server);
            new PathRequests(stack).register(server);
            new CaptureService(stack, path.resolveSibling(ProcessHandle.current().pid() + ".capture"))
                    .register(server);
            return server;
        } catch (IOException e) {
            System.err.println("braid: no control socket, so braid ss and sysctl cannot ask: " + e.getMessage());
            return null;
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

    /** Where other processes ask it, or {@code null}. */
    public @Nullable ControlServer control() {
        return control;
    }

    /** Closes the stack and removes the files. */
    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
        stack.close();
        arena.close();
        CountersPlace.remove(countersFile);
        CountersPlace.remove(RunningProcesses.history(ProcessHandle.current().pid()));
    }
}
