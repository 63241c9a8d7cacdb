package dev.braid.tools.demo;

import dev.braid.tools.cli.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A whole demo.
 *
 * @param device {@code tun} or {@code sim}
 * @param capacityMbit nominal rate of the links, Ethernet bytes counted
 */
record DemoResult(String device, double capacityMbit, List<TransferResult> transfers, List<PathResult> paths) {
    long bytes() {
        return transfers.stream().mapToLong(TransferResult::bytes).sum();
    }

    double seconds() {
        return transfers.stream().mapToLong(TransferResult::elapsedNs).sum() / 1e9;
    }

    double goodputMbit() {
        return seconds() == 0 ? 0 : bytes() * 8 / seconds() / 1e6;
    }

    boolean digestMatch() {
        return transfers.stream().allMatch(TransferResult::digestMatch);
    }

    /** The report's keys as programs read them; what one link cannot show is null. */
    Map<String, Object> report() {
        var report = new LinkedHashMap<String, Object>();
        report.put("device", device);
        report.put("bytes", bytes());
        report.put("seconds", Json.round(seconds(), 3));
        report.put("goodput_mbit_s", Json.round(goodputMbit(), 2));
        report.put("capacity_mbit_s", capacityMbit);
        report.put("aggregation", Json.round(goodputMbit() / capacityMbit, 3));
        report.put("handover_gap_ms", null);
        report.put("recovery_ms", null);
        report.put("return_ms", null);
        report.put("bytes_reinjected", 0);
        report.put("digest_match", digestMatch());
        report.put("paths", paths.stream().map(DemoResult::path).toList());
        report.put("fallback", false);
        return report;
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
        for (TransferResult transfer : transfers) {
            line(text, "%-9s %,12d bytes in %6.2f s  %6.1f Mbit/s  digest %s", transfer.direction().label(),
                    transfer.bytes(), transfer.elapsedNs() / 1e9, transfer.mbitPerSecond(),
                    transfer.digestMatch() ? "matches" : "DIFFERS");
        }
        for (PathResult path : paths) {
            line(text, "%-9s %,12d bytes in, %,d out, %d segments sent again, round trip %.1f ms", path.name(),
                    path.bytesRx(), path.bytesTx(), path.retransmits(), path.srttNs() / 1e6);
        }
        line(text, "together  %.1f of %.0f Mbit/s, %.0f %% of the link (headers leave 95.6 %%)", goodputMbit(),
                capacityMbit,
                100 * goodputMbit() / capacityMbit);
        return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
