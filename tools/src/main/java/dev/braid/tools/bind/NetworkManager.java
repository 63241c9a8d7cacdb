package dev.braid.tools.bind;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What NetworkManager knows of a NIC's connection and the kernel does not, by its own command. Any thread. */
final class NetworkManager {
    private static final long LIMIT_MS = 1_000;
    private static final int MOST_BYTES = 256;

    private final Path command;

    /** @param command {@code nmcli}; need not be there */
    NetworkManager(Path command) {
        this.command = command;
    }

    /** This host's, where distributions put it. */
    static NetworkManager here() {
        return new NetworkManager(Path.of("/usr/bin/nmcli"));
    }

    /** Whether this host has it. */
    boolean isThere() {
        return Files.isExecutable(command);
    }

    /**
     * Whether the user, or what the network said of itself, calls a NIC's connection metered; waits for a second at most.
     *
     * @return empty when it does not know, or does not answer
     */
    Optional<Boolean> isMetered(String nic) {
        if (!isThere() || nic.startsWith("-")) {
            return Optional.empty();
        }
        ProcessBuilder builder = new ProcessBuilder(
                command.toString(), "-t", "-g", "GENERAL.METERED", "device", "show", nic);
        builder.environment().put("LC_ALL", "C");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process asked = builder.start();
            try (InputStream output = asked.getInputStream()) {
                if (!asked.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS) || asked.exitValue() != 0) {
                    return Optional.empty();
                }
                return parse(new String(output.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII));
            } finally {
                asked.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** {@code yes}, {@code no}, the same with {@code (guessed)}, or {@code unknown}. */
    private static Optional<Boolean> parse(String answer) {
        return answer.startsWith("yes")
                ? Optional.of(true)
                : answer.startsWith("no") ? Optional.of(false) : Optional.empty();
    }
}
