package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tundriver.netns.NetworkNamespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What of a host's networking a program could have changed: addresses, rules, routes of all tables, settings and firewall tables. */
final class HostSnapshot {
    private static final int MAX_TRIES = 25;
    private static final int PAUSE_MS = 200;

    private final Map<String, List<String>> parts = new LinkedHashMap<>();

    private HostSnapshot(NetworkNamespace host) {
        for (String family : List.of("-4", "-6")) {
            add(host, "rules " + family, "ip", family, "rule");
            add(host, "routes " + family, "ip", family, "route", "show", "table", "all");
        }
        add(host, "addresses", "ip", "-o", "address");
        add(host, "devices", "ip", "-br", "link");
        add(host, "settings", "sh", "-c",
                "cd /proc/sys/net && grep -r . ipv4/conf ipv6/conf ipv4/ip_forward 2>/dev/null | sort");
        parts.put("firewall", host.call(ForeignFirewall::dump));
    }

    /** The present, as soon as nothing changes any more. */
    static HostSnapshot of(NetworkNamespace host) throws InterruptedException {
        HostSnapshot last = new HostSnapshot(host);
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Thread.sleep(PAUSE_MS);
            HostSnapshot next = new HostSnapshot(host);
            if (last.differences(next).isEmpty()) {
                return next;
            }
            last = next;
        }
        throw new AssertionError("the host does not settle");
    }

    /** The host must be as it was, or become so within a bounded time. */
    void assertRestored(NetworkNamespace host, String after) throws InterruptedException {
        List<String> differences = List.of();
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            differences = differences(new HostSnapshot(host));
            if (differences.isEmpty()) {
                return;
            }
            Thread.sleep(PAUSE_MS);
        }
        assertThat(differences).as("what " + after + " leaves behind").isEmpty();
    }

    private void add(NetworkNamespace host, String name, String... command) {
        parts.put(name, host.exec(command).lines()
                // How long an address is good for counts down.
                .map(line -> line.replaceAll("(valid_lft|preferred_lft|expires) \\S+", ""))
                .sorted()
                .toList());
    }

    /** What is here and not there, and the other way round, line by line. */
    List<String> differences(HostSnapshot other) {
        var found = new ArrayList<String>();
        parts.forEach((name, lines) -> {
            List<String> others = other.parts.getOrDefault(name, List.of());
            Stream<String> gone = lines.stream().filter(line -> !others.contains(line)).map(line -> "- " + line);
            Stream<String> added = others.stream().filter(line -> !lines.contains(line)).map(line -> "+ " + line);
            Stream.concat(gone, added).forEach(line -> found.add(name + " " + line));
        });
        return found;
    }
}
