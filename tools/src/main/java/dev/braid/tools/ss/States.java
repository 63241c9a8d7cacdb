package dev.braid.tools.ss;

import dev.braid.tools.cli.UserError;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** The states of {@code ss} and the names it has for groups of them. */
final class States {
    static final List<String> ALL = List.of("ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
            "UNCONN", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING");
    /** What is shown unless told otherwise. */
    static final Set<String> USUAL = without("LISTEN", "UNCONN", "TIME-WAIT", "SYN-RECV");

    private States() {}

    /** @throws UserError when there is no such state or group */
    static Set<String> named(String name) {
        String wanted = name.toUpperCase(Locale.ROOT);
        return switch (wanted) {
            case "ALL" -> Set.copyOf(ALL);
            case "CONNECTED" -> without("LISTEN", "UNCONN");
            case "SYNCHRONIZED" -> without("LISTEN", "UNCONN", "SYN-SENT");
            case "BUCKET" -> Set.of("SYN-RECV", "TIME-WAIT");
            case "BIG" -> without("SYN-RECV", "TIME-WAIT");
            case "ESTABLISHED" -> Set.of("ESTAB");
            case "LISTENING" -> Set.of("LISTEN");
            case "CLOSED" -> Set.of("UNCONN");
            default -> {
                if (!ALL.contains(wanted)) {
                    throw UserError.usage("there is no state " + name + "; states are "
                            + String.join(" ", ALL).toLowerCase(Locale.ROOT)
                            + ", groups all connected synchronized bucket big");
                }
                yield Set.of(wanted);
            }
        };
    }

    static Set<String> without(String... names) {
        var left = new TreeSet<>(ALL);
        left.removeAll(List.of(names));
        return Set.copyOf(left);
    }
}
