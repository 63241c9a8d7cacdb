package dev.braid.tools.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tools/bin/braid}: which JDK, when it builds, and what it says when it cannot. */
class LauncherTest {
    @TempDir private Path folder;

    private FakeCheckout checkout;

    @BeforeEach
    void makeCheckout() throws Exception {
        checkout = new FakeCheckout(folder);
    }

    @Test
    void buildsWhatIsMissingAndStartsTheProgram() throws Exception {
        Command braid = checkout.run("braid", "serve", "two words", "");
        assertThat(braid.status()).isEqualTo(0);
        assertThat(checkout.mavenCalls()).singleElement().asString().contains("package", "-DskipTests");
        assertThat(braid.out()).startsWith("jdk-25", "@" + checkout.path("tools/jvm.args"), "-cp")
                .endsWith("dev.braid.tools.Main", "serve", "two words", "");
        assertThat(braid.out().get(3)).isEqualTo(
                checkout.path("tools/target/tools-1.jar") + ":" + checkout.path("tools/target/lib") + "/*");
        assertThat(braid.err()).hasSize(2).allMatch(line -> line.startsWith("braid: buil"));
    }

    @Test
    void aShortCommandStartsFromTheCacheThatTheBuildRecordedAndADaemonDoesNot() throws Exception {
        checkout.java("jdk-25",
                "for a; do case $a in -XX:AOTCacheOutput=*) : > \"${a#*=}\" ;; esac; done; printf '%s\\n' \"$@\"");
        String cache = "-XX:AOTCache=" + checkout.path("tools/target/braid.aot");
        String flags = "@" + checkout.path("tools/short.args");
        assertThat(checkout.run("braid", "status").out()).contains(cache, flags).endsWith("dev.braid.tools.Main",
                "status");
        assertThat(checkout.run("braid", "up").out()).doesNotContain(cache, flags).endsWith("dev.braid.tools.Main",
                "up");
        FakeCheckout.touch(Files.createFile(checkout.path("stack/src/main/New.java")), Instant.now().plusSeconds(1));
        checkout.java("jdk-25", "printf '%s\\n' \"$@\"");
        assertThat(checkout.run("braid", "status").out()).as("built again, and the recording failed")
                .doesNotContain(cache).contains(flags);
    }

    @Test
    void startsTheBenchmarksFromTheirOwnJar() throws Exception {
        checkout.maven(
                "mkdir -p tools/target/lib bench/target; : > tools/target/tools-1.jar; : > bench/target/bench-1.jar");
        Command braid = checkout.run("braid", "bench", "tun", "--json");
        assertThat(braid.status()).isEqualTo(0);
        assertThat(braid.out()).endsWith(checkout.path("bench/target/bench-1.jar") + ":"
                + checkout.path("bench/target/lib") + "/*", "dev.braid.bench.Main", "tun", "--json");
    }

    @Test
    void startsNoMavenWhenNothingChanged() throws Exception {
        checkout.run("braid");
        Command again = checkout.run("braid");
        assertThat(again.err()).isEmpty();
        assertThat(checkout.mavenCalls()).hasSize(1);
    }

    @Test
    void buildsAgainWhenASourceIsNewerOrGone() throws Exception {
        Path source = checkout.path("stack/src/main/A.java");
        Files.createFile(source);
        checkout.run("braid");
        FakeCheckout.touch(source, Instant.now().plusSeconds(1));
        checkout.run("braid");
        assertThat(checkout.mavenCalls()).as("after a change").hasSize(2);

        FakeCheckout.touch(source, Instant.now().minusSeconds(60));
        checkout.run("braid");
        assertThat(checkout.mavenCalls()).as("unchanged").hasSize(2);
        Files.delete(source);
        checkout.run("braid");
        assertThat(checkout.mavenCalls()).as("after a deletion").hasSize(3);
    }

    @Test
    void aSourceThatChangesDuringTheBuildIsBuiltNextTime() throws Exception {
        checkout.maven(
                "mkdir -p tools/target/lib; : > tools/target/tools-1.jar; sleep 0.05; : > stack/src/main/B.java");
        checkout.run("braid");
        checkout.run("braid");
        assertThat(checkout.mavenCalls()).hasSize(2);
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        checkout.maven("sleep 1; mkdir -p tools/target/lib; : > tools/target/tools-1.jar");
        Command one = checkout.start("braid", Map.of());
        Command other = checkout.start("braid", Map.of());
        assertThat(one.await().status() + other.await().status()).isZero();
        assertThat(checkout.mavenCalls()).hasSize(1);
    }

    @Test
    void aFailedBuildSaysWhyAndLeavesNothingStale() throws Exception {
        checkout.run("braid");
        Files.createFile(checkout.path("stack/src/main/Broken.java"));
        checkout.maven("echo '[INFO] fine'; echo '[ERROR] Broken.java:[1,1] no such thing'; exit 1");
        Command braid = checkout.run("braid");
        assertThat(braid.status()).isEqualTo(1);
        assertThat(braid.out()).as("the old build did not run").isEmpty();
        assertThat(braid.err()).contains("[ERROR] Broken.java:[1,1] no such thing").doesNotContain("[INFO] fine")
                .anyMatch(line -> line.contains("log: " + checkout.path("tools/target/build.log")));
        assertThat(checkout.run("braid").status()).as("tried again").isEqualTo(1);
        assertThat(checkout.mavenCalls()).hasSize(3);
    }

    @Test
    void aBuildWithoutNetworkSaysSoInOneLine() throws Exception {
        checkout.maven("echo '[ERROR] Could not transfer artifact a:b: Unknown host repo.example'; exit 1");
        Command braid = checkout.run("braid");
        assertThat(braid.status()).isEqualTo(1);
        assertThat(braid.err()).hasSize(2).last().asString().contains("could not download", "Maven Central");
    }

    @Test
    void passesTheExitStatusOn() throws Exception {
        assertThat(checkout.start("braid", Map.of("FAKE_STATUS", "7")).await().status()).isEqualTo(7);
    }

    @Test
    void skipsAnOldJavaHome() throws Exception {
        Path old = checkout.jdk("jdk-17", "17.0.15");
        Path onPath = checkout.jdk("newer", "26");
        Command braid = checkout.start("braid", Map.of("JAVA_HOME", old.toString(), "PATH",
                onPath.resolve("bin") + ":" + folder.resolve("path") + ":/usr/bin:/bin")).await();
        assertThat(braid.out()).startsWith("newer");
    }

    @Test
    void refusesAnOldBraidJavaHomeInOneLine() throws Exception {
        Path old = checkout.jdk("jdk-17", "17.0.15");
        Command braid = checkout.start("braid", Map.of("BRAID_JAVA_HOME", old.toString())).await();
        assertThat(braid.status()).isEqualTo(1);
        assertThat(braid.err()).containsExactly("braid: BRAID_JAVA_HOME=" + old + " is not a JDK 25 or newer");
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("braid"), checkout.path("tools/bin/braid"));
        Process process = new ProcessBuilder(link.toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("link.out").toFile())
                .directory(folder.toFile())
                .start();
        new Command(process, folder.resolve("link.out"), folder.resolve("link.out")).await();
        assertThat(checkout.path("tools/target")).exists();
    }
}
