package dev.braid.tools.nstat;

import dev.braid.fastpath.counters.CountersFile;
import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stack has counted at one moment, and what was shown of it last. Of this user's own processes it is read from the counters file,
 * with no word to them; the host daemon, which may be another user's, is asked.
 */
record Snapshot(Map<String, Long> counted, History history) {
    /**
     * Takes one.
     *
     * @param pid which process; {@code null} for the only one, or else the daemon
     * @throws UserError when there is none
     */
    static Snapshot take(@Nullable Long pid) throws IOException {
        if (pid == null && RunningProcesses.pids().isEmpty()) {
            try (ControlClient stack = ControlClient.find(null)) {
                return of(stack.ask("counters", Map.of()));
            }
        }
        long chosen = RunningProcesses.choose(pid);
        try {
            return new Snapshot(CountersFile.read(RunningProcesses.counters(chosen)),
                    History.of(RunningProcesses.history(chosen)));
        } catch (NoSuchFileException e) {
            throw UserError.failure("process " + chosen + " has just ended");
        }
    }

    private static Snapshot of(Map<String, Object> answer) throws IOException {
        var counted = new LinkedHashMap<String, Long>();
        if (answer.get("values") instanceof Map<?, ?> values) {
            values.forEach((name, value) -> {
                if (value instanceof Number number) {
                    counted.put(String.valueOf(name), number.longValue());
                }
            });
        }
        long pid = answer.get("pid") instanceof Number number ? number.longValue() : 0;
        return new Snapshot(counted, History.of(RunningProcesses.daemonHistory(pid)));
    }
}
