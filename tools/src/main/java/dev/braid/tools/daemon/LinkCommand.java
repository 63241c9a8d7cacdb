package dev.braid.tools.daemon;

import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import dev.braid.tools.host.Role;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code braid link}: roles of links and goals of connections, live. */
@Command(name = "link", description = "Shows the links, changes a link's role, or changes what connections are to get out of several links.", mixinStandardHelpOptions = true, footer = {
    "", "Examples:  braid link wlan0 backup", "           braid link --goal handover=:22",
    "A change counts at once, for connections that run too, until the daemon starts again or reads its configuration."})
public final class LinkCommand implements Callable<Integer> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "LINK", description = "A network interface's name.") private @Nullable String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ROLE", description = "primary, overflow, backup or off.") private @Nullable Role role;

    @Option(names = "--goal", paramLabel = "GOAL[=[HOST][:PORT]]", description = "aggregate, latency, redundant or handover, for everything or for some destinations.") private @Nullable String goal;

    @Override
    public Integer call() {
        if (name != null && role == null) {
            throw UserError.usage("which role is " + name + " to have? primary, overflow, backup or off");
        }
        try (ControlClient daemon = ControlClient.daemon()) {
            if (name != null && role != null) {
                daemon.ask("link", Map.of("name", name, "role", role.word()));
            }
            if (goal != null) {
                int equals = goal.indexOf('=');
                daemon.ask("goal", equals < 0
                        ? Map.of("rule", "*", "goal", goal)
                        : Map.of("rule", goal.substring(equals + 1), "goal", goal.substring(0, equals)));
            }
            if (name == null && goal == null) {
                System.out.print(StatusText.links(daemon.ask("status", Map.of())));
                System.out.flush();
            }
        }
        return 0;
    }
}
