package dev.braid.tools.daemon;

import dev.braid.tools.cli.UserError;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.GoalChoice;
import dev.braid.tools.host.Goals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one goal that there is so far: the links' rates together, for every destination. Any thread. */
final class SteadyGoals implements Goals {
    private static final GoalChoice CHOICE = new GoalChoice(Goal.AGGREGATE, "default", "endpoints");

    /** @throws UserError when the configuration asks for another one */
    SteadyGoals(HostConfig config) {
        if (config.goal() != Goal.AGGREGATE || !config.goals().isEmpty()) {
            throw UserError.failure("goals other than aggregate cannot be chosen yet");
        }
    }

    @Override
    public GoalChoice of(String host, int port) {
        return CHOICE;
    }

    @Override
    public void change(@Nullable String host, int port, @Nullable Goal goal) {
        throw new IllegalArgumentException("goals other than aggregate cannot be chosen yet");
    }

    @Override
    public List<String> rules() {
        return List.of("* aggregate");
    }

    @Override
    public void onChange(Runnable listener) {
        // Nothing changes.
    }
}
