package dev.braid.tools.kernel.laptop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.braid.tools.daemon.NotifySocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However the daemon ends, the host becomes what it was; and what is somebody else's is left alone throughout. */
@Tag("kernel")
@Timeout(600)
class HostRestoredTest {
    private static final int KILLS = Boolean.getBoolean("braid.full") ? 50 : 6;
    private static final int LONGEST_LIFE_MS = 3000;

    @TempDir private Path folder;

    @Test
    void aStopLeavesNothingBehindAndTheServiceManagerHearsOfIt() throws Exception {
        try (LaptopBed bed = LaptopBed.start();
                NotifySocket manager = NotifySocket.open(folder.resolve("notify"))) {
            HostSnapshot before = snapshot(bed);
            try (Daemon daemon = Daemon.start(bed, folder, Map.of("NOTIFY_SOCKET", manager.name()))) {
                daemon.awaitReady();
                assertThat(before.differences(HostSnapshot.of(bed.laptop()))).as("what binding does").isNotEmpty();
                assertThat(manager.told()).singleElement().asString().startsWith("READY=1\nSTATUS=eth0 (primary) used");
                daemon.stop();
                assertThat(manager.told()).containsExactly("STOPPING=1");
            }
            before.assertRestored(bed.laptop(), "a stop");
            Daemon.ask(bed, folder, "down");
            before.assertRestored(bed.laptop(), "a down without a daemon");
        }
    }

    @Test
    void downEndsTheDaemonAndWhatItDid() throws Exception {
        try (LaptopBed bed = LaptopBed.start()) {
            HostSnapshot before = snapshot(bed);
            try (Daemon daemon = Daemon.up(bed, folder)) {
                daemon.ask("down");
                before.assertRestored(bed.laptop(), "down");
                assertThat(daemon.process().await()).isZero();
            }
        }
    }

    /** However early it comes: it must neither fail nor leave the half of it. */
    @Test
    void aStopOrADownWhileTheDaemonBeginsEndsItWhole() throws Exception {
        try (LaptopBed bed = LaptopBed.start()) {
            HostSnapshot before = snapshot(bed);
            for (boolean down : new boolean[] {true, false}) {
                try (Daemon daemon = Daemon.start(bed, folder)) {
                    awaitJournal();
                    if (down) {
                        daemon.ask("down");
                        before.assertRestored(bed.laptop(), "down in the middle of up");
                    } else {
                        daemon.process().terminate();
                    }
                    assertThat(daemon.process().await()).isZero();
                }
                before.assertRestored(bed.laptop(), "an end in the middle of up");
                assertThat(folder.resolve("braid/up.journal")).doesNotExist();
            }
        }
    }

    /** The first of what it changes. */
    private void awaitJournal() throws InterruptedException {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (Files.notExists(folder.resolve("braid/up.journal"))) {
            assertThat(System.nanoTime()).as("a journal").isLessThan(untilNs);
            Thread.sleep(1);
        }
    }

    /** SIGKILL at random points of its life: every other time the next start puts things right, else {@code braid down}. */
    @Test
    void aKilledDaemonsChangesAreUndoneByTheNextStartAndByDown() throws Exception {
        long seed = Long.getLong("braid.kill.seed", System.nanoTime());
        System.out.println("kills: -Dbraid.kill.seed=" + seed);
        var random = new Random(seed);
        try (LaptopBed bed = LaptopBed.start()) {
            HostSnapshot before = snapshot(bed);
            for (int kill = 0; kill < KILLS; kill++) {
                int lifeMs = random.nextInt(LONGEST_LIFE_MS);
                try (Daemon daemon = Daemon.start(bed, folder)) {
                    Thread.sleep(lifeMs);
                    daemon.process().kill();
                    daemon.process().await();
                }
                if (kill % 2 == 1) {
                    Daemon.ask(bed, folder, "down");
                    before.assertRestored(bed.laptop(), "a kill after " + lifeMs + " ms and down");
                }
            }
            try (Daemon daemon = Daemon.start(bed, folder)) {
                Thread.sleep(LONGEST_LIFE_MS);
                daemon.process().kill();
                daemon.process().await();
            }
            try (Daemon daemon = Daemon.up(bed, folder)) {
                daemon.stop();
            }
            before.assertRestored(bed.laptop(), "a kill, a start and a stop");
        }
    }

    private static HostSnapshot snapshot(LaptopBed bed) throws InterruptedException {
        ForeignFirewall.install(bed.laptop());
        return HostSnapshot.of(bed.laptop());
    }
}
