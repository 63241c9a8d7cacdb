package dev.braid.tools.daemon;

import dev.braid.tools.bind.Recovery;
import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.config.ConfigFile;
import dev.braid.tools.control.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code braid down}: ends the daemon, or undoes what a dead one has left. */
@Command(name = "down", description = "Ends the host daemon and waits until the host is as it was; undoes what a daemon has left that was killed.", mixinStandardHelpOptions = true)
public final class DownCommand implements Callable<Integer> {
    private static final long LIMIT_S = 15;
    private static final long LOOK_MS = 20;

    @Option(names = "--config", paramLabel = "FILE", description = "The daemon's configuration, which names its folder; unless given, /etc/braid/braid.toml if it is there.") private @Nullable Path file;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = folder();
        ControlClient daemon = ControlClient.findDaemon(RunningProcesses.daemonSocket(folder));
        if (daemon == null) {
            boolean undone = Recovery.run(folder, LogLines.standard(false));
            System.out.println(undone
                    ? "braid down: the host is as it was"
                    : "braid down: no daemon is running, and none has left anything");
            return 0;
        }
        long pid;
        try (daemon) {
            pid = daemon.ask("down", Map.of()).get("pid") instanceof Number number ? number.longValue() : 0;
        }
        awaitEnd(pid);
        // It has undone its changes itself, unless it died over it.
        Recovery.run(folder, LogLines.standard(false));
        System.out.println("braid down: the daemon has ended and the host is as it was");
        return 0;
    }

    private Path folder() throws IOException {
        Path config = file != null ? file : UpOptions.USUAL;
        return file != null || Files.exists(config)
                ? ConfigFile.read(config).admin().folder()
                : RunningProcesses.folder();
    }

    private static void awaitEnd(long pid) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (ProcessHandle.of(pid).isPresent()) {
            if (System.nanoTime() - until > 0) {
                throw UserError.failure("process " + pid + " has not ended within " + LIMIT_S + " s");
            }
            Thread.sleep(LOOK_MS);
        }
    }
}
