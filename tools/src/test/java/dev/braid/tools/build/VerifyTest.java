package dev.braid.tools.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/bin/verify}: its steps, its counts and its exit status. */
class VerifyTest {
    @TempDir private Path folder;

    private FakeCheckout checkout;

    @BeforeEach
    void makeCheckout() throws Exception {
        checkout = new FakeCheckout(folder);
        for (String module : new String[] {"fastpath", "stack"}) {
            Files.createDirectories(checkout.path(module + "/target/test-classes"));
            Files.createFile(checkout.path(module + "/target/test.classpath"));
        }
    }

    /** Makes every JVM write a report with these counts and end with {@code status}. */
    private void testsReport(int tests, int skipped, int failures, int errors, int status) throws Exception {
        checkout.java("jdk-25", """
                printf '%%s\\n' "$@" >> '%s'
                for argument; do
                    case $argument in --reports-dir=*) folder=${argument#--reports-dir=} ;; esac
                done
                echo '<testsuite name="JUnit Jupiter" tests="%d" skipped="%d" failures="%d" errors="%d" time="1">' \\
                    > "$folder/TEST-junit-jupiter.xml"
                exit %d""".formatted(folder.resolve("java.calls"), tests, skipped, failures, errors, status));
    }

    @Test
    void addsUpTheReportsOfAllModules() throws Exception {
        testsReport(10, 2, 0, 0, 0);
        Command verify = checkout.run("verify", "unit", "storms");
        assertThat(verify.out()).last().isEqualTo("32 passed, 0 failed, 8 skipped");
        assertThat(verify.out()).anyMatch(line -> line.matches("unit +\\d+ +16 +0 +4"))
                .anyMatch(line -> line.matches("storms +\\d+ +16 +0 +4"));
        assertThat(verify.status()).isEqualTo(0);
        assertThat(checkout.mavenCalls()).as("one build for all steps").hasSize(1);
    }

    @Test
    void aFailedTestFails() throws Exception {
        testsReport(10, 0, 1, 2, 1);
        Command verify = checkout.run("verify", "unit");
        assertThat(verify.out()).last().isEqualTo("14 passed, 6 failed, 0 skipped");
        assertThat(verify.status()).isEqualTo(1);
    }

    @Test
    void aJvmThatDiesWithoutAFailureInItsReportFails() throws Exception {
        testsReport(10, 0, 0, 0, 134);
        Command verify = checkout.run("verify", "unit");
        assertThat(verify.out()).last().isEqualTo("20 passed, 2 failed, 0 skipped");
        assertThat(verify.status()).isEqualTo(1);
    }

    @Test
    void aStepWithoutTestsFails() throws Exception {
        testsReport(0, 0, 0, 0, 0);
        Command verify = checkout.run("verify", "scripts");
        assertThat(verify.err()).contains("verify: no test belongs to scripts");
        assertThat(verify.status()).isEqualTo(1);
    }

    @Test
    void aRunThatOnlySkipsFails() throws Exception {
        testsReport(3, 3, 0, 0, 0);
        Command verify = checkout.run("verify", "scripts");
        assertThat(verify.out()).last().isEqualTo("0 passed, 0 failed, 6 skipped");
        assertThat(verify.status()).isEqualTo(1);
    }

    @Test
    void aBuildThatFailsRunsNoTest() throws Exception {
        checkout.maven("echo '[ERROR] no'; exit 1");
        Command verify = checkout.run("verify", "unit");
        assertThat(verify.out()).last().isEqualTo("0 passed, 1 failed, 0 skipped");
        assertThat(verify.status()).isEqualTo(1);
        assertThat(folder.resolve("java.calls")).doesNotExist();
    }

    @Test
    void formatAloneBuildsNothing() throws Exception {
        Command verify = checkout.run("verify", "format");
        assertThat(checkout.mavenCalls()).singleElement().asString().contains("spotless:check");
        assertThat(verify.out()).last().isEqualTo("1 passed, 0 failed, 0 skipped");
        assertThat(verify.status()).isEqualTo(0);
    }

    @Test
    void seedsAndTheLongFormReachTheTests() throws Exception {
        testsReport(1, 0, 0, 0, 0);
        checkout.run("verify", "full", "storms", "--seeds", "7");
        assertThat(Files.readAllLines(folder.resolve("java.calls")))
                .contains("-Dbraid.full=true", "-Dbraid.storm.seeds=7", "--include-tag=storms");
    }

    @Test
    void mistakesAreOneLineAndStatusTwo() throws Exception {
        for (String[] mistake : new String[][] {{"strom"}, {"--fast"}, {"--seeds"}, {"--seeds", "many"},
            {"--seeds=0"}}) {
            Command verify = checkout.run("verify", mistake);
            assertThat(verify.err()).as("verify %s", String.join(" ", mistake)).hasSize(1);
            assertThat(verify.status()).isEqualTo(2);
        }
        assertThat(checkout.mavenCalls()).isEmpty();
    }
}
