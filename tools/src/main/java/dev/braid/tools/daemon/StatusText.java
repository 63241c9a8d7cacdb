package dev.braid.tools.daemon;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code braid status} for people. */
final class StatusText {
    private final StringBuilder out = new StringBuilder();

    private StatusText() {}

    /** The report as lines. */
    static String of(Map<String, Object> report) {
        var text = new StatusText();
        Map<?, ?> daemon = object(report.get("daemon"));
        text.line("process %s since %s, goal %s", daemon.get("pid"), daemon.get("since"), report.get("goal"));
        objects(report.get("links")).forEach(text::link);
        objects(report.get("connections")).forEach(text::connection);
        return text.out.toString();
    }

    /** The links alone. */
    static String links(Map<String, Object> report) {
        var text = new StatusText();
        objects(report.get("links")).forEach(text::link);
        return text.out.toString();
    }

    private void link(Map<?, ?> link) {
        line("%-15s %-8s in %s Mbit/s, out %s Mbit/s%s%s  %s", link.get("name"), link.get("role"),
                link.get("rx_mbit_s"), link.get("tx_mbit_s"),
                link.get("rtt_ms") == null ? "" : ", rtt " + link.get("rtt_ms") + " ms",
                link.get("loss") == null ? "" : ", loss " + percent(link.get("loss")), link.get("why"));
    }

    private void connection(Map<?, ?> connection) {
        String over = objects(connection.get("subflows")).stream().map(subflow -> String.valueOf(subflow.get("link")))
                .distinct().collect(Collectors.joining(" and "));
        Object fallback = connection.get("fallback");
        line("  %s  %s in, %s out, %s s%s: %s%s", connection.get("to"), connection.get("rx_bytes"),
                connection.get("tx_bytes"), connection.get("seconds"), over.isEmpty() ? "" : " over " + over,
                connection.get("how"), fallback == null || fallback.equals("") ? "" : " (" + fallback + ")");
    }

    private static String percent(@Nullable Object part) {
        return part instanceof Number number ? String.format(Locale.ROOT, "%.2f %%", number.doubleValue() * 100) : "";
    }

    private void line(String format, @Nullable Object... values) {
        out.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<Map<?, ?>> objects(@Nullable Object value) {
        var found = new ArrayList<Map<?, ?>>();
        if (value instanceof List<?> list) {
            list.forEach(element -> found.add(object(element)));
        }
        return found;
    }
}
