package dev.braid.tools.goal;

import dev.braid.tools.config.GoalRule;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.Goals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The rules of {@link Goals}, beginning with those configured. Any thread. */
public final class GoalTable implements Goals {
    /** A host before its domain, a longer domain before a shorter one, a port before none. */
    private static final Comparator<GoalRule> MOST_EXACT_FIRST = Comparator.comparing(GoalTable::isDomain)
            .thenComparing(rule -> -length(rule))
            .thenComparing(rule -> rule.port() == 0)
            .thenComparing(GoalRule::toString);

    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<GoalRule, Goal> rules;
    private volatile Goal otherwise;

    /** With the configuration's rules, and its goal for all else. */
    public GoalTable(HostConfig config) {
        rules = configured(config);
        otherwise = config.goal();
    }

    private static Map<GoalRule, Goal> configured(HostConfig config) {
        var made = new TreeMap<GoalRule, Goal>(MOST_EXACT_FIRST);
        config.goals().forEach((rule, goal) -> made.put(GoalRule.parse(rule), goal));
        return made;
    }

    /** Takes the configuration's rules in place of all there are. */
    public synchronized void reconfigure(HostConfig config) {
        rules = configured(config);
        otherwise = config.goal();
        listeners.forEach(Runnable::run);
    }

    @Override
    public GoalChoice of(String host, int port) {
        for (Map.Entry<GoalRule, Goal> rule : rules.entrySet()) {
            if (matches(rule.getKey(), host, port)) {
                return choice(rule.getValue());
            }
        }
        return choice(otherwise);
    }

    /** What the stack does for a goal. */
    private static GoalChoice choice(Goal goal) {
        return switch (goal) {
            case AGGREGATE -> new GoalChoice(goal, "default", "endpoints overflow");
            case LATENCY -> new GoalChoice(goal, "lowest-rtt", "endpoints standby-rtt");
            case REDUNDANT -> new GoalChoice(goal, "redundant", "endpoints");
            case HANDOVER -> new GoalChoice(goal, "lowest-rtt", "endpoints standby-order");
        };
    }

    private static boolean matches(GoalRule rule, String host, int port) {
        String wanted = rule.host();
        boolean sameHost = wanted == null
                || (isDomain(rule) ? host.endsWith(wanted.substring(1)) : host.equals(wanted));
        return sameHost && (rule.port() == 0 || rule.port() == port);
    }

    private static boolean isDomain(GoalRule rule) {
        String host = rule.host();
        return host == null || host.startsWith("*.");
    }

    private static int length(GoalRule rule) {
        String host = rule.host();
        return host == null ? 0 : host.length();
    }

    @Override
    public synchronized void change(@Nullable String host, int port, @Nullable Goal goal) {
        GoalRule rule = new GoalRule(host == null ? null : host.toLowerCase(Locale.ROOT), port);
        if (host == null && port == 0 && goal != null) {
            otherwise = goal;
        } else {
            var changed = new TreeMap<GoalRule, Goal>(MOST_EXACT_FIRST);
            changed.putAll(rules);
            if (goal == null) {
                changed.remove(rule);
            } else {
                changed.put(rule, goal);
            }
            rules = changed;
        }
        listeners.forEach(Runnable::run);
    }

    @Override
    public List<String> rules() {
        var lines = new ArrayList<String>();
        rules.forEach((rule, goal) -> lines.add(rule + " " + goal.word()));
        lines.add("* " + otherwise.word());
        return List.copyOf(lines);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
