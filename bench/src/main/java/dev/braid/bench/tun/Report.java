package dev.braid.bench.tun;

import dev.braid.bench.bed.Disturbance;
import dev.braid.bench.bed.OtherLoad;
import dev.braid.bench.bed.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results as a table that a person reads and as JSON. */
final class Report {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final TunTable.Plan plan;
    private final TunTable.Outcome outcome;

    Report(TunTable.Plan plan, TunTable.Outcome outcome) {
        this.plan = plan;
        this.outcome = outcome;
    }

    /** The table. */
    String text() {
        var text = new StringBuilder();
        conditions().forEach((key, value) -> text.append(key).append(' ').append(value).append("; "));
        text.setLength(Math.max(0, text.length() - 2));
        text.append('\n');
        for (TestCase test : plan.tests()) {
            List<Row> rows = Row.of(test, outcome.kept());
            line(text, "");
            line(text, "%s: %s, %s; processors %s", test.label(), test.description(), test.unit().text(),
                    processors(test));
            line(text, "  %-9s %9s %21s %7s %8s %7s %6s  %s", "peer", "median", "(min-max)", "x raw", "x relay",
                    "x veth",
                    "cores", "more");
            for (Row row : rows) {
                line(text, "  %-9s %9s %21s %7s %8s %7s %6.2f %7.1f  %s", row.peer().label(), number(row.median()),
                        "(" + number(row.min()) + "-" + number(row.max()) + ")", ratio(row.ratioTo(Peer.RAW, rows)),
                        ratio(row.ratioTo(Peer.RELAY, rows)), ratio(row.ratioTo(Peer.VETH, rows)),
                        row.median(Measurement::coresUsed), row.median(Measurement::cpuMicros), more(row, rows));
            }
        }
        line(text, "");
        text.append(loadText());
        return text.toString();
    }

    private static String more(Row row, List<Row> rows) {
        var more = new ArrayList<String>();
        if (row.test().unit() == TestCase.Unit.MICROSECONDS) {
            more.add(String.format(Locale.ROOT, "p99 %.1f p99.9 %.1f max %.0f", row.micros("p99"), row.micros("p999"),
                    row.micros("max")));
        }
        if (row.peer().isBraid()) {
            if (row.test().unit() == TestCase.Unit.GBIT) {
                more.add(String.format(Locale.ROOT, "%,.0f bytes a frame", row.median(Measurement::bytesPerFrame)));
            }
            more.add(String.format(Locale.ROOT, "%.1f %% fast path, %.2f B allocated a frame",
                    100 * row.median(Measurement::fastPathShare), row.allocatedPerFrame()));
        }
        if (row.peer().isMultipath() && !Double.isNaN(row.ratioTo(Peer.BRAID, rows))) {
            more.add(String.format(Locale.ROOT, "%.2f x braid", row.ratioTo(Peer.BRAID, rows)));
        }
        if (row.isDisturbed()) {
            more.add("UNDER LOAD");
        }
        return String.join("; ", more);
    }

    private String loadText() {
        var text = new StringBuilder("CPU µs: processor time of both ends for 64 KiB moved, or for one exchange.\n");
        long disturbed = outcome.kept().stream().filter(one -> one.disturbance() != null).count();
        if (disturbed > 0) {
            line(text, "Something else kept a processor busy in every round of some tests; their figures mean little.");
        }
        for (Measurement one : outcome.dropped()) {
            Disturbance by = one.disturbance();
            if (by != null) {
                line(text, "dropped: %s round %d, %s used %.2f of a processor", one.test().label(), one.round(),
                        by.process(), by.cores());
            }
        }
        if (outcome.dropped().isEmpty() && disturbed == 0) {
            line(text, "No other process used more than %.1f of a processor for a second.", OtherLoad.SPOILED_CORES);
        }
        return text.toString();
    }

