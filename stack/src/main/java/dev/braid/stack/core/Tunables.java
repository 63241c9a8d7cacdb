package dev.braid.stack.core;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tunables of one core by name, live: the kernel's sysctl names and units where the kernel has them, {@code net.braid.…} for
 * ours. What connections take over when they begin counts for the next one, everything else from now on.
 *
 * <p>Core thread only; other threads go through the mailbox ({@code Stack.tunables()}).
 */
public final class Tunables {
    /** How far apart two names may be for one to be taken for the other. */
    private static final int NEAR = 8;

    private final CoreConfig config;

    Tunables(CoreConfig config) {
        this.config = config;
    }

    /** Every name, in alphabetical order. */
    public List<String> names() {
        return List.copyOf(TunableTable.BY_NAME.keySet());
    }

    /** The value as the kernel's sysctl prints it, several numbers separated by tabs; {@code null} when there is no such name. */
    public @Nullable String value(String name) {
        Setting known = TunableTable.BY_NAME.get(canonical(name));
        return known == null ? null : known.text(config);
    }

    /**
     * Changes a value, all of it or nothing.
     *
     * @param name with dots, or with the slashes of {@code /proc/sys}
     * @param text as the kernel's sysctl takes it: one decimal number, or several separated by blanks
     * @throws IllegalArgumentException with one line: the range for a wrong value, the nearest name for an unknown one
     */
    public void set(String name, String text) {
        Setting known = TunableTable.BY_NAME.get(canonical(name));
        if (known == null) {
            throw new IllegalArgumentException(unknown(name));
        }
        known.set(config, text);
    }

    /** What to say of a name that is none: the nearest name with it. */
    public static String unknown(String name) {
        String wanted = canonical(name);
        String nearest = null;
        int least = NEAR;
        for (String known : TunableTable.BY_NAME.keySet()) {
            int distance = known.endsWith('.' + wanted) ? 0 : distance(wanted, known);
            if (distance < least) {
                least = distance;
                nearest = known;
            }
        }
        String said = "there is no tunable " + (wanted.length() > 80 ? wanted.substring(0, 80) + "…" : wanted);
        return nearest == null ? said : said + "; did you mean " + nearest + '?';
    }

    /** @throws IllegalArgumentException when a value that a program chose is outside its range */
    void requireInRange() {
        for (Map.Entry<String, Setting> entry : TunableTable.BY_NAME.entrySet()) {
            entry.getValue().requireInRange(config);
        }
    }

    private static String canonical(String name) {
        return name.strip().replace('/', '.');
    }

    /** Levenshtein's distance. */
    private static int distance(String one, String other) {
        if (one.length() > 2 * other.length()) {
            return Integer.MAX_VALUE;
        }
        int[] previous = new int[other.length() + 1];
        int[] present = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            present[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                present[j] = Math.min(replaced, 1 + Math.min(previous[j], present[j - 1]));
            }
            int[] spare = previous;
            previous = present;
            present = spare;
        }
        return previous[other.length()];
    }
}
