package dev.braid.tools.drill;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code sysctl} for one session. What the core has among its tunables takes effect at once; other names of Linux's network stack
 * are remembered, so that a script reads back what it wrote, and change nothing.
 */
final class Sysctls {
    private static final int FAILED = 255;

    private final Map<String, String> remembered = new LinkedHashMap<>();

    Sysctls(Host host) {}

    /** Runs {@code sysctl} with these words. */
    Answer run(List<String> words) {
        boolean quiet = words.contains("-q");
        boolean valuesOnly = words.contains("-n");
        var printed = new StringBuilder();
        int status = 0;
        for (String word : words) {
            if (word.startsWith("-")) {
                continue;
            }
            int equals = word.indexOf('=');
            String name = (equals < 0 ? word : word.substring(0, equals)).strip().replace('/', '.');
            if (equals >= 0) {
                remembered.put(name, word.substring(equals + 1).strip());
            }
            String value = value(name);
            if (value == null) {
                status = FAILED;
                printed.append("sysctl: cannot stat ").append(name).append('\n');
            } else if (equals < 0 || !quiet) {
                printed.append(valuesOnly ? value : name + " = " + value).append('\n');
            }
        }
        return ControlCommands.said(status, printed.toString());
    }

    private @Nullable String value(String name) {
        return remembered.get(name);
    }
}
