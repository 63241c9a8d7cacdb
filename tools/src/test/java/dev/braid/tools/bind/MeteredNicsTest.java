package dev.braid.tools.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.fastpath.wire.IpAddress;
import dev.braid.tools.bind.NetworkManager.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a NetworkManager of a few lines of shell says. */
@Timeout(20)
final class MeteredNicsTest {
    @TempDir Path folder;

    /** A command that says {@code answer} of wlan0, and remembers what it was asked. */
    private NetworkManager manager(String answer) throws IOException {
        Path command = Files.writeString(folder.resolve("nmcli"), """
                #!/bin/sh
                echo "$*" >> %s/asked
                [ "$6" = wlan0 ] && echo "%s" || echo no
                """.formatted(folder, answer));
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        return new NetworkManager(command);
    }

    private static NicFacts nic(String name, String gateway) {
        return new NicFacts(
                name, 3, "", true, true, 1_500, List.of(), new Uplink(IpAddress.parse(gateway), 0), null, List.of());
    }

    @Test
    void whatNetworkManagerSaysIsUnderstood() throws IOException {
        assertThat(manager("yes").ask("wlan0")).isEqualTo(Answer.METERED);
        assertThat(manager("yes (guessed)").ask("wlan0")).isEqualTo(Answer.METERED);
        assertThat(manager("no (guessed)").ask("wlan0")).isEqualTo(Answer.UNMETERED);
        assertThat(manager("unknown").ask("wlan0")).isEqualTo(Answer.UNKNOWN);
        assertThat(manager("yes").ask("eth0")).isEqualTo(Answer.UNMETERED);
        assertThat(manager("yes").ask("-wlan0")).as("no option of its own").isEqualTo(Answer.NONE);
        assertThat(Files.readAllLines(folder.resolve("asked")))
                .contains("-t -g GENERAL.METERED device show wlan0")
                .noneMatch(line -> line.endsWith(" -wlan0"));
    }

    @Test
    void oneThatIsNotThereOrFailsOrHangsKnowsNothing() throws IOException {
        NetworkManager absent = new NetworkManager(folder.resolve("nowhere"));
        assertThat(absent.isThere()).isFalse();
        assertThat(absent.ask("wlan0")).isEqualTo(Answer.NONE);
        assertThat(manager("yes\"; exit 8; echo \"").ask("wlan0")).isEqualTo(Answer.NONE);
        assertThat(manager("yes\"; exec sleep 60; echo \"").ask("wlan0")).isEqualTo(Answer.NONE);
    }

    @Test
    void oneThatDoesNotAnswerTakesNothingBackAndIsAskedAgain() throws Exception {
        BlockingQueue<String> changes = new LinkedBlockingQueue<>();
        MeteredNics metered = new MeteredNics(manager("yes"), () -> changes.add("changed"));
        assertThat(metered.isMetered(nic("wlan0", "192.168.0.1"))).isFalse();
        assertThat(changes.poll(10, TimeUnit.SECONDS)).isNotNull();
        // It fails twice, then says that the other network costs nothing.
        manager("no\"; [ $(wc -l < " + folder + "/asked) -gt 3 ] || exit 8; echo \"");
        assertThat(metered.isMetered(nic("wlan0", "10.0.0.1"))).isTrue();
        assertThat(changes.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(Files.readAllLines(folder.resolve("asked"))).hasSize(4);
        assertThat(metered.isMetered(nic("wlan0", "10.0.0.1"))).isFalse();
    }

    @Test
    void aMeteredConnectionIsToldOfAndAskedAboutAgainWhenTheNicChanges() throws Exception {
        CountDownLatch changed = new CountDownLatch(1);
        MeteredNics metered = new MeteredNics(manager("yes"), changed::countDown);
        assertThat(metered.isMetered(nic("wlan0", "192.168.0.1"))).as("nobody waits").isFalse();
        assertThat(changed.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(metered.isMetered(nic("wlan0", "192.168.0.1"))).isTrue();
        assertThat(metered.isMetered(nic("wlan0", "192.168.0.1"))).isTrue();
        assertThat(Files.readAllLines(folder.resolve("asked"))).as("asked once").hasSize(1);
        assertThat(metered.isMetered(nic("wlan0", "10.0.0.1"))).as("until it is known better").isTrue();
        while (Files.readAllLines(folder.resolve("asked")).size() < 2) {
            Thread.sleep(5);
        }
    }
}
