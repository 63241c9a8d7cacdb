package dev.braid.tools.mptcp;

import dev.braid.tools.control.ControlClient;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** {@code braid mptcp monitor}: asks for events until it is interrupted, or the stack ends. */
final class Monitor {
    private final ControlClient client;
    private final boolean json;

    Monitor(ControlClient client, boolean json) {
        this.client = client;
        this.json = json;
    }

    int run() {
        while (!Thread.currentThread().isInterrupted()) {
            Map<String, Object> answer = client.ask("mptcp-events", Map.of());
            if (answer.get("events") instanceof List<?> events) {
                for (Object event : events) {
                    if (event instanceof Map<?, ?> fields) {
                        System.out.println(json ? JsonMapper.shared().writeValueAsString(fields) : text(fields));
                    }
                }
            }
            if (answer.get("lost") instanceof Number lost && lost.longValue() > 0) {
                System.err.println("braid mptcp monitor: " + lost + " events were lost");
            }
        }
        return 0;
    }

    /** One event as iproute2 prints it. */
    static String text(Map<?, ?> event) {
        var line = new StringBuilder(String.format("[%14s]", event.get("event")));
        event.forEach((key, value) -> {
            if (!key.equals("event")) {
                line.append(' ').append(key).append('=').append(value);
            }
        });
        return line.toString();
    }
}
