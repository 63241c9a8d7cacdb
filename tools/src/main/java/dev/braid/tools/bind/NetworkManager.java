package dev.braid.tools.bind;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What NetworkManager knows of a NIC's connection and the kernel does not, by its own command. Any thread. */
final class NetworkManager {
    private static final long LIMIT_MS = 1_000;
    private static final int MOST_BYTES = 256;

    private final Path command;

    /** What it says of a NIC's connection. */
    enum Answer {
        /** The user, or what the network said of itself, calls it metered. */
        METERED,
        /** The same called it unmetered. */
        UNMETERED,
        /** It does not know. */
        UNKNOWN,
        /** Nothing: it does not run, does not know the NIC, or is busy. */
        NONE
    }

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

    /** Asks about a NIC's connection; waits for a second at most. */
    Answer ask(String nic) {
        if (!isThere() || nic.startsWith("-")) {
            return Answer.NONE;
        }
        ProcessBuilder builder = new ProcessBuilder(
                command.toString(), "-t", "-g", "GENERAL.METERED", "device", "show", nic);
        builder.environment().put("LC_ALL", "C");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process asked = builder.start();
            try (InputStream output = asked.getInputStream()) {
                if (!asked.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS) || asked.exitValue() != 0) {
                    return Answer.NONE;
                }
                return parse(new String(output.readNBytes(MOST_BYTES), StandardCharsets.US_ASCII));
            } finally {
                asked.destroyForcibly();
            }
        } catch (IOException e) {
            return Answer.NONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.NONE;
        }
    }

    /** {@code yes}, {@code no}, the same with {@code (guessed)}, or {@code unknown}. */
    private static Answer parse(String answer) {
        return answer.startsWith("yes")
                ? Answer.METERED
                : answer.startsWith("no") ? Answer.UNMETERED : Answer.UNKNOWN;
    }
}
