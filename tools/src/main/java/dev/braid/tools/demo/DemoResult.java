package dev.braid.tools.demo;

import dev.braid.tools.cli.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole demo.
 *
 * @param device {@code tun} or {@code sim}
 * @param bytesReinjected sent once more on another path than before
 * @param fallback whether a connection that began as Multipath TCP did not stay it
 * @param kernel what the kernel did in Braid's place, or {@code null}
 */
record DemoResult(String device, Totals braid, List<PathResult> paths, long bytesReinjected, boolean fallback,
        @Nullable Totals kernel) {
    /** The report's keys as programs read them; what did not happen is null. */
    Map<String, @Nullable Object> report() {
        var report = new LinkedHashMap<String, @Nullable Object>();
        report.put("device", device);
        report.putAll(figures(braid));
        report.put("bytes_reinjected", bytesReinjected);
        report.put("digest_match", braid.digestMatch());
        report.put("paths", paths.stream().map(DemoResult::path).toList());
        report.put("fallback", fallback);
        report.put("transfers", transfers(braid));
        report.put("kernel", kernel == null ? null : kernel(kernel));
        return report;
    }

    private static Map<String, @Nullable Object> figures(Totals totals) {
        var report = new LinkedHashMap<String, @Nullable Object>();
        report.put("bytes", totals.bytes());
        report.put("seconds", Json.round(totals.seconds(), 3));
        report.put("goodput_mbit_s", Json.round(totals.goodputMbit(), 2));
        report.put("capacity_mbit_s", totals.capacityMbit());
        report.put("aggregation", Json.round(totals.aggregation(), 3));
        putHandover(report, totals.handover());
        return report;
    }

    private static void putHandover(Map<String, @Nullable Object> report, Handover handover) {
        report.put("handover_gap_ms", ms(handover.gapNs()));
        report.put("recovery_ms", ms(handover.recoveryNs()));
        report.put("return_ms", ms(handover.returnNs()));
    }

    private static @Nullable Object ms(long ns) {
        return ns < 0 ? null : Json.round(ns / 1e6, 1);
    }

    private static Map<String, @Nullable Object> kernel(Totals kernel) {
        Map<String, @Nullable Object> report = figures(kernel);
        report.put("digest_match", kernel.digestMatch());
        report.put("transfers", transfers(kernel));
        return report;
    }

    private static List<Map<String, @Nullable Object>> transfers(Totals totals) {
        return totals.transfers().stream().map(transfer -> {
            var report = new LinkedHashMap<String, @Nullable Object>();
            report.put("direction", transfer.direction().label());
            report.put("bytes", transfer.bytes());
            report.put("seconds", Json.round(transfer.elapsedNs() / 1e9, 3));
            report.put("aggregation", Json.round(transfer.wholeMbitPerSecond() / totals.capacityMbit(), 3));
            putHandover(report, transfer.handover());
            return (Map<String, @Nullable Object>) report;
        }).toList();
    }

    private static Map<String, Object> path(PathResult path) {
        var report = new LinkedHashMap<String, Object>();
        report.put("name", path.name());
        report.put("bytes_rx", path.bytesRx());
        report.put("bytes_tx", path.bytesTx());
        report.put("retransmits", path.retransmits());
        report.put("srtt_ms", Json.round(path.srttNs() / 1e6, 3));
        return report;
    }

    /** The receipt a person reads. */
    String receipt() {
        var text = new StringBuilder();
        transferLines(text, "", braid);
        for (PathResult path : paths) {
            line(text, "%-9s %,12d bytes in, %,d out, %d segments sent again, round trip %.1f ms", path.name(),
                    path.bytesRx(), path.bytesTx(), path.retransmits(), path.srttNs() / 1e6);
        }
        line(text, "together  %.1f of %d Mbit/s while all paths were there, %.0f %% (headers leave about 94 %%)%s",
                braid.aggregation() * braid.capacityMbit(), braid.capacityMbit(), 100 * braid.aggregation(),
                fallback ? "; FELL BACK to plain TCP" : "");
        if (kernel != null) {
            line(text, "");
            line(text, "the kernel in Braid's place: %.0f %%", 100 * kernel.aggregation());
            transferLines(text, "kernel ", kernel);
        }
        return text.toString();
    }

    private static void transferLines(StringBuilder text, String who, Totals totals) {
        for (TransferResult transfer : totals.transfers()) {
            line(text, "%s%-9s %,12d bytes in %6.2f s  %6.1f Mbit/s  digest %s", who, transfer.direction().label(),
                    transfer.bytes(), transfer.elapsedNs() / 1e9, transfer.mbitPerSecond(),
                    transfer.digestMatch() ? "matches" : "DIFFERS");
            Handover handover = transfer.handover();
            if (handover.gapNs() >= 0) {
                line(text, "          a path pulled: longest pause %s, recovered after %s, back in use after %s",
                        words(handover.gapNs()), words(handover.recoveryNs()), words(handover.returnNs()));
            }
        }
    }

    private static String words(long ns) {
        return ns < 0 ? "(not before the end)" : String.format(Locale.ROOT, "%.0f ms", ns / 1e6);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
