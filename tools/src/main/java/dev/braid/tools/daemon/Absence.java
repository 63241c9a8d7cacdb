package dev.braid.tools.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Notices that this process stood still, because the host slept or somebody stopped it: nothing else tells, and meanwhile the world went
 * on. To be asked about once a second, by one thread.
 */
final class Absence {
    /** Less than that passes for a busy host. */
    private static final long LONG_MS = 5_000;

    private static final long NEVER = -1;
    private static final Path UPTIME = Path.of("/proc/uptime");

    private long lastMs = NEVER;

    /**
     * How long this process stood still since it was asked about last, in milliseconds; 0 = it did not, or was not asked about before.
     *
     * @param nowMs as {@link #uptimeMs}
     */
    long lookMs(long nowMs) {
        long goneMs = lastMs == NEVER ? 0 : nowMs - lastMs;
        lastMs = nowMs;
        return goneMs >= LONG_MS ? goneMs : 0;
    }

    /** Milliseconds since the host was started, those in which it slept included, which {@link System#nanoTime} leaves out. */
    static long uptimeMs() {
        try {
            String seconds = Files.readString(UPTIME).split(" ", 2)[0];
            return Math.round(Double.parseDouble(seconds) * 1_000);
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException("cannot read " + UPTIME, e);
        }
    }
}
