package dev.braid.tools.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where processes of Braid put what others read of them: {@code /run/braid} for root, {@code $XDG_RUNTIME_DIR/braid} for others,
 * {@code PID.counters} and {@code PID.sock} each. Mode 0700: who may enter may read and change everything.
 */
final class CountersPlace {
    static final String COUNTERS_SUFFIX = ".counters";
    static final String SOCKET_SUFFIX = ".sock";
    static final String HISTORY_SUFFIX = ".nstat";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private CountersPlace() {}

    /** The folder. */
    static Path folder() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isEmpty() && Files.isWritable(Path.of(runtime))) {
            return Path.of(runtime, "braid");
        }
        Path run = Path.of("/run");
        if (Files.isWritable(run)) {
            return run.resolve("braid");
        }
        return Path.of(System.getProperty("java.io.tmpdir"), "braid-" + System.getProperty("user.name"));
    }

    /** This process's counters file; the folder is made, and what dead processes left in it is removed. */
    static Path prepare() throws IOException {
        Path folder = folder();
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        if (!Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
            // Refused when it is somebody else's, who might have put it there for us.
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
