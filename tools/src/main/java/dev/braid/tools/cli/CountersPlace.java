package dev.braid.tools.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where processes of Braid put what others read of them: {@code /run/braid} for root, {@code $XDG_RUNTIME_DIR/braid} for others,
 * {@code PID.counters} and {@code PID.sock} each. Mode 0700: who may enter may read and change everything. So the folder has to be
 * this user's own and no link: root with somebody else's {@code XDG_RUNTIME_DIR}, as {@code sudo -E} leaves it, uses {@code /run},
 * and a folder that another user has put there first is refused. So does root with that of its own session: what a daemon has to put
 * back lies there, and the folder goes when the session ends.
 */
final class CountersPlace {
    static final String COUNTERS_SUFFIX = ".counters";
    static final String SOCKET_SUFFIX = ".sock";
    static final String HISTORY_SUFFIX = ".nstat";

    /** The system's own folder, which only root and whom it runs daemons as can make. */
    static final Path SYSTEM = Path.of("/run/braid");

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    /** A host daemon lets others through to the one socket whose name and permissions are meant for them. */
    private static final Set<PosixFilePermission> HARMLESS = PosixFilePermissions.fromString("rwx--x--x");

    private CountersPlace() {}

    /** The folder. */
    static Path folder() {
        String given = System.getenv("RUNTIME_DIRECTORY"); // systemd made it for this service
        if (given != null && given.equals(SYSTEM.toString())) {
            return SYSTEM;
        }
        return folder(System.getenv("XDG_RUNTIME_DIR"), Path.of("/run"));
    }

    /** The same for a value of {@code XDG_RUNTIME_DIR}, {@code null} or empty for none, and the system's folder for it. */
    static Path folder(@Nullable String runtime, Path run) {
        if (runtime != null && !runtime.isEmpty()) {
            Path own = Path.of(runtime);
            if (Files.isWritable(own) && isOurs(own) && !own.equals(run.resolve("user").resolve("0"))) {
                return own.resolve("braid");
            }
        }
        if (Files.isWritable(run)) {
            return run.resolve("braid");
        }
        return temporary();
    }

    /** Whether this process's user is root. */
    static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it is a folder, no link to one, that this process's user owns. */
    private static boolean isOurs(Path folder) {
        try {
            Object us = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && us.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The folder, for those who read what is in it and send commands to whom they find there.
     *
     * @throws IOException when it is not there, or somebody else's
     */
    static Path existing() throws IOException {
        Path folder = folder();
        if (!isOurs(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
        return folder;
    }

    /** The folder, unless it is another user's: then one in the folder for temporary files. Not made. */
    static Path own() {
        Path folder = folder();
        return !Files.exists(folder, LinkOption.NOFOLLOW_LINKS) || isOurs(folder) ? folder : temporary();
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"), "braid-" + System.getProperty("user.name"));
    }

    /** This process's counters file; the folder is made, and what dead processes left in it is removed. */
    static Path prepare(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        if (!isOurs(folder)) {
            throw new IOException(folder + " is a link or another user's: remove it");
        }
        if (!HARMLESS.containsAll(Files.getPosixFilePermissions(folder))) {
            Files.setPosixFilePermissions(folder, OWNER_ONLY);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                removeIfStale(file);
            }
        }
        return folder.resolve(ProcessHandle.current().pid() + COUNTERS_SUFFIX);
    }

    /** Whose file it is by its name; 0 when it is none of ours. */
    static long pidOf(Path file) {
        String name = file.getFileName().toString();
        int dot = name.indexOf('.');
        try {
            return dot > 0 ? Long.parseLong(name.substring(0, dot)) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static void removeIfStale(Path file) {
        long owner = pidOf(file);
        if (owner > 0 && ProcessHandle.of(owner).isEmpty()) {
            remove(file);
        }
    }

    /** Removes a file made by this process, or by one that is gone. */
    static void remove(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // The next process removes it.
        }
    }
}
