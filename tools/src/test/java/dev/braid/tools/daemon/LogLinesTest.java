package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.host.HostLog.Level;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The daemon's log lines. */
class LogLinesTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;

    private LogLines log(boolean journal, Level least) {
        return new LogLines(new PrintStream(bytes, true, StandardCharsets.UTF_8), journal, least, () -> now);
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void journaldIsToldThePriorityAndAPersonTheTime() {
        log(true, Level.NOTICE).say(Level.WARNING, "wlan0 has gone");
        log(false, Level.NOTICE).say(Level.WARNING, "wlan0 has gone");
        assertThat(lines().getFirst()).isEqualTo("<4>wlan0 has gone");
        assertThat(lines().getLast()).matches("\\d\\d:\\d\\d:\\d\\d wlan0 has gone");
    }

    @Test
    void whatMattersLessThanAskedForIsLeftOut() {
        log(true, Level.NOTICE).say(Level.DEBUG, "detail");
        assertThat(lines()).isEmpty();
    }

    @Test
    void controlBytesDoNotReachTheTerminal() {
        log(true, Level.NOTICE).say(Level.NOTICE, "name \u001b[2J\nsecond");
        assertThat(lines()).containsExactly("<5>name ?[2J?second");
    }

    @Test
    void aStormOfLinesIsCutAndCounted() {
        LogLines log = log(true, Level.NOTICE);
        for (int i = 0; i < 1000; i++) {
            log.say(Level.NOTICE, "again");
        }
        log.say(Level.ERROR, "of another level");
        now = 1_000_000_000L;
        log.say(Level.NOTICE, "later");
        assertThat(lines()).hasSize(20 + 3).endsWith("<3>of another level", "<5>980 lines like the last were left out",
                "<5>later");
    }

    @Test
    void whatWasLeftOutIsToldThoughNothingFollows() {
        LogLines log = log(true, Level.NOTICE);
        for (int i = 0; i < 25; i++) {
            log.say(Level.WARNING, "again");
        }
        now = 999_999_999L;
        log.tick();
        assertThat(lines()).as("the second is not over").hasSize(20);
        now = 1_000_000_000L;
        log.tick();
        log.tick();
        assertThat(lines()).hasSize(21).endsWith("<4>5 lines like the last were left out");
    }
}
