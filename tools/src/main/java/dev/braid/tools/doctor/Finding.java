package dev.braid.tools.doctor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Something that was looked at.
 *
 * @param grade how it is
 * @param link the NIC that it is about; empty = the host
 * @param text one line
 * @param remedy what to do about it; empty = nothing
 */
public record Finding(Grade grade, String link, String text, String remedy) {
    /** How something is. */
    public enum Grade {
        /** As it should be. */
        OK,
        /** Works, but not all that could. */
        WARNING,
        /** Does not work. */
        PROBLEM;

        /** The word that people read. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Finding ok(String link, String text) {
        return new Finding(Grade.OK, link, text, "");
    }

    static Finding warning(String link, String text, String remedy) {
        return new Finding(Grade.WARNING, link, text, remedy);
    }

    static Finding problem(String link, String text, String remedy) {
        return new Finding(Grade.PROBLEM, link, text, remedy);
    }

    /** One line for people. */
    String line() {
        String about = link.isEmpty() ? "host" : link;
        return "%-8s %-10s %s%s".formatted(grade.word(), about, text, remedy.isEmpty() ? "" : "  → " + remedy);
    }

    Map<String, String> map() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("grade", grade.word());
        fields.put("link", link);
        fields.put("text", text);
        fields.put("remedy", remedy);
        return fields;
    }

    static Finding of(Map<?, ?> fields) {
        return new Finding(
                Grade.valueOf(text(fields, "grade").toUpperCase(Locale.ROOT)),
                text(fields, "link"),
                text(fields, "text"),
                text(fields, "remedy"));
    }

    private static String text(Map<?, ?> fields, String name) {
        Object value = fields.get(name);
        return value == null ? "" : String.valueOf(value);
    }
}
