package dev.braid.tools.daemon;

import dev.braid.tools.host.HostLog;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The daemon's log on a stream: with the time of day for a person, with syslog's priority in front for journald, which knows the time.
 * At most 20 lines a second of each level, then one that says how many were left out, by {@link #tick()} at the latest. Any thread.
 */
final class LogLines implements HostLog {
    private static final int MOST_IN_A_SECOND = 20;
    private static final long SECOND_NS = 1_000_000_000L;
    /** All six digits, also in the first second of a minute. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss ", Locale.ROOT);

    private final PrintStream out;
    private final boolean journal;
    private final Level least;
    private final LongSupplier clock;
    private final long[] since = new long[Level.values().length];
    private final int[] said = new int[Level.values().length];

    /**
     * A log.
     *
     * @param journal whether journald reads it
     * @param least the least level that is shown
     * @param clock nanoseconds
     */
    LogLines(PrintStream out, boolean journal, Level least, LongSupplier clock) {
        this.out = out;
        this.journal = journal;
        this.least = least;
        this.clock = clock;
    }

    /** On standard output, as whoever started this process reads it. */
    static LogLines standard(boolean verbose) {
        return new LogLines(System.out, System.getenv("JOURNAL_STREAM") != null,
                verbose ? Level.DEBUG : Level.NOTICE, System::nanoTime);
    }

    @Override
    public synchronized void say(Level level, String line) {
        if (level.compareTo(least) > 0) {
            return;
        }
        int kind = level.ordinal();
        long now = clock.getAsLong();
        if (said[kind] == 0 || now - since[kind] >= SECOND_NS) {
            close(level);
            since[kind] = now;
        }
        if (++said[kind] <= MOST_IN_A_SECOND) {
            write(level, line);
        }
    }

    /** Says what was left out of seconds that are over, for there may be no next line that would; called about once a second. */
    synchronized void tick() {
        long now = clock.getAsLong();
        for (Level level : Level.values()) {
            if (now - since[level.ordinal()] >= SECOND_NS) {
                close(level);
            }
        }
    }

    private void close(Level level) {
        int missing = said[level.ordinal()] - MOST_IN_A_SECOND;
        if (missing > 0) {
            write(level, missing + " lines like the last were left out");
        }
        said[level.ordinal()] = 0;
    }

    private void write(Level level, String line) {
        String front = journal ? "<" + level.priority() + ">" : TIME.format(LocalTime.now());
        out.println(front + visible(line));
        out.flush();
    }

    /** Names come from configurations, clients and the network; none of them moves the cursor or begins a line. */
    private static String visible(String line) {
        var shown = new StringBuilder(line.length());
        line.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
        return shown.toString();
    }
}
