package dev.braid.tools.drill;

import dev.braid.stack.core.Tunables;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * {@code sysctl} for one session. What the core has among its tunables takes effect at once; other names of Linux's network stack
 * are remembered, so that a script reads back what it wrote, and change nothing.
 */
final class Sysctls {
    private static final int FAILED = 255;

    private static final Pattern LINUX = Pattern.compile("(net|kernel|fs|vm)\\.[a-z0-9_.-]+");

    private final Tunables tunables;
    private final Map<String, String> remembered = new TreeMap<>();

    Sysctls(Tunables tunables) {
        this.tunables = tunables;
    }

    /** Runs {@code sysctl} with these words: {@code -q}, {@code -n}, {@code -w}, names, and names with values. */
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
            try {
                if (equals >= 0) {
                    assign(name, word.substring(equals + 1).strip());
                }
                if (equals < 0 || !quiet) {
                    String value = value(name);
                    printed.append(valuesOnly ? value : name + " = " + value).append('\n');
                }
            } catch (IllegalArgumentException wrong) {
                status = FAILED;
                printed.append("sysctl: ").append(wrong.getMessage()).append('\n');
            }
        }
        return ControlCommands.said(status, printed.toString());
    }

    private void assign(String name, String value) {
        if (tunables.value(name) != null) {
            tunables.set(name, value);
        } else if (LINUX.matcher(name).matches()) {
            remembered.put(name, value);
        } else {
            throw new IllegalArgumentException(Tunables.unknown(name));
        }
    }

    private String value(String name) {
        String value = tunables.value(name);
        String written = value == null ? remembered.get(name) : value;
        if (written == null) {
            throw new IllegalArgumentException(Tunables.unknown(name));
        }
        return written;
    }
}
