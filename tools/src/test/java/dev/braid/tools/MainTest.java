package dev.braid.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line says to those who mistype. */
class MainTest {
    private static String complaint(String... words) {
        PrintStream before = System.err;
        var said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(Main.run(words)).as("exit status").isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aMistypedPullIsAnsweredWithTheWordsThatHelpHas() {
        assertThat(complaint("demo", "--pull", "Sideways"))
                .startsWith("braid demo: ")
                .contains("'--pull'", "expected one of silence, down, address, none but was 'Sideways' (see")
                .doesNotContain("SILENCE")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"--clock,'virtual, real'", "--pull,'silence, down, address, none'"})
    void soIsEveryOptionOfAFewWords(String option, String known) {
        String command = option.equals("--pull") ? "demo" : "drill";
        assertThat(complaint(command, option, "")).contains("expected one of " + known + " but was ''");
    }

    @Test
    void capitalsAreNoMistake() {
        assertThat(complaint("drill", "--clock", "REAL")).contains("Missing required options").doesNotContain("clock");
    }
}
