package dev.braid.tools.ss;

import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.ProcessOption;
import dev.braid.tools.control.ControlClient;
import java.util.ArrayList;
import java.util.Comparator;
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
    "          braid ss -tan state time-wait sport = :7"
})
public final class SsCommand implements Callable<Integer> {
    @Option(names = {"-t",
        "--tcp"}, description = "TCP, which is all there is; leaves the Netid column out.") private boolean tcp;

    @Option(names = {"-i", "--info"}, description = "TCP_INFO of each connection.") private boolean info;

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

    @Override
    public Integer call() {
        Filter filter = Filter.parse(words, usualStates());
        List<Row> rows = new ArrayList<>();
        try (ControlClient client = ControlClient.find(process.pid())) {
            Map<String, Object> answer = client.ask("connections", Map.of());
            objects(answer, "listeners").forEach(fields -> rows.add(Row.listener(fields)));
            objects(answer, "connections").forEach(fields -> rows.add(Row.connection(fields)));
        }
        rows.removeIf(row -> !filter.shows(row));
        rows.sort(Comparator.comparing(Row::isIpv4).reversed().thenComparing(row -> !row.listening())
                .thenComparing(Row::local).thenComparingInt(Row::localPort).thenComparingInt(Row::peerPort));
        if (json) {
            System.out.println(Json.write(report(rows)));
            return 0;
        }
        var table = new SocketTable(
                !noHeader, !tcp, !filter.oneState(), numeric ? Map.of() : ServiceNames.read());
        rows.forEach(row -> table.add(row, end(row)));
        var out = new StringBuilder();
        table.lines().forEach(line -> out.append(line).append('\n'));
        System.out.print(out);
        System.out.flush();
        return 0;
    }

    private Set<String> usualStates() {
        if (listening) {
            return Set.of("LISTEN");
        }
        return all ? Set.copyOf(States.ALL) : States.USUAL;
    }

    private static List<Map<?, ?>> objects(Map<String, Object> answer, String key) {
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
        report.put("listeners", rows.stream().filter(Row::listening).map(Row::fields).toList());
        report.put("connections", rows.stream().filter(row -> !row.listening()).map(Row::fields).toList());
        return report;
    }

    private String end(Row row) {
        if (row.listening()) {
            return "";
        }
        String end = options ? InfoLine.timer(row) : "";
        String more = memory ? InfoLine.memory(row) : "";
        if (info && !row.state().equals("TIME-WAIT")) {
            more += InfoLine.tcp(row, options, numeric);
        }
        if (row.state().equals("TIME-WAIT") || more.isEmpty()) {
            return end;
        }
        return end + (oneLine ? "" : "\n\t") + more;
    }
}
