package dev.braid.tundriver.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernel's protocol counters of a namespace, under the names nstat(8) has for them. Stateless. */
public final class KernelCounters {
    private static final List<String> FILES = List.of("snmp", "netstat");

    private KernelCounters() {}

    /** All of TCP's, IP's and MPTCP's as they are now. */
    public static Map<String, Long> of(NetworkNamespace namespace) throws IOException {
        return namespace.<Map<String, Long>, IOException>call(() -> {
            var values = new LinkedHashMap<String, Long>();
            for (String file : FILES) {
                // /proc/net would be that of the process's first thread.
                parse(Files.readAllLines(Path.of("/proc/thread-self/net", file)), values);
            }
            return values;
        });
    }

    /** Lines come in pairs: {@code Tcp: ActiveOpens …}, then {@code Tcp: 12 …}. */
    static void parse(List<String> lines, Map<String, Long> into) {
        for (int i = 0; i + 1 < lines.size(); i += 2) {
            String[] names = lines.get(i).split(" ");
            String[] values = lines.get(i + 1).split(" ");
            String prefix = names[0].replace(":", "");
            for (int k = 1; k < Math.min(names.length, values.length); k++) {
                into.put(prefix + names[k], Long.parseLong(values[k]));
            }
        }
    }
}
