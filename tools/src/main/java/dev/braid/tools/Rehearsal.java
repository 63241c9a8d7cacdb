package dev.braid.tools;

import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.control.ControlServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the short commands against a daemon that only answers, so that the JVM that records it (JEP 514) knows what they load. Built
 * into a cache with which they start in a fraction of the time; nothing but that time depends on it.
 */
public final class Rehearsal {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("status"), List.of("status", "--json"), List.of("link"), List.of("link", "eth0", "backup"),
            List.of("ss", "-taiM"), List.of("ss", "--json"), List.of("nstat", "-as"), List.of("nstat", "-as", "--json"),
            List.of("sysctl", "-a"), List.of("mptcp", "endpoint", "show"), List.of("mptcp", "limits", "show"),
            List.of("doctor"), List.of("stats"), List.of("--version"), List.of("--help"), List.of("status", "--help"));

    private Rehearsal() {}

    /** Needs a run folder of its own: {@code XDG_RUNTIME_DIR} names one. */
    public static void main(String[] args) throws IOException {
        Path folder = RunningProcesses.folder();
        RunningProcesses.prepare(folder);
        ControlServer server = ControlServer.open(RunningProcesses.daemonSocket(folder));
        try {
            answer(server);
            for (List<String> command : COMMANDS) {
                int unused = Main.run(command.toArray(String[]::new));
            }
        } finally {
            server.close();
        }
    }

    /** Lets a server answer all that the short commands ask. */
    static void answer(ControlServer server) {
        server.on("status", request -> status())
                .on("link", request -> Map.of())
                .on("connections",
                        request -> Map.of("connections", List.of(), "multipath", List.of(), "datagrams", List.of(),
                                "listeners",
                                List.of()))
                .on("counters", request -> Map.of("pid", 0, "values", Map.of("TcpInSegs", 1L)))
                .on("sysctl", request -> Map.of("values", Map.of("net.ipv4.tcp_sack", "1")))
                .on("mptcp", request -> Map.of("endpoints", List.of(Map.of("address", "198.19.77.2", "id", 1)),
                        "add_addr_accepted", 0, "subflows", 8))
                .on("doctor", request -> Map.of("findings",
                        List.of(Map.of("grade", "ok", "link", "", "text", "the daemon runs", "remedy", ""))));
    }

    private static Map<String, Object> status() {
        var link = new LinkedHashMap<String, Object>();
        link.put("name", "eth0");
        link.put("role", "primary");
        link.put("why", "used");
        link.put("rx_mbit_s", 1.5);
        link.put("tx_mbit_s", 0.5);
        link.put("rtt_ms", 12.5);
        link.put("loss", 0.001);
        var connection = new LinkedHashMap<String, Object>();
        connection.put("to", "example.net:443");
        connection.put("rx_bytes", 1_000);
        connection.put("tx_bytes", 100);
        connection.put("seconds", 1.5);
        connection.put("how", "Multipath TCP, begun over eth0");
        var report = new LinkedHashMap<String, Object>();
        report.put("daemon", Map.of("pid", 1, "since", "2026-01-01T00:00:00Z"));
        report.put("goal", "aggregate");
        report.put("links", List.of(link));
        report.put("connections", List.of(connection));
        return report;
    }
}
