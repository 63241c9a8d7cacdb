package dev.braid.bench.loss;

import dev.braid.bench.bed.Statistics;
import dev.braid.bench.loss.Comparison.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results as a table that a person reads, as Markdown and as JSON. */
final class LossReport {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final List<Pair> BRAIDS = List.of(Pair.FROM_BRAID, Pair.TO_BRAID);
    private static final String RETRANSMITTED = "TcpRetransSegs";
    private static final String TIMEOUTS = "TcpExtTCPTimeouts";

    private final LossRun.Plan plan;
    private final List<Comparison> comparisons;

    LossReport(LossRun.Plan plan, List<Comparison> comparisons) {
        this.plan = plan;
        this.comparisons = comparisons;
    }

    /** A line about a finished cell. */
    static String progress(Comparison one) {
        return String.format(Locale.ROOT, "%-14s %-6s kernel %8.3f  braid sends %.2f %s, receives %.2f %s",
                one.cell().label(), one.control(), one.kernelMedian(), one.ratio(Pair.FROM_BRAID),
                words(one, Pair.FROM_BRAID),
                one.ratio(Pair.TO_BRAID), words(one, Pair.TO_BRAID));
    }

    /** The table. */
    String text() {
        var text = new StringBuilder();
        conditions().forEach((key, value) -> text.append(key).append(' ').append(value).append("; "));
        text.setLength(text.length() - 2);
        line(text, "");
        line(text, "Mbit/s of payload; each cell's link:");
        plan.cells().forEach(cell -> line(text, "  %-14s %s", cell.label(), cell.description()));
        line(text, "");
        line(text, "%-14s %-6s %8s %19s %8s %8s | %8s %5s %-9s | %8s %5s %-9s | %s", "cell", "", "kernel", "(min-max)",
                "first", "second", "sends", "x", "", "receives", "x", "", "retransmitted/timeouts kernel, Braid");
        for (Comparison one : comparisons) {
            line(text,
                    "%-14s %-6s %8.3f %19s %8.3f %8.3f | %8.3f %5.2f %-9s | %8.3f %5.2f %-9s | %.0f/%.0f, %.0f/%.0f%s",
                    one.cell().label(), one.control(), one.kernelMedian(), spread(one), one.median(Pair.KERNEL_1),
                    one.median(Pair.KERNEL_2), one.median(Pair.FROM_BRAID), one.ratio(Pair.FROM_BRAID),
                    words(one, Pair.FROM_BRAID), one.median(Pair.TO_BRAID), one.ratio(Pair.TO_BRAID),
                    words(one, Pair.TO_BRAID), one.sender(Pair.KERNEL_1, RETRANSMITTED),
                    one.sender(Pair.KERNEL_1, TIMEOUTS), one.sender(Pair.FROM_BRAID, RETRANSMITTED),
                    one.sender(Pair.FROM_BRAID, TIMEOUTS), one.isDisturbed() ? "  UNDER LOAD" : "");
        }
        line(text, "");
        line(text, "%s", summary());
        return text.toString();
    }

    /** The table for docs/performance.md. */
    String markdown() {
        var text = new StringBuilder();
        line(text, "| cell | control | kernel, Mbit/s (spread) | Braid sends | ratio | Braid receives | ratio |");
        line(text, "|---|---|---|---|---|---|---|");
        for (Comparison one : comparisons) {
            line(text, "| `%s` | %s | %.2f (%s) | %.2f | %s | %.2f | %s |%s", one.cell().label(), one.control(),
                    one.kernelMedian(), spread(one), one.median(Pair.FROM_BRAID), marked(one, Pair.FROM_BRAID),
                    one.median(Pair.TO_BRAID), marked(one, Pair.TO_BRAID), one.isDisturbed() ? " under load |" : "");
        }
        line(text, "");
        line(text, "%s", summary());
        return text.toString();
    }

