package dev.braid.tools.running;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.counters.CountersFile;
import dev.braid.stack.Stack;
import dev.braid.stack.StackBuilder;
import dev.braid.tools.capture.CaptureService;
import dev.braid.tools.cli.RunningProcesses;
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
    private final @Nullable CaptureService captures;
    private final @Nullable ControlServer control;

    private RunningStack(Stack stack, Arena arena, @Nullable Path countersFile) {
        this.stack = stack;
        this.arena = arena;
        this.countersFile = countersFile;
        long pid = ProcessHandle.current().pid();
        this.captures = countersFile == null
                ? null
                : new CaptureService(stack, countersFile.resolveSibling(pid + ".capture"));
        this.control = countersFile == null ? null : control(RunningProcesses.socket(pid));
    }

    /** Starts what the builder describes; without a place for the counters file it says so and goes on. */
    public static RunningStack start(StackBuilder builder) {
        Arena arena = Arena.ofShared();
        Path file = null;
        try {
            file = RunningProcesses.prepare(RunningProcesses.folder());
            Counters counters = CountersFile.create(file, arena, COUNTERS);
            CaptureService.makeCounters(counters);
            builder.counters(counters);
        } catch (IOException e) {
            System.err
                    .println("braid: no counters file, so other processes cannot read the counters: " + e.getMessage());
            RunningProcesses.remove(file);
            file = null;
        }
        Stack stack = null;
        try {
            stack = builder.start();
            return new RunningStack(stack, arena, file);
        } catch (RuntimeException e) {
            if (stack != null) {
                stack.close(); // it counts in the arena's memory
            }
            arena.close();
            RunningProcesses.remove(file);
            throw e;
        }
    }

    private @Nullable ControlServer control(Path path) {
        try {
            ControlServer server = ControlServer.open(path);
            register(server, ring -> {});
            return server;
        } catch (IOException e) {
            System.err.println("braid: no control socket, so braid ss and sysctl cannot ask: " + e.getMessage());
            return null;
        }
    }

    /**
     * Lets a server answer what can be asked of every stack.
     *
     * @param share lets the server's clients at the files that captures go through
     */
    public void register(ControlServer server, CaptureService.Share share) {
        new StackRequests(stack).register(server);
        new PathRequests(stack).register(server);
        if (captures != null) {
            captures.register(server, share);
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
        RunningProcesses.remove(countersFile);
        RunningProcesses.remove(RunningProcesses.history(ProcessHandle.current().pid()));
    }
}
