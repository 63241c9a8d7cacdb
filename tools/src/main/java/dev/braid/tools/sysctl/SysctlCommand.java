package dev.braid.tools.sysctl;

import dev.braid.tools.cli.Json;
import dev.braid.tools.cli.ProcessOption;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code braid sysctl}: reads and changes a running stack's tunables, as {@code sysctl} does the kernel's. */
@Command(name = "sysctl", description = "Reads and changes the tunables of a running stack under the kernel's names.", mixinStandardHelpOptions = true, footer = {
    "",
    "Example:  braid sysctl net.ipv4.tcp_sack",
    "          braid sysctl -w net.ipv4.tcp_rmem=\"4096 131072 6291456\"",
    "          braid sysctl -a",
    "What a connection takes over when it begins counts for the next one, everything else at once."
})
public final class SysctlCommand implements Callable<Integer> {
    @Option(names = {"-a", "--all"}, description = "Every tunable.") private boolean all;

    @Option(names = {"-w", "--write"}, description = "Every argument is NAME=VALUE.") private boolean write;

    @Option(names = {"-n", "--values"}, description = "Values without names.") private boolean valuesOnly;

    @Option(names = "--json", description = "One JSON object of names and values.") private boolean json;

    @Mixin private ProcessOption process = new ProcessOption();

    @Parameters(paramLabel = "NAME[=VALUE]", description = "What to read or to change.") private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        if (all == !arguments.isEmpty()) {
            throw UserError.usage("which tunable? Name some, or say -a for all");
        }
        var report = new LinkedHashMap<String, String>();
        try (ControlClient client = ControlClient.find(process.pid())) {
            if (all) {
                read(client, Map.of(), report);
            }
            for (String argument : arguments) {
                one(client, argument, report);
            }
        } finally {
            print(report);
        }
        return 0;
    }

    private void one(ControlClient client, String argument, Map<String, String> report) {
        int equals = argument.indexOf('=');
        if (equals < 0 && write) {
            throw UserError.usage("\"" + argument + "\" is no NAME=VALUE");
        }
        String name = (equals < 0 ? argument : argument.substring(0, equals)).strip().replace('/', '.');
        var request = new LinkedHashMap<String, Object>();
        if (equals >= 0) {
            request.put("set", Map.of(name, argument.substring(equals + 1).strip()));
        }
        request.put("names", List.of(name));
        read(client, request, report);
    }

    private static void read(ControlClient client, Map<String, ?> request, Map<String, String> report) {
        if (client.ask("sysctl", request).get("values") instanceof Map<?, ?> values) {
            values.forEach((name, value) -> report.put(String.valueOf(name), String.valueOf(value)));
        }
    }

    private void print(Map<String, String> report) {
        if (json) {
            System.out.println(Json.write(report));
            return;
        }
        report.forEach((name, value) -> System.out.println(valuesOnly ? value : name + " = " + value));
    }
}
