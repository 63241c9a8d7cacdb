package dev.braid.tools.daemon;

import dev.braid.tools.cli.Words;
import dev.braid.tools.config.GoalRule;
import dev.braid.tools.control.ControlServer;
import dev.braid.tools.control.ControlSession;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.Goals;
import dev.braid.tools.host.HostLog;
import dev.braid.tools.host.Links;
import dev.braid.tools.host.Role;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What the host daemon answers beside what every stack does.
 *
 * <ul>
 *   <li>{@code status}: the report
 *   <li>{@code link}: {@code name} and {@code role} change a link's role
 *   <li>{@code goal}: {@code rule} and {@code goal} change a goal; without {@code goal} the rule is taken away
 *   <li>{@code reload}: reads the configuration again; {@code said}, lines about what only a restart changes
 *   <li>{@code down}: {@code pid}, whose process ends when the client has closed the connection
 * </ul>
 */
final class HostRequests {
    /** What the daemon does as a whole. */
    interface Whole {
        Map<String, Object> status() throws IOException;

        /** Reads the configuration again; answers what needs a restart. */
        List<String> reload();

        /** Begins to end the process, and returns. */
        void stop();
    }

    private final Whole whole;
    private final Links links;
    private final Goals goals;
    private final HostLog log;

    HostRequests(Whole whole, Links links, Goals goals, HostLog log) {
        this.whole = whole;
        this.links = links;
        this.goals = goals;
        this.log = log;
    }

    /** Lets the server answer them. */
    void register(ControlServer server) {
        server.on("status", request -> whole.status())
                .on("link", this::link)
                .on("goal", this::goal)
                .on("reload", request -> Map.of("said", whole.reload()))
                .onSession("down", (request, session) -> down(session));
    }

    private Map<String, ?> link(Map<String, Object> request) throws IOException {
        String name = text(request, "name");
        Role role = Words.read(text(request, "role"), Role.class);
        links.role(name, role);
        log.say(HostLog.Level.NOTICE, name + " is " + role.word() + " by command");
        return Map.of();
    }

    private Map<String, ?> goal(Map<String, Object> request) throws IOException {
        GoalRule rule = GoalRule.parse(text(request, "rule"));
        Goal goal = request.get("goal") == null ? null : Words.read(text(request, "goal"), Goal.class);
        goals.change(rule.host(), rule.port(), goal);
        log.say(HostLog.Level.NOTICE, "the goal for " + rule + " is " + (goal == null ? "taken away" : goal.word())
                + " by command");
        return Map.of();
    }

    /** Ends the process once the client has its answer and has gone, for the end closes this socket, too. */
    private Map<String, ?> down(ControlSession session) {
        session.whenOver(() -> {
            log.say(HostLog.Level.NOTICE, "stopping by command");
            whole.stop();
        });
        return Map.of("pid", ProcessHandle.current().pid());
    }

    private static String text(Map<String, Object> request, String key) {
        if (request.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("\"" + key + "\" is missing");
    }
}
