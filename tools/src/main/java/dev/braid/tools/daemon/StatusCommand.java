package dev.braid.tools.daemon;

import dev.braid.tools.cli.Json;
import dev.braid.tools.control.ControlClient;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code braid status}: links and connections of the host daemon. */
@Command(name = "status", description = "Shows the host daemon's links, whether each is used and why not, and the connections it carries.", mixinStandardHelpOptions = true, footer = {
    "", "Example:  braid status --json"})
public final class StatusCommand implements Callable<Integer> {
    @Option(names = "--json", description = "One JSON object; rates in Mbit/s, round trips in ms, bytes.") private boolean json;

    @Override
    public Integer call() {
        Map<String, Object> report;
        try (ControlClient daemon = ControlClient.daemon()) {
            report = daemon.ask("status", Map.of());
        }
        System.out.print(json ? Json.write(report) + "\n" : StatusText.of(report));
        System.out.flush();
        return 0;
    }
}
