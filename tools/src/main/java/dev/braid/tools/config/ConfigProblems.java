package dev.braid.tools.config;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/** What is wrong with one file, gathered so that it can be mended in one go. One thread. */
final class ConfigProblems {
    private static final int MOST = 20;
    private static final int CLIPPED = 200;

    private record Problem(int line, String text) {}

    private final String file;
    private final TreeSet<Problem> found = new TreeSet<>(
            Comparator.comparingInt(Problem::line).thenComparing(Problem::text));

    /** Of a file that people call so. */
    ConfigProblems(String file) {
        this.file = file;
    }

    /** One more; {@code null} for something that has no place in the file. */
    void add(@Nullable TomlPosition where, String what) {
        found.add(new Problem(where == null ? 0 : where.line(), what));
    }

    /** @throws ConfigException when there is any */
    void end() throws ConfigException {
        if (!found.isEmpty()) {
            throw new ConfigException(lines());
        }
    }

    private List<String> lines() {
        return found.stream().limit(MOST).map(this::line).toList();
    }

    private String line(Problem problem) {
        return file + (problem.line == 0 ? "" : ":" + problem.line) + ": " + visible(problem.text);
    }

    /** What a file says may hold anything, and is shown on a terminal. */
    private static String visible(String text) {
        var shown = new StringBuilder();
        for (int i = 0; i < text.length() && i < CLIPPED; i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? '?' : c);
        }
        return text.length() > CLIPPED ? shown.append('…').toString() : shown.toString();
    }
}
