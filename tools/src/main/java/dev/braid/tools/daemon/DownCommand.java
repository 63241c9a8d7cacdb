package dev.braid.tools.daemon;

import dev.braid.tools.bind.ClaimedException;
import dev.braid.tools.bind.Recovery;
import dev.braid.tools.cli.RunningProcesses;
import dev.braid.tools.cli.UserError;
import dev.braid.tools.control.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/** {@code braid down}: ends the daemon, or undoes what a dead one has left. */
@Command(name = "down", description = "Ends the host daemon and waits until the host is as it was; undoes what a daemon has left that was killed.", mixinStandardHelpOptions = true)
public final class DownCommand implements Callable<Integer> {
    private static final long LIMIT_S = 15;
    private static final long LOOK_MS = 20;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = folder();
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        long pid = 0;
        boolean undone;
        while (true) {
            pid = pid == 0 ? ask(RunningProcesses.daemonSocket(folder)) : pid;
            try {
                // The daemon undoes its changes itself, unless it died over it.
                undone = mayLookInto(folder) && Recovery.run(folder, LogLines.standard(false));
                break;
            } catch (ClaimedException e) {
                // It begins just now, and will listen; or it ends.
                if (System.nanoTime() - untilNs > 0) {
                    throw UserError.failure(e.getMessage() + ", and has not ended within " + LIMIT_S + " s");
                }
                Thread.sleep(LOOK_MS);
            }
        }
        awaitEnd(pid, untilNs);
        System.out.println("braid down: " + (pid != 0
                ? "the daemon has ended and the host is as it was"
                : undone ? "the host is as it was" : "no daemon is running, and none has left anything"));
        return 0;
    }

    /** Asks the daemon that listens there to end; answers its process, or 0 when none listens or it has ended over that. */
    private static long ask(Path socket) {
        ControlClient daemon = ControlClient.findDaemon(socket);
        if (daemon == null) {
            return 0;
        }
        Thread.ofVirtual().name("patience").start(() -> endPatience(daemon));
        try (daemon) {
            return daemon.ask("down", Map.of()).get("pid") instanceof Number number ? number.longValue() : 0;
        } catch (UserError e) {
            ControlClient again = ControlClient.findDaemon(socket);
            if (again == null) {
                return 0;
            }
            again.close();
            throw e;
        }
    }

    /** One that is stopped takes the question and never answers. */
    private static void endPatience(ControlClient daemon) {
        try {
            Thread.sleep(TimeUnit.SECONDS.toMillis(LIMIT_S));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        daemon.close();
    }

    /** Where a daemon is that this user may ask, else this user's own. */
    private static Path folder() {
        for (Path folder : RunningProcesses.daemonFolders()) {
            ControlClient daemon = ControlClient.findDaemon(RunningProcesses.daemonSocket(folder));
            if (daemon != null) {
                daemon.close();
                return folder;
            }
        }
        ControlClient.refuseIfClosed();
        return RunningProcesses.folder();
    }

    /** A member of the group may ask the daemon to end, and has no means to do its work. */
    private static boolean mayLookInto(Path folder) {
        return !Files.exists(folder) || Files.isWritable(folder);
    }

    private static void awaitEnd(long pid, long untilNs) throws InterruptedException {
        while (pid != 0 && ProcessHandle.of(pid).isPresent()) {
            if (System.nanoTime() - untilNs > 0) {
                throw UserError.failure("process " + pid + " has not ended within " + LIMIT_S + " s");
            }
            Thread.sleep(LOOK_MS);
        }
    }
}
