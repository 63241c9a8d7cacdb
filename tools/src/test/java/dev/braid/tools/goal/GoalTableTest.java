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
import org.junit.jupiter.params.provider.CsvSource;

class GoalTableTest {
    private final GoalTable table = new GoalTable(config("""
            [goals]
            "*.example.net" = "latency"
            ":22" = "handover"
            "video.example.net:443" = "redundant"
            "mail.example.net:25" = "redundant"
            "mail.example.net" = "handover"
            """));

    @Test
    void theMostExactRuleWins() {
        assertThat(table.of("video.example.net", 443).goal()).isEqualTo(Goal.REDUNDANT);
        assertThat(table.of("video.example.net", 80).goal()).isEqualTo(Goal.LATENCY);
        assertThat(table.of("a.example.net", 22).goal()).isEqualTo(Goal.LATENCY);
        assertThat(table.of("example.net", 80).goal()).isEqualTo(Goal.AGGREGATE);
        assertThat(table.of("192.0.2.1", 22).goal()).isEqualTo(Goal.HANDOVER);
        assertThat(table.of("mail.example.net", 25).goal()).isEqualTo(Goal.REDUNDANT);
        assertThat(table.of("mail.example.net", 26).goal()).isEqualTo(Goal.HANDOVER);
        assertThat(table.rules()).containsExactly(
                "video.example.net:443 redundant", "mail.example.net:25 redundant", "mail.example.net handover",
                "*.example.net latency", ":22 handover", "* aggregate");
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
        table.change(null, 443, Goal.LATENCY);
        assertThat(table.of("host.example.org", 443).goal()).isEqualTo(Goal.LATENCY);
        assertThat(table.of("host.example.org", 1).goal()).as("a port alone is no goal for all else")
                .isEqualTo(Goal.HANDOVER);
        assertThat(told[0]).isEqualTo(4);
        table.reconfigure(config("goal = \"redundant\""));
        assertThat(told[0]).as("a new configuration is told, too").isEqualTo(5);
        assertThat(table.rules()).containsExactly("* redundant");
    }

    @ParameterizedTest
    @CsvSource({
        "aggregate, default, endpoints overflow",
        "latency, lowest-rtt, endpoints standby-rtt",
        "redundant, redundant, endpoints",
        "handover, lowest-rtt, endpoints standby-order"
    })
    void theStackHasWhatEachGoalAsksFor(String word, String scheduler, String pathManagers) {
        GoalChoice choice = new GoalTable(config("goal = \"" + word + "\"")).of("host", 1);
        assertThat(choice.goal().word()).isEqualTo(word);
        assertThat(choice.scheduler()).isEqualTo(scheduler);
        assertThat(choice.pathManagers()).isEqualTo(pathManagers);
        PacketSchedulers.STANDARD.requireKnown(scheduler);
        PathManagers.STANDARD.requireKnown(pathManagers);
    }

    private static HostConfig config(String text) {
        try {
            return ConfigFile.parse("braid.toml", text);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
