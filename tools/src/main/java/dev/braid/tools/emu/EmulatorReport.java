package dev.braid.tools.emu;

import dev.braid.fastpath.counters.Counters;
import dev.braid.fastpath.sim.LinkTap.Fate;
import dev.braid.tools.cli.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What an emulated link did so far, in numbers. */
final class EmulatorReport {
    private final Counters counters;
    private final long startNs = System.nanoTime();
    private final Map<String, Long> bytesBefore = new LinkedHashMap<>();
    private long beforeNs = startNs;

    EmulatorReport(Counters counters) {
        this.counters = counters;
    }

    /** One line a direction: what arrived since the last call, and losses since the start. */
    void printLines(PrintStream out) {
        long nowNs = System.nanoTime();
        double elapsed = (nowNs - beforeNs) / 1e9;
        for (String name : new String[] {"forth", "back"}) {
            long bytes = value(name, "ARRIVED_BYTES");
            double mbit = (bytes - bytesBefore.getOrDefault(name, 0L)) * 8 / elapsed / 1e6;
            bytesBefore.put(name, bytes);
            out.printf(Locale.ROOT,
                    "%s %7.1f s %10.1f Mbit/s %12d arrived %8d lost %8d queue full %8d marked %10d B queued at most%n",
                    label(name), (nowNs - startNs) / 1e9, mbit, value(name, Fate.ARRIVED.name()),
                    value(name, Fate.LOST.name()), value(name, Fate.QUEUE_FULL.name()),
                    value(name, Fate.MARKED.name()), value(name, "QUEUE_HIGH_WATER"));
        }
        beforeNs = nowNs;
    }

    /** Everything, for programs. */
    Map<String, Object> asMap() {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        var report = new LinkedHashMap<String, Object>();
        report.put("seconds", Json.round(seconds, 3));
        report.put("ab", direction("forth", seconds));
        report.put("ba", direction("back", seconds));
        report.put("boxes", startingWith("Middlebox."));
        report.put("nat", startingWith("Nat."));
        report.put("device_drops", drops());
        return report;
    }

    /** Everything, for a person. */
    void print(PrintStream out) {
        asMap().forEach((key, value) -> out.printf("%-14s %s%n", key, value));
    }

    private Map<String, Object> direction(String name, double seconds) {
        var found = new LinkedHashMap<String, Object>();
        found.put("bytes_offered", value(name, "OFFERED_BYTES"));
        found.put("bytes_arrived", value(name, "ARRIVED_BYTES"));
        found.put("mbit_s", Json.round(value(name, "ARRIVED_BYTES") * 8 / seconds / 1e6, 3));
        found.put("queue_high_water", value(name, "QUEUE_HIGH_WATER"));
        for (Fate fate : Fate.values()) {
            found.put(fate.name().toLowerCase(Locale.ROOT), value(name, fate.name()));
        }
        return found;
    }

    private long value(String link, String what) {
        return counters.value("Link." + link + '.' + what);
    }

    private static String label(String link) {
        return link.equals("forth") ? "ab" : "ba";
    }

    private Map<String, Long> startingWith(String prefix) {
        var found = new LinkedHashMap<String, Long>();
        counters.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }

    /** What the devices and the bridge lost: none of it is the link's doing. */
    private Map<String, Long> drops() {
        var found = new LinkedHashMap<String, Long>();
        counters.forEach((name, value) -> {
            boolean ours = name.startsWith("Link.") || name.startsWith("Middlebox.") || name.startsWith("Nat.");
            if (!ours && value != 0 && !name.equals("PipelineCoalesced")) {
                found.put(name, value);
            }
        });
        return found;
    }
}