    private static String marked(Comparison one, Pair pair) {
        String ratio = String.format(Locale.ROOT, "%.2f", one.ratio(pair));
        return switch (one.verdict(pair)) {
            case AS_GOOD -> ratio;
            case WITHIN_SPREAD -> ratio + ", within the spread";
            case WORSE -> "**" + ratio + "**";
        };
    }

    private static String words(Comparison one, Pair pair) {
        return switch (one.verdict(pair)) {
            case AS_GOOD -> "";
            case WITHIN_SPREAD -> "in spread";
            case WORSE -> "WORSE";
        };
    }

    private static String spread(Comparison one) {
        return String.format(Locale.ROOT, "%.2f-%.2f", one.kernelMin(), one.kernelMax());
    }

    private String summary() {
        var parts = new ArrayList<String>();
        for (Pair pair : BRAIDS) {
            long good = count(pair, Verdict.AS_GOOD);
            long within = count(pair, Verdict.WITHIN_SPREAD);
            long worse = count(pair, Verdict.WORSE);
            parts.add(String.format(Locale.ROOT,
                    "Braid %s: %d of %d at least %.2f of the kernel, %d within its spread, %d worse",
                    pair == Pair.FROM_BRAID ? "sends" : "receives", good, comparisons.size(), Comparison.GOOD, within,
                    worse));
        }
        return String.join("; ", parts) + '.';
    }

    private long count(Pair pair, Verdict verdict) {
        return comparisons.stream().filter(one -> one.verdict(pair) == verdict).count();
    }

    /** The report for programs. */
    String json() {
        var report = new LinkedHashMap<String, Object>();
        report.put("table", "kernel-loss");
        report.putAll(conditions());
        report.put("as_good_from", Comparison.GOOD);
        report.put("cells", comparisons.stream().map(LossReport::cell).toList());
        for (Pair pair : BRAIDS) {
            var counts = new LinkedHashMap<String, Object>();
            for (Verdict verdict : Verdict.values()) {
                counts.put(verdict.text(), count(pair, verdict));
            }
            report.put(pair.label(), counts);
        }
        return JSON.writeValueAsString(report);
    }

    private static Map<String, Object> cell(Comparison one) {
        var cell = new LinkedHashMap<String, Object>();
        cell.put("cell", one.cell().label());
        cell.put("description", one.cell().description());
        cell.put("bytes", one.cell().bytes());
        cell.put("congestion_control", one.control());
        cell.put("kernel_median", Statistics.rounded(one.kernelMedian()));
        cell.put("kernel_min", Statistics.rounded(one.kernelMin()));
        cell.put("kernel_max", Statistics.rounded(one.kernelMax()));
        var pairs = new ArrayList<Map<String, Object>>();
        for (Pair pair : Pair.values()) {
            pairs.add(pair(one, pair));
        }
        cell.put("pairs", pairs);
        cell.put("under_load", one.isDisturbed());
        return cell;
    }

    private static Map<String, Object> pair(Comparison one, Pair pair) {
        var report = new LinkedHashMap<String, @Nullable Object>();
        report.put("pair", pair.label());
        report.put("median", Statistics.rounded(one.median(pair)));
        report.put("values", one.values(pair).stream().map(Statistics::rounded).toList());
        report.put("to_kernel", Statistics.rounded(one.ratio(pair)));
        if (!pair.isKernelOnly()) {
            report.put("verdict", one.verdict(pair).text());
        }
        report.put("sender_counters", one.of(pair).stream().map(Transfer::sender).toList());
        report.put("link_counters", one.of(pair).stream().map(Transfer::link).toList());
        report.put("failures", one.of(pair).stream().map(Transfer::failure).filter(why -> why != null).toList());
        return report;
    }

    private Map<String, Object> conditions() {
        var conditions = new LinkedHashMap<String, Object>();
        conditions.put("kernel", System.getProperty("os.version"));
        conditions.put("java", System.getProperty("java.version"));
        conditions.put("processors", Runtime.getRuntime().availableProcessors());
        conditions.put("rounds", plan.rounds());
        conditions.put("seed", plan.seed());
        conditions.put("beds", plan.beds());
        return conditions;
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
