package dev.braid.tools.mptcp;

import java.util.Map;

/** One endpoint as a line of {@code ip mptcp endpoint show}. */
final class EndpointLine {
    private EndpointLine() {}

    /** The line; like iproute2's it ends with a blank. */
    static String text(Map<?, ?> endpoint) {
        var line = new StringBuilder().append(endpoint.get("address")).append(' ');
        number(line, "port", endpoint);
        number(line, "id", endpoint);
        for (String flag : EndpointFlags.all().keySet()) {
            if (Boolean.TRUE.equals(endpoint.get(flag))) {
                line.append(flag).append(' ');
            }
        }
        number(line, "dev", endpoint);
        return line.toString();
    }

    private static void number(StringBuilder line, String key, Map<?, ?> endpoint) {
        if (endpoint.get(key) != null) {
            line.append(key).append(' ').append(endpoint.get(key)).append(' ');
        }
    }
}
