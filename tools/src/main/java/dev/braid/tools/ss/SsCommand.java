package dev.braid.tools.ss;

import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.ProcessOption;
import dev.braid.tools.control.ControlClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code braid ss}: the connections of a running stack as iproute2's {@code ss} shows the kernel's. */
@Command(name = "ss", description = "Shows the connections of a running stack as ss shows the kernel's.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid ss -tinm",
    "          braid ss -tan state time-wait sport = :7",
    "          braid ss -Mi"
})
public final class SsCommand implements Callable<Integer> {
    @Option(names = {"-t",
        "--tcp"}, description = "TCP connections, subflows among them.") private boolean tcp;

    @Option(names = {"-M",
        "--mptcp"}, description = "Multipath TCP connections. Unless one of -t and -M is given, both are shown.") private boolean multipath;

    @Option(names = {"-i", "--info"}, description = "TCP_INFO or MPTCP_INFO of each connection.") private boolean info;

    @Option(names = {"-m",
        "--memory"}, description = "What the queues of each connection hold.") private boolean memory;

    @Option(names = {"-n", "--numeric"}, description = "Ports and rates as numbers.") private boolean numeric;

    @Option(names = {"-a", "--all"}, description = "Ports in LISTEN, TIME-WAIT and SYN-RECV too.") private boolean all;

    @Option(names = {"-l", "--listening"}, description = "Only ports in LISTEN.") private boolean listening;

    @Option(names = {"-o",
        "--options"}, description = "The timer that runs; with -i the options in use.") private boolean options;

    @Option(names = {"-O", "--oneline"}, description = "Each connection on one line.") private boolean oneLine;

    @Option(names = {"-H", "--no-header"}, description = "No header line.") private boolean noHeader;

    @Option(names = "--json", description = "One JSON object: listeners and connections, bytes and nanoseconds.") private boolean json;

    @Mixin private ProcessOption process = new ProcessOption();

    @Parameters(paramLabel = "FILTER", description = "state NAME, exclude NAME, sport = :PORT, dport = :PORT") private List<String> words = new ArrayList<>();

    /** What is told of subflows, by tuple. */
    private final Map<String, Map<?, ?>> subflows = new HashMap<>();

    @Override
    public Integer call() {
        Filter filter = Filter.parse(words, usualStates());
        List<Row> rows = new ArrayList<>();
        try (ControlClient client = ControlClient.find(process.pid())) {
            Map<String, Object> answer = client.ask("connections", Map.of());
            gather(answer, rows);
        }
        boolean both = tcp == multipath;
        rows.removeIf(row -> !filter.shows(row) || !(both || row.isMultipath() == multipath));
        rows.sort(Comparator.comparing(Row::isMultipath).thenComparing(Row::isIpv4, Comparator.reverseOrder())
                .thenComparing(row -> !row.listening())
                .thenComparing(Row::local).thenComparingInt(Row::localPort).thenComparingInt(Row::peerPort));
        if (json) {
            System.out.println(Json.write(report(rows)));
            return 0;
        }
        var table = new SocketTable(
                !noHeader, both, !filter.oneState(), numeric ? Map.of() : ServiceNames.read());
        rows.forEach(row -> table.add(row, end(row)));
        var out = new StringBuilder();
        table.lines().forEach(line -> out.append(line).append('\n'));
        System.out.print(out);
        System.out.flush();
        return 0;
    }

    private void gather(Map<String, Object> answer, List<Row> rows) {
        for (Map<?, ?> fields : objects(answer, "listeners")) {
            rows.add(Row.listener(fields));
            if (Boolean.TRUE.equals(fields.get("upper"))) {
                rows.add(Row.multipathListener(fields));
            }
        }
        objects(answer, "connections").forEach(fields -> rows.add(Row.connection(fields)));
        for (Map<?, ?> fields : objects(answer, "multipath")) {
            rows.add(Row.multipath(fields));
            for (Map<?, ?> subflow : objects(fields, "subflow_infos")) {
                if (subflow.get("tcp") instanceof Map<?, ?> tcpFields) {
                    subflows.put(Row.connection(tcpFields).tuple(), subflow);
                }
            }
        }
    }

    private Set<String> usualStates() {
        if (listening) {
            return Set.of("LISTEN");
        }
        return all ? Set.copyOf(States.ALL) : States.USUAL;
    }

    private static List<Map<?, ?>> objects(Map<?, ?> answer, String key) {
        var found = new ArrayList<Map<?, ?>>();
        if (answer.get(key) instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> fields) {
                    found.add(fields);
                }
            }
        }
        return found;
    }

    private static Map<String, Object> report(List<Row> rows) {
        var report = new LinkedHashMap<String, Object>();
        report.put("listeners", rows.stream().filter(Row::listening).map(Row::fields).distinct().toList());
        report.put("connections", connections(rows, false));
        report.put("multipath", connections(rows, true));
        return report;
    }

    private static List<?> connections(List<Row> rows, boolean multipath) {
        return rows.stream().filter(row -> !row.listening() && row.isMultipath() == multipath).map(Row::fields)
                .toList();
    }

    private String end(Row row) {
        if (row.listening()) {
            return "";
        }
        String end = options ? InfoLine.timer(row) : "";
        String more = memory ? InfoLine.memory(row) : "";
        if (info && row.isMultipath()) {
            more += MptcpLine.info(row);
        } else if (info && !row.state().equals("TIME-WAIT")) {
            Map<?, ?> subflow = subflows.get(row.tuple());
            more += InfoLine.tcp(row, options, numeric) + (subflow == null ? "" : MptcpLine.subflow(subflow));
        }
        if (row.state().equals("TIME-WAIT") || more.isEmpty()) {
            return end;
        }
        return end + (oneLine ? "" : "\n\t") + more;
    }
}
