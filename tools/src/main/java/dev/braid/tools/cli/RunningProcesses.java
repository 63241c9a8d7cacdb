package dev.braid.tools.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The processes of this user that have a stack, as they show in the folder of {@link CountersPlace}. */
public final class RunningProcesses {
    private RunningProcesses() {}

    /** The folder that a process of this user puts its files in; it need not be there yet. */
    public static Path folder() {
        return CountersPlace.folder();
    }

    /** Their process ids, in rising order. */
    public static List<Long> pids() {
        var found = new ArrayList<Long>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                CountersPlace.existing(), "*" + CountersPlace.COUNTERS_SUFFIX)) {
            for (Path file : files) {
                long pid = CountersPlace.pidOf(file);
                if (pid > 0 && ProcessHandle.of(pid).isPresent()) {
                    found.add(pid);
                }
            }
        } catch (IOException e) {
            // No folder: nobody was ever there.
        }
        found.sort(null);
        return found;
    }

    /**
     * The process that a command is about.
     *
     * @param pid the one named, or {@code null} for the only one
     * @throws UserError when there is none, that one is none, or several are and none was named
     */
    public static long choose(@Nullable Long pid) {
        List<Long> running = pids();
        if (running.isEmpty()) {
            throw UserError.failure("no stack is running; start one with braid serve");
        }
        String all = running.stream().map(String::valueOf).collect(Collectors.joining(", "));
        if (pid != null) {
            if (!running.contains(pid)) {
                throw UserError.failure("process " + pid + " has no stack; running: " + all);
            }
            return pid;
        }
        if (running.size() > 1) {
            throw UserError.failure("several stacks are running: " + all + "; choose one with --pid");
        }
        return running.getFirst();
    }

    /**
     * Makes a folder ready for this process's files: there, this user's own, entered by nobody else but who knows a name in it.
     * What dead processes left in it is removed.
     *
     * @return this process's counters file
     * @throws IOException when it cannot be
     */
    public static Path prepare(Path folder) throws IOException {
        return CountersPlace.prepare(folder);
    }

    /** Removes a file of this process's, when there is one. */
    public static void remove(@Nullable Path file) {
        CountersPlace.remove(file);
    }

    /** Where a host daemon may listen: in this user's folder, and in the system's. Root has one folder: another it chose. */
    public static List<Path> daemonFolders() {
        Stream<Path> folders = CountersPlace.isRoot() ? Stream.of(folder()) : Stream.of(folder(), CountersPlace.SYSTEM);
        return folders.distinct().toList();
    }

    /** The host daemon's socket in its folder. */
    public static Path daemonSocket(Path folder) {
        return folder.resolve("admin" + CountersPlace.SOCKET_SUFFIX);
    }

    /** The control socket of a process. */
    public static Path socket(long pid) {
        return CountersPlace.folder().resolve(pid + CountersPlace.SOCKET_SUFFIX);
    }

    /** What nstat showed last of a process of this user's. */
    public static Path history(long pid) {
        return CountersPlace.folder().resolve(pid + CountersPlace.HISTORY_SUFFIX);
    }

    /**
     * What nstat showed this user last of the host daemon, which may be another user's: then it is kept in a folder of this user's own,
     * which is made.
     */
    public static Path daemonHistory(long pid) throws IOException {
        return CountersPlace.prepare(CountersPlace.own()).resolveSibling(pid + CountersPlace.HISTORY_SUFFIX);
    }

    /** The counters file of a process. */
    public static Path counters(long pid) {
        return CountersPlace.folder().resolve(pid + CountersPlace.COUNTERS_SUFFIX);
    }
}
