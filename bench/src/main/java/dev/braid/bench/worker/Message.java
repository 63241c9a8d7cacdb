package dev.braid.bench.worker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line between a table and its workers: a verb and {@code key=value} words, none of which holds a space.
 *
 * @param values in the order they were written
 */
public record Message(String verb, Map<String, String> values) {
    /** Keeps the order. */
    public Message {
        values = new LinkedHashMap<>(values);
    }

    /** A message without values; {@link #with} adds them. */
    public static Message of(String verb) {
        return new Message(verb, Map.of());
    }

    /** Reads a line that {@link #toString} wrote. */
    public static Message parse(String line) {
        String[] words = line.strip().split(" +");
        var values = new LinkedHashMap<String, String>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("\"" + words[i] + "\" is not key=value in: " + line);
            }
            values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return new Message(words[0], values);
    }

    /** A copy with one more value. */
    public Message with(String key, Object value) {
        var more = new LinkedHashMap<>(values);
        more.put(key, value.toString());
        return new Message(verb, more);
    }

    /**
     * A value that has to be there.
     *
     * @throws IllegalArgumentException when it is not, naming it
     */
    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(key + " is missing in: " + this);
        }
        return value;
    }

    /** As {@link #text}, a whole number. */
    public long number(String key) {
        return Long.parseLong(text(key));
    }

    /** As {@link #text}, a number. */
    public double real(String key) {
        return Double.parseDouble(text(key));
    }

    /** Whether the value is there and is {@code true}. */
    public boolean flag(String key) {
        return Boolean.parseBoolean(values.getOrDefault(key, "false"));
    }

    @Override
    public String toString() {
        var line = new StringBuilder(verb);
        values.forEach((key, value) -> line.append(' ').append(key).append('=').append(value));
        return line.toString();
    }
}
