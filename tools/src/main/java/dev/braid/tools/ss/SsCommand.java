package dev.braid.tools.ss;

import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.ProcessOption;
import dev.braid.tools.control.ControlClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code braid ss}: the connections and UDP sockets of a running stack as iproute2's {@code ss} shows the kernel's. */
@Command(name = "ss", description = "Shows the connections and UDP sockets of a running stack as ss shows the kernel's.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid ss -tinm",
    "          braid ss -tan state time-wait sport = :7",
    "          braid ss -Mi"
})
public final class SsCommand implements Callable<Integer> {
    /** The kinds of sockets there are, in the order in which they are shown. */
    private static final List<String> KINDS = List.of("udp", "tcp", "mptcp");

    @Option(names = {"-t",
        "--tcp"}, description = "TCP connections, subflows among them.") private boolean tcp;

    @Option(names = {"-M",
        "--mptcp"}, description = "Multipath TCP connections. Unless one of -t, -u and -M is given, all are shown.") private boolean multipath;

    @Option(names = {"-u",
        "--udp"}, description = "UDP sockets; those that are not connected with -a or -l.") private boolean udp;

    @Option(names = {"-i", "--info"}, description = "TCP_INFO or MPTCP_INFO of each connection.") private boolean info;

    @Option(names = {"-m",
        "--memory"}, description = "What the queues of each connection hold.") private boolean memory;

    @Option(names = {"-n", "--numeric"}, description = "Ports and rates as numbers.") private boolean numeric;

    @Option(names = {"-a",
        "--all"}, description = "Ports in LISTEN, TIME-WAIT, SYN-RECV and UNCONN too.") private boolean all;

    @Option(names = {"-l",
        "--listening"}, description = "Only what waits for others: ports in LISTEN, UDP sockets that are not connected.") private boolean listening;

    @Option(names = {"-o",
        "--options"}, description = "The timer that runs; with -i the options in use.") private boolean options;

    @Option(names = {"-O", "--oneline"}, description = "Each connection on one line.") private boolean oneLine;

    @Option(names = {"-H", "--no-header"}, description = "No header line.") private boolean noHeader;

    @Option(names = "--json", description = "One JSON object: listeners, connections and UDP sockets, bytes and nanoseconds.") private boolean json;

    @Mixin private ProcessOption process = new ProcessOption();

    @Parameters(paramLabel = "FILTER", description = "state NAME, exclude NAME, sport = :PORT, dport = :PORT") private List<String> words = new ArrayList<>();

    /** What is told of subflows, by tuple. */
    private final Map<String, Map<?, ?>> subflows = new HashMap<>();

    @Override
    public Integer call() {
        try (ControlClient client = ControlClient.find(process.pid())) {
            System.out.print(show(client.ask("connections", Map.of())));
        }
        System.out.flush();
        return 0;
    }

    /** What is printed of the answer. */
    String show(Map<String, Object> answer) {
        Filter filter = Filter.parse(words, usualStates());
        Set<String> kinds = kinds();
        List<Row> rows = new ArrayList<>();
        gather(answer, rows);
        rows.removeIf(row -> !filter.shows(row) || !kinds.contains(row.netid()));
        rows.sort(Comparator.<Row>comparingInt(row -> KINDS.indexOf(row.netid()))
                .thenComparing(Row::isIpv4, Comparator.reverseOrder())
                .thenComparing(row -> !row.listening())
                .thenComparing(Row::local).thenComparingInt(Row::localPort).thenComparingInt(Row::peerPort));
        if (json) {
            return Json.write(report(rows)) + '\n';
        }
        var table = new SocketTable(
                !noHeader, kinds.size() > 1, !filter.oneState(), numeric ? Map.of() : ServiceNames.read());
        rows.forEach(row -> table.add(row, end(row)));
        var out = new StringBuilder();
        table.lines().forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }

    /** What is shown: all unless something is asked for. */
    private Set<String> kinds() {
        var asked = new HashSet<String>();
        if (udp) {
            asked.add("udp");
        }
        if (tcp) {
            asked.add("tcp");
        }
        if (multipath) {
            asked.add("mptcp");
        }
        return asked.isEmpty() ? Set.copyOf(KINDS) : asked;
    }

    private void gather(Map<String, Object> answer, List<Row> rows) {
        for (Map<?, ?> fields : objects(answer, "listeners")) {
            rows.add(Row.listener(fields));
            if (Boolean.TRUE.equals(fields.get("upper"))) {
                rows.add(Row.multipathListener(fields));
            }
        }
        objects(answer, "datagrams").forEach(fields -> rows.add(Row.datagrams(fields)));
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
            return Set.of("LISTEN", "UNCONN");
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
        report.put("connections", ofKind(rows, "tcp"));
        report.put("multipath", ofKind(rows, "mptcp"));
        report.put("datagrams", ofKind(rows, "udp"));
        return report;
    }

    private static List<?> ofKind(List<Row> rows, String netid) {
        return rows.stream().filter(row -> !row.listening() && row.netid().equals(netid)).map(Row::fields).toList();
    }

    private String end(Row row) {
        if (row.listening()) {
            return "";
        }
        String end = options ? InfoLine.timer(row) : "";
        String more = memory ? InfoLine.memory(row) : "";
        if (info && row.isMultipath()) {
            more += MptcpLine.info(row);
        } else if (info && !row.isDatagrams() && !row.state().equals("TIME-WAIT")) {
            Map<?, ?> subflow = subflows.get(row.tuple());
            more += InfoLine.tcp(row, options, numeric) + (subflow == null ? "" : MptcpLine.subflow(subflow));
        }
        if (row.state().equals("TIME-WAIT") || more.isEmpty()) {
            return end;
        }
        return end + (oneLine ? "" : "\n\t") + more;
    }
}
