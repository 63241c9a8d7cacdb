package dev.braid.tools.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** To put all links together is the goal of every connection, for tests that are not about goals. */
public final class OneGoal implements Goals {
    @Override
    public GoalChoice of(String host, int port) {
        return new GoalChoice(Goal.AGGREGATE, "default", "endpoints");
    }

    @Override
    public void change(@Nullable String host, int port, @Nullable Goal goal) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> rules() {
        return List.of();
    }

    @Override
    public void onChange(Runnable listener) {}
}
