package dev.braid.stack.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** All that was said so far, in packetdrill's notation, with seconds since the script began. */
final class Journal {
    private final List<String> lines = new ArrayList<>();
    private final long startNs;

    Journal(long startNs) {
        this.startNs = startNs;
    }

    void add(long nowNs, String line) {
        lines.add(String.format(Locale.ROOT, "%10.6f %s", (nowNs - startNs) / 1e9, line));
    }

    @Override
    public String toString() {
        return "dialogue so far ('<' to the host, '>' from it):\n  " + String.join("\n  ", lines);
    }
}
