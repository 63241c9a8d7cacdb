package dev.braid.stack.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one run of the golden tests does: which entries it measures, and whether it compares them with a file or writes them there.
 *
 * <p>{@code -Dbraid.full=true} measures everything instead of a representative part; {@code -Dbraid.golden.rewrite=true} writes what
 * it measures, and then measures everything too; {@code -Dbraid.golden.control=NAME} leaves out all other congestion controls.
 */
final class GoldenRun {
    private final boolean rewrites = Boolean.getBoolean("braid.golden.rewrite");
    private final boolean full = rewrites || Boolean.getBoolean("braid.full");
    private final String only = System.getProperty("braid.golden.control", "");
    private final GoldenFile file;
    private final List<String> differences = new ArrayList<>();
    private int measured;

    GoldenRun(GoldenFile file) {
        this.file = file;
    }

    /** Whether an entry belongs to this run. */
    boolean wants(boolean representative, String... controls) {
        for (String control : controls) {
            if (!Controls.has(control)) {
                return false;
            }
        }
        return (full || representative) && (only.isEmpty() || List.of(controls).contains(only));
    }

    /** Compares or takes over what was measured for one value of one table. */
    void take(Grid grid, int row, int column, String what, String found) {
        measured++;
        String kept = grid.value(row, column);
        if (!kept.equals(found)) {
            differences.add(grid.title + ": " + what + " is " + found + ", the file says " + kept);
        }
        grid.put(row, column, found);
    }

    /** Writes what there is so far, for whoever waits. */
    void keep() {
        if (rewrites) {
            file.write();
        }
    }

    /** Writes the file, or fails with every difference. */
    void end() {
        if (rewrites) {
            file.write();
            return;
        }
        if (measured == 0) {
            throw new AssertionError("nothing was measured");
        }
        if (!differences.isEmpty()) {
            throw new AssertionError(differences.size() + " of " + measured
                    + " values differ from the golden file; if they are"
                    + " as they should be, tools/bin/verify golden --rewrite:\n  " + String.join("\n  ", differences));
        }
        if (full && only.isEmpty() && !file.lines().equals(file.text())) {
            throw new AssertionError("the golden file's layout is old: tools/bin/verify golden --rewrite");
        }
    }

    static String share(double share) {
        return String.format(Locale.ROOT, "%.4f", share);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f", 100 * share);
    }

    static String tenths(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
