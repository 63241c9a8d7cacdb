package dev.braid.tools.goal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.stack.mptcp.path.PathManagers;
import dev.braid.stack.mptcp.scheduler.PacketSchedulers;
import dev.braid.tools.config.ConfigException;
import dev.braid.tools.config.ConfigFile;
import dev.braid.tools.config.HostConfig;
import dev.braid.tools.host.Goal;
import dev.braid.tools.host.GoalChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GoalTableTest {
    private final GoalTable table = new GoalTable(config("""
            [goals]
            "*.example.net" = "latency"
            ":22" = "handover"
            "video.example.net:443" = "redundant"
            """));

    @Test
    void theMostExactRuleWins() {
        assertThat(table.of("video.example.net", 443).goal()).isEqualTo(Goal.REDUNDANT);
        assertThat(table.of("video.example.net", 80).goal()).isEqualTo(Goal.LATENCY);
        assertThat(table.of("a.example.net", 22).goal()).isEqualTo(Goal.LATENCY);
        assertThat(table.of("example.net", 80).goal()).isEqualTo(Goal.AGGREGATE);
        assertThat(table.of("192.0.2.1", 22).goal()).isEqualTo(Goal.HANDOVER);
        assertThat(table.rules()).containsExactly(
                "video.example.net:443 redundant", "*.example.net latency", ":22 handover", "* aggregate");
    }

    @Test
    void aChangedRuleCountsAtOnceAndIsTold() {
        var told = new int[1];
        table.onChange(() -> told[0]++);
        table.change("HOST.example.org", 0, Goal.LATENCY);
        assertThat(table.of("host.example.org", 1).goal()).isEqualTo(Goal.LATENCY);
        table.change("host.example.org", 0, null);
        table.change(null, 0, Goal.HANDOVER);
        assertThat(table.of("host.example.org", 1).goal()).isEqualTo(Goal.HANDOVER);
        assertThat(told[0]).isEqualTo(3);
        table.reconfigure(config("goal = \"redundant\""));
        assertThat(table.rules()).containsExactly("* redundant");
    }

    @ParameterizedTest
    @EnumSource
    void theStackHasWhatEachGoalAsksFor(Goal goal) {
        GoalChoice choice = new GoalTable(config("goal = \"" + goal.word() + "\"")).of("host", 1);
        assertThat(choice.goal()).isEqualTo(goal);
        PacketSchedulers.STANDARD.requireKnown(choice.scheduler());
        PathManagers.STANDARD.requireKnown(choice.pathManagers());
    }

    private static HostConfig config(String text) {
        try {
            return ConfigFile.parse("braid.toml", text);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
