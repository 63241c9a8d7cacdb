package dev.braid.tools.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadinessTest {
    @TempDir Path folder;

    @Test
    void theServiceManagerIsToldEachStep() {
        try (NotifySocket socket = NotifySocket.open(folder.resolve("notify"))) {
            Readiness readiness = new Readiness(socket.name());
            long beforeUs = System.nanoTime() / 1_000;
            readiness.ready("eth0 is used");
            readiness.reloading();
            readiness.stopping();
            List<String> told = socket.told();
            assertThat(told).hasSize(3).startsWith("READY=1\nSTATUS=eth0 is used").endsWith("STOPPING=1");
            // systemd compares it with its own reading of CLOCK_MONOTONIC, which System.nanoTime is.
            assertThat(told.get(1)).startsWith("RELOADING=1\nMONOTONIC_USEC=");
            long saidUs = Long.parseLong(told.get(1).substring(told.get(1).lastIndexOf('=') + 1));
            assertThat(saidUs).isBetween(beforeUs, System.nanoTime() / 1_000);
        }
    }

    @Test
    void withoutOneOrWithADeadOneNobodyIsTold() {
        assertThatCode(() -> {
            new Readiness(null).ready("");
            new Readiness("").ready("");
            new Readiness(folder.resolve("gone").toString()).stopping();
        }).doesNotThrowAnyException();
    }
}