    /** The report for programs. */
    String json() {
        var report = new LinkedHashMap<String, Object>();
        report.put("table", "tun");
        report.putAll(conditions());
        var tests = new ArrayList<Map<String, Object>>();
        for (TestCase test : plan.tests()) {
            var one = new LinkedHashMap<String, Object>();
            one.put("test", test.label());
            one.put("description", test.description());
            one.put("unit", test.unit().text());
            one.put("more_is_better", test.unit().moreIsBetter());
            one.put("connections", test.connections());
            one.put("offloads", test.offloads());
            one.put("processors", processors(test));
            List<Row> rows = Row.of(test, outcome.kept());
            one.put("peers", rows.stream().map(row -> peer(row, rows)).toList());
            tests.add(one);
        }
        report.put("tests", tests);
        report.put("dropped", dropped());
        return JSON.writeValueAsString(report);
    }

    private static Map<String, Object> peer(Row row, List<Row> rows) {
        var peer = new LinkedHashMap<String, @Nullable Object>();
        peer.put("peer", row.peer().label());
        peer.put("description", row.peer().description());
        peer.put("median", Statistics.rounded(row.median()));
        peer.put("min", Statistics.rounded(row.min()));
        peer.put("max", Statistics.rounded(row.max()));
        peer.put("values", row.values(Measurement::value).stream().map(Statistics::rounded).toList());
        peer.put("to_raw", Statistics.rounded(row.ratioTo(Peer.RAW, rows)));
        peer.put("to_relay", Statistics.rounded(row.ratioTo(Peer.RELAY, rows)));
        peer.put("to_braid", Statistics.rounded(row.ratioTo(Peer.BRAID, rows)));
        peer.put("to_veth", Statistics.rounded(row.ratioTo(Peer.VETH, rows)));
        peer.put("cores_used", Statistics.rounded(row.median(Measurement::coresUsed)));
        peer.put("cpu_us", Statistics.rounded(row.median(Measurement::cpuMicros)));
        if (row.test().unit() == TestCase.Unit.MICROSECONDS) {
            for (String percentile : List.of("p50", "p90", "p99", "p999", "max")) {
                peer.put(percentile + "_us", Statistics.rounded(row.micros(percentile)));
            }
        }
        if (row.peer().isBraid()) {
            peer.put("fast_path_share", Statistics.rounded(row.median(Measurement::fastPathShare)));
            peer.put("allocated_per_frame", Statistics.rounded(row.allocatedPerFrame()));
            peer.put("bytes_per_frame", row.test().unit() == TestCase.Unit.GBIT
                    ? Statistics.rounded(row.median(Measurement::bytesPerFrame))
                    : null);
            peer.put("segments_in", row.values(one -> one.report().real("segments_in")));
            peer.put("retransmitted", row.values(one -> one.report().real("retransmitted")));
        }
        peer.put("under_load", row.isDisturbed());
        return peer;
    }

    private Map<String, Object> conditions() {
        var conditions = new LinkedHashMap<String, Object>();
        conditions.put("kernel", System.getProperty("os.version"));
        conditions.put("java", System.getProperty("java.version"));
        conditions.put("processors", Runtime.getRuntime().availableProcessors());
        conditions.put("congestion_control", Bed.CONGESTION_CONTROL);
        conditions.put("mtu", 1500);
        conditions.put("rounds", plan.rounds());
        conditions.put("seconds", plan.millis() / 1e3);
        conditions.put("load_rate", plan.rate());
        return conditions;
    }

    private List<Map<String, Object>> dropped() {
        var drops = new ArrayList<Map<String, Object>>();
        for (Measurement one : outcome.dropped()) {
            Disturbance by = one.disturbance();
            if (by != null) {
                var drop = new LinkedHashMap<String, Object>();
                drop.put("test", one.test().label());
                drop.put("round", one.round());
                drop.put("peer", one.peer().label());
                drop.put("process", by.process());
                drop.put("cores", String.format(Locale.ROOT, "%.2f", by.cores()));
                drops.add(drop);
            }
        }
        return drops;
    }

    private static String processors(TestCase test) {
        int all = Runtime.getRuntime().availableProcessors();
        return test.isOnOneCore() ? "0 for both ends" : "0-" + (all - 1) + " as the kernel likes";
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : value >= 100 ? "%.1f" : "%.2f", value);
    }

    private static String ratio(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }
}
