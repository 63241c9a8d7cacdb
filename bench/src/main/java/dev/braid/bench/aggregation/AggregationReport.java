package dev.braid.bench.aggregation;

import dev.braid.bench.bed.Statistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results as a table that a person reads, as Markdown and as JSON. */
final class AggregationReport {
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final boolean[] DIRECTIONS = {true, false};

    private final int rounds;
    private final double seconds;
    private final List<Comparison> comparisons;

    AggregationReport(int rounds, double seconds, List<Comparison> comparisons) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.comparisons = comparisons;
    }

    /** A line about a finished cell. */
    static String progress(Comparison one) {
        return String.format(Locale.ROOT,
                "%-16s down %7.2f (%.3f of the sum, %.3f of the kernel)  up %7.2f (%.3f, %.3f)%s",
                one.cell().label(), one.median(true, true, Use.BOTH), one.ofSum(true, true), one.ofKernel(true),
                one.median(true, false, Use.BOTH), one.ofSum(true, false), one.ofKernel(false),
                one.failures().isEmpty() ? "" : "  " + one.failures());
    }

    /** The table. */
    String text() {
        var text = new StringBuilder();
        conditions().forEach((key, value) -> text.append(key).append(' ').append(value).append("; "));
        line(text, "");
        line(text, "Mbit/s of payload, medians; the links alone carry one subflow of Multipath TCP:");
        line(text, "%-16s %-4s | %8s %8s %8s %6s | %8s %8s %8s %6s | %8s", "cell", "", "Braid 1", "Braid 2", "both",
                "of sum", "kernel 1", "kernel 2", "both", "of sum", "x kernel");
        for (Comparison one : comparisons) {
            for (boolean down : DIRECTIONS) {
                line(text, "%-16s %-4s | %8.2f %8.2f %8.2f %6.3f | %8.2f %8.2f %8.2f %6.3f | %8.3f%s%s",
                        one.cell().label(), down ? "down" : "up", one.median(true, down, Use.FIRST),
                        one.median(true, down, Use.SECOND), one.median(true, down, Use.BOTH), one.ofSum(true, down),
                        one.median(false, down, Use.FIRST), one.median(false, down, Use.SECOND),
                        one.median(false, down, Use.BOTH), one.ofSum(false, down), one.ofKernel(down),
                        one.isGood(down) ? "" : "  SHORT", one.isDisturbed() ? "  UNDER LOAD" : "");
            }
        }
        line(text, "%s", summary());
        return text.toString();
    }

    /** The table for docs/performance.md. */
    String markdown() {
        var text = new StringBuilder();
        line(text,
                "| cell | direction | Braid, both links | of the sum | kernel, both links | of the sum | Braid by kernel |");
        line(text, "|---|---|---|---|---|---|---|");
        for (Comparison one : comparisons) {
            for (boolean down : DIRECTIONS) {
                String ratio = String.format(Locale.ROOT, one.isGood(down) ? "%.3f" : "**%.3f**", one.ofKernel(down));
                line(text, "| `%s` | %s | %.2f | %.3f | %.2f | %.3f | %s |%s", one.cell().label(),
                        down ? "down" : "up", one.median(true, down, Use.BOTH), one.ofSum(true, down),
                        one.median(false, down, Use.BOTH), one.ofSum(false, down), ratio,
                        one.isDisturbed() ? " under load |" : "");
            }
        }
        line(text, "");
        line(text, "%s", summary());
        return text.toString();
    }

    private String summary() {
        long good = 0;
        for (Comparison one : comparisons) {
            for (boolean down : DIRECTIONS) {
                good += one.isGood(down) ? 1 : 0;
            }
        }
        return String.format(Locale.ROOT,
                "%d of %d are good: at least %.2f of the kernel's median and, with equal delays, %.2f of the links alone.",
                good, 2 * comparisons.size(), Comparison.GOOD_OF_KERNEL, Comparison.GOOD_OF_SUM);
    }

    /** The report for programs. */
    String json() {
        var report = new LinkedHashMap<String, Object>();
        report.put("table", "aggregation");
        report.putAll(conditions());
        var cells = new ArrayList<Map<String, @Nullable Object>>();
        for (Comparison one : comparisons) {
            for (boolean down : DIRECTIONS) {
                cells.add(cell(one, down));
            }
        }
        report.put("cells", cells);
        return JSON.writeValueAsString(report);
    }

    private static Map<String, @Nullable Object> cell(Comparison one, boolean down) {
        var cell = new LinkedHashMap<String, @Nullable Object>();
        cell.put("cell", one.cell().label());
        cell.put("direction", down ? "down" : "up");
        cell.put("queue_packets", List.of(one.cell().queuePackets(0), one.cell().queuePackets(1)));
        for (boolean braid : new boolean[] {true, false}) {
            var of = new LinkedHashMap<String, @Nullable Object>();
            for (Use use : Use.values()) {
                of.put(use.label(), Statistics.rounded(one.median(braid, down, use)));
                of.put(use.label() + "_values",
                        one.values(braid, down, use).stream().map(Statistics::rounded).toList());
            }
            of.put("of_sum", Statistics.rounded(one.ofSum(braid, down)));
            cell.put(braid ? "braid" : "kernel", of);
        }
        cell.put("of_kernel", Statistics.rounded(one.ofKernel(down)));
        cell.put("good", one.isGood(down));
        cell.put("failures", one.failures());
        cell.put("under_load", one.isDisturbed());
        return cell;
    }

    private Map<String, Object> conditions() {
        var conditions = new LinkedHashMap<String, Object>();
        conditions.put("kernel", System.getProperty("os.version"));
        conditions.put("java", System.getProperty("java.version"));
        conditions.put("processors", Runtime.getRuntime().availableProcessors());
        conditions.put("rounds", rounds);
        conditions.put("seconds", seconds);
        return conditions;
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
