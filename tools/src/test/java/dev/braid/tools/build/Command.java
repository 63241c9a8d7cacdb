package dev.braid.tools.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command that was started.
 *
 * @param process the process
 * @param stdout the file its standard output goes to
 * @param stderr the file its standard error goes to
 */
record Command(Process process, Path stdout, Path stderr) {
    private static final int LIMIT_S = 60;

    /** Waits for the end, and ends the command when it takes too long. */
    Command await() throws InterruptedException {
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("still runs after " + LIMIT_S + " s");
        }
        return this;
    }

    int status() {
        return process.exitValue();
    }

    /** The lines of standard output. */
    List<String> out() {
        return lines(stdout);
    }

    /** The lines of standard error. */
    List<String> err() {
        return lines(stderr);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
