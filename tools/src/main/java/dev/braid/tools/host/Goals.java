package dev.braid.tools.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goals by host and port: the most exact rule wins, host before port. Any thread; changes count for connections that run. */
public interface Goals {
    /**
     * The goal for a destination.
     *
     * @param host the name or address as the program gave it, in small letters
     */
    GoalChoice of(String host, int port);

    /**
     * Sets a rule.
     *
     * @param host {@code null} = every host; {@code *.example.net} = all below
     * @param port 0 = every port
     * @param goal {@code null} = takes the rule away
     */
    void change(@Nullable String host, int port, @Nullable Goal goal);

    /** The rules in the order they are tried, each as {@code [host][:port] goal}. */
    List<String> rules();

    /** Called on the changer's thread after each change. */
    void onChange(Runnable listener);
}
