package dev.braid.tools.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file. Each key that is asked for is known from then on; {@link #end} finds those that nobody asked for. What is wrong
 * goes to the {@link ConfigProblems}, and the answer is the default. One thread.
 */
final class ConfigSection {
    private final @Nullable TomlTable table;
    private final ConfigProblems problems;
    private final Set<String> known = new LinkedHashSet<>();

    /** Of this table; {@code null} for one that the file does not have. */
    ConfigSection(@Nullable TomlTable table, ConfigProblems problems) {
        this.table = table;
        this.problems = problems;
    }

    /** A table below this one. */
    ConfigSection section(String key) {
        return new ConfigSection(value(key, TomlTable.class, "a table"), problems);
    }

    /** The keys that are there, in the file's order. */
    List<String> keys() {
        return table == null
                ? List.of()
                : table.keySet().stream().sorted(Comparator.comparingInt(this::line)).toList();
    }

    private int line(String key) {
        TomlPosition where = where(key);
        return where == null ? 0 : where.line();
    }

    /** A text; empty when there is none. */
    Optional<String> text(String key) {
        return Optional.ofNullable(value(key, String.class, "a text in quotes"));
    }

    /** Yes or no; empty when there is none. */
    Optional<Boolean> flag(String key) {
        return Optional.ofNullable(value(key, Boolean.class, "true or false"));
    }

    /** A whole number of a range. */
    int number(String key, int least, int most, int usual) {
        Long found = value(key, Long.class, "a whole number");
        if (found != null && (found < least || found > most)) {
            wrong(key, key + " is " + least + " to " + most + ", not " + found);
            return usual;
        }
        return found == null ? usual : found.intValue();
    }

    /** One of an enumeration's words. */
    <E extends Enum<E>> E word(String key, Class<E> type, E usual) {
        return word(key, type).orElse(usual);
    }

    /** The same without one that is usual: empty when the key is not there. */
    <E extends Enum<E>> Optional<E> word(String key, Class<E> type) {
        Optional<String> found = text(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(found.get())) {
                return Optional.of(constant);
            }
        }
        wrong(key, "\"" + found.get() + "\" is no " + type.getSimpleName().toLowerCase(Locale.ROOT)
                + Nearest.hint(found.get(), Arrays.stream(type.getEnumConstants())
                        .map(constant -> constant.name().toLowerCase(Locale.ROOT)).toList()));
        return Optional.empty();
    }

    /**
     * A text that is read further.
     *
     * @param reader throws {@link IllegalArgumentException} with one line for a text that will not do
     */
    <T> T read(String key, Function<String, T> reader, T usual) {
        Optional<String> found = text(key);
        if (found.isEmpty()) {
            return usual;
        }
        try {
            return reader.apply(found.get());
        } catch (IllegalArgumentException e) {
            wrong(key, key + ": " + e.getMessage());
            return usual;
        }
    }

    /** The same for a list of texts. */
    <T> List<T> readAll(String key, Function<String, T> reader, List<T> usual) {
        TomlArray found = value(key, TomlArray.class, "a list of texts in quotes");
        if (found == null) {
            return usual;
        }
        var read = new ArrayList<T>();
        for (int i = 0; i < found.size(); i++) {
            if (!(found.get(i) instanceof String text)) {
                problems.add(found.inputPositionOf(i), key + " is a list of texts in quotes");
                continue;
            }
            try {
                read.add(reader.apply(text));
            } catch (IllegalArgumentException e) {
                problems.add(found.inputPositionOf(i), key + ": " + e.getMessage());
            }
        }
        return List.copyOf(read);
    }

    /** Says that a key's value will not do. */
    void wrong(String key, String what) {
        problems.add(where(key), what);
    }

    /** Finds the keys that nobody asked for. */
    void end() {
        for (String key : keys()) {
            if (!known.contains(key)) {
                wrong(key, "unknown key \"" + key + '"' + Nearest.hint(key, known));
            }
        }
    }

    private @Nullable TomlPosition where(String key) {
        return table == null ? null : table.inputPositionOf(List.of(key));
    }

    private <T> @Nullable T value(String key, Class<T> type, String wanted) {
        known.add(key);
        Object found = table == null ? null : table.get(List.of(key));
        if (found != null && !type.isInstance(found)) {
            wrong(key, key + " is " + wanted);
            return null;
        }
        return type.cast(found);
    }
}
