package dev.braid.tools.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/bin/verify}: its steps, its counts and its exit status. */
class VerifyTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(40);

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

    /** Each JVM waits until another one has begun. */
    @Test
    void whatNeedsNoCoreToItselfRunsTwoAtATime() throws Exception {
        Path begun = Files.createDirectory(folder.resolve("begun"));
        checkout.java("jdk-25", """
                : > '%s'/$$
                waited=0
                while [ "$(ls '%s' | wc -l)" -lt 2 ]; do
                    waited=$((waited + 1))
                    [ "$waited" -lt 100 ] || exit 1
                    sleep 0.1
                done
                for argument; do
                    case $argument in --reports-dir=*) folder=${argument#--reports-dir=} ;; esac
                done
                echo '<testsuite name="JUnit Jupiter" tests="1" skipped="0" failures="0" errors="0" time="1">' \\
                    > "$folder/TEST-junit-jupiter.xml\"""".formatted(begun, begun));
        Command verify = checkout.run("verify", "unit", "golden", "storms");
        assertThat(verify.out()).last().isEqualTo("6 passed, 0 failed, 0 skipped");
        assertThat(verify.out().stream().filter(line -> line.matches("[a-z]+ .*\\d+")).map(line -> line.split(" ")[0]))
                .as("in the order of the steps").containsExactly("build", "unit", "golden", "storms", "all");
    }

    @Test
    void aTermSignalEndsBothLanesJvms() throws Exception {
        Path pids = Files.createFile(folder.resolve("pids"));
        checkout.java("jdk-25", """
                case " $* " in
                    *" --include-tag="* | *" --exclude-tag="*) echo $$ >> '%s'; exec sleep 60 ;;
                esac""".formatted(pids));
        Command verify = checkout.start("verify", Map.of(), "unit", "storms");
        await("both JVMs run", () -> lines(pids).size() == 2);
        verify.process().destroy();
        assertThat(verify.await().status()).isEqualTo(143);
        await("both JVMs have ended", () -> lines(pids).stream()
                .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false)));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time, " + what).isLessThan(until);
            Thread.sleep(20);
        }
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
    void theFirstSeedReachesTheStorms() throws Exception {
        testsReport(1, 0, 0, 0, 0);
        checkout.run("verify", "storms", "--seeds", "7", "--from=20001");
        assertThat(Files.readAllLines(folder.resolve("java.calls")))
                .contains("-Dbraid.storm.seeds=7", "-Dbraid.storm.from=20001");
    }

    @Test
    void goldenTablesAreWrittenInTheirLongForm() throws Exception {
        testsReport(1, 0, 0, 0, 0);
        checkout.run("verify", "--rewrite", "--control", "bbr");
        assertThat(Files.readAllLines(folder.resolve("java.calls"))).contains("--include-tag=golden",
                "-Dbraid.full=true",
                "-Dbraid.golden.rewrite=true", "-Dbraid.golden.control=bbr");
    }

    @Test
    void mistakesAreOneLineAndStatusTwo() throws Exception {
        for (String[] mistake : new String[][] {{"strom"}, {"--fast"}, {"--seeds"}, {"--seeds", "many"},
            {"--seeds=0"}, {"--from", "0"}, {"unit", "--from", "5"}, {"storms", "--rewrite"},
            {"golden", "--control", "b b"}}) {
            Command verify = checkout.run("verify", mistake);
            assertThat(verify.err()).as("verify %s", String.join(" ", mistake)).hasSize(1);
            assertThat(verify.status()).isEqualTo(2);
        }
        assertThat(checkout.mavenCalls()).isEmpty();
    }

    @Test
    void minutesLetJazzerLookOnTheOneTargetNamed() throws Exception {
        testsReport(1, 0, 0, 0, 0);
        for (String target : new String[] {"dev.braid.OneFuzz", "dev.braid.OtherFuzz"}) {
            Files.createDirectories(checkout.path("stack/src/test/fuzz/" + target));
        }
        checkout.java("jdk-25", "printf '%s\\n' \"$@\" >> '" + folder.resolve("java.calls") + "'");
        Command verify = checkout.run("verify", "fuzz", "--minutes", "3", "--target", "Other");
        assertThat(verify.out()).last().isEqualTo("1 passed, 0 failed, 0 skipped");
        assertThat(verify.status()).isEqualTo(0);
        assertThat(Files.readAllLines(folder.resolve("java.calls")))
                .contains("--target_class=dev.braid.OtherFuzz", "-max_total_time=180")
                .doesNotContain("--target_class=dev.braid.OneFuzz");
    }

    @Test
    void anUnknownTargetIsAnsweredWithTheNamesThereAre() throws Exception {
        Files.createDirectories(checkout.path("stack/src/test/fuzz/dev.braid.OneFuzz"));
        Command verify = checkout.run("verify", "fuzz", "--minutes", "3", "--target", "Two");
        assertThat(verify.err()).singleElement().asString().contains("no target Two; there are One;");
        assertThat(verify.status()).isEqualTo(2);
    }

    @Test
    void wrongFoldersAndOptionsOutOfPlaceAreOneLineAndStatusTwo() throws Exception {
        String nowhere = folder.resolve("nowhere").toString();
        for (String[] mistake : new String[][] {{"--minutes", "0"}, {"storms", "--minutes", "1"},
            {"fuzz", "--target", "One"}, {"drill", "--suite"}, {"drill", "--suite", nowhere},
            {"drill", "--adaptor", nowhere}, {"drill", "--suite", nowhere, "--adaptor", nowhere}}) {
            Command verify = checkout.run("verify", mistake);
            assertThat(verify.err()).as("verify %s", String.join(" ", mistake)).hasSize(1);
            assertThat(verify.status()).isEqualTo(2);
        }
        assertThat(checkout.mavenCalls()).isEmpty();
    }

    @Test
    void drillWithoutFoldersIsSkippedAndFailsNoRun() throws Exception {
        testsReport(1, 0, 0, 0, 0);
        Command verify = checkout.run("verify", "unit", "drill");
        assertThat(verify.err()).contains("verify: drill skipped: no --suite DIR and --adaptor DIR");
        assertThat(verify.out()).last().isEqualTo("2 passed, 0 failed, 1 skipped");
        assertThat(verify.status()).isEqualTo(0);
    }
}
