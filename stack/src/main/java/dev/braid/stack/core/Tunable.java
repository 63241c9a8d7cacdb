package dev.braid.stack.core;

import java.util.List;
import java.util.Locale;

/**
 * One tunable: its name, how people write it, and the fields of the configuration behind it. Nearly always that is one number; a few
 * names of the kernel's hold two or three.
 *
 * @param name the kernel's sysctl, or one under {@code net.braid}
 * @param fields in the order in which they are written
 */
record Tunable(String name, List<Field> fields) implements Setting {
    /** Reads a number of a configuration. */
    @FunctionalInterface
    interface Read {
        long of(CoreConfig config);
    }

    /** Writes a number of a configuration. */
    @FunctionalInterface
    interface Write {
        void to(CoreConfig config, long value);
    }

    /**
     * One number.
     *
     * @param unit what one of it is in the configuration: 10^9 where people write seconds and the core counts nanoseconds
     * @param min the least value, as people write it
     * @param max the greatest
     */
    record Field(long unit, long min, long max, Read read, Write write) {
        long value(CoreConfig config) {
            return read.of(config) / unit;
        }
    }

    static Tunable number(String name, long unit, long min, long max, Read read, Write write) {
        return new Tunable(name, List.of(new Field(unit, min, max, read, write)));
    }

    /** Numbers separated by tabs, as the kernel prints them. */
    @Override
    public String text(CoreConfig config) {
        var text = new StringBuilder();
        for (Field field : fields) {
            text.append(text.isEmpty() ? "" : "\t").append(field.value(config));
        }
        return text.toString();
    }

    @Override
    public void set(CoreConfig config, String text) {
        String[] words = text.strip().split("\\s+");
        if (words.length != fields.size()) {
            throw new IllegalArgumentException(name + " takes " + plural(fields.size()) + ", not \"" + text + '"');
        }
        var values = new long[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = parse(words[i], fields.get(i));
        }
        requireOrder(values);
        for (int i = 0; i < words.length; i++) {
            Field field = fields.get(i);
            field.write.to(config, values[i] * field.unit);
        }
    }

    @Override
    public void requireInRange(CoreConfig config) {
        var values = new long[fields.size()];
        for (int i = 0; i < values.length; i++) {
            Field field = fields.get(i);
            values[i] = field.value(config);
            requireRange(field, values[i], Long.toString(values[i]));
        }
        requireOrder(values);
    }

    private long parse(String word, Field field) {
        try {
            long value = Long.parseLong(word);
            requireRange(field, value, word);
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(outside(field, '"' + word + '"'), e);
        }
    }

    private void requireRange(Field field, long value, String said) {
        if (value < field.min || value > field.max) {
            throw new IllegalArgumentException(outside(field, said));
        }
    }

    private String outside(Field field, String said) {
        return name + " must be " + field.min + ".." + field.max + ", not " + said;
    }

    /** Numbers of one name are least, default and greatest, or first and last. */
    private void requireOrder(long[] values) {
        for (int i = 1; i < values.length; i++) {
            if (values[i - 1] > values[i]) {
                throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "%s: its numbers must not fall, but %d comes before %d", name, values[i - 1], values[i]));
            }
        }
    }

    private static String plural(int count) {
        return count == 1 ? "one number" : count + " numbers";
    }
}
