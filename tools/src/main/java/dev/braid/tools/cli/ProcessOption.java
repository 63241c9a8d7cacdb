package dev.braid.tools.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option of every command that looks at another process's stack. */
public final class ProcessOption {
    @Option(names = "--pid", paramLabel = "PID", description = "Which process, when several have a stack.") private @Nullable Long pid;

    /** The process named, or {@code null} for the only one. */
    public @Nullable Long pid() {
        return pid;
    }
}
