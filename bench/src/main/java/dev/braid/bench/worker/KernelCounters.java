package dev.braid.bench.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernel's TCP counters of the namespace this process is in, under the names nstat(8) has for them. */
final class KernelCounters {
    private static final List<Path> FILES = List.of(Path.of("/proc/net/snmp"), Path.of("/proc/net/netstat"));

    private KernelCounters() {}

    /** All that begin with {@code Tcp}. */
    static Message read() throws IOException {
        var values = new LinkedHashMap<String, String>();
        for (Path file : FILES) {
            parse(Files.readAllLines(file), values);
        }
        return new Message("counters", values);
    }

    /** Lines come in pairs: {@code Tcp: ActiveOpens …}, then {@code Tcp: 12 …}. */
    static void parse(List<String> lines, Map<String, String> into) {
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            String[] names = lines.get(i).split(" ");
            String[] values = lines.get(i + 1).split(" ");
            String prefix = names[0].replace(":", "");
            for (int k = 1; prefix.startsWith("Tcp") && k < names.length; k++) {
                into.put(prefix + names[k], values[k]);
            }
        }
    }
}
