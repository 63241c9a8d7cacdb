package dev.braid.tools.cli;

import dev.braid.fastpath.counters.CountersFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Where processes of Braid put their counters for others to read: {@code /run/braid} for root, {@code
 * $XDG_RUNTIME_DIR/braid} for others, a file {@code PID.counters} each.
 */
final class CountersPlace {
    private static final String SUFFIX = ".counters";

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

    /** This process's file; the folder is made, and what dead processes left in it is removed. */
    static Path prepare() throws IOException {
        Path folder = folder();
        Files.createDirectories(folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                removeIfStale(file);
            }
        }
        return folder.resolve(ProcessHandle.current().pid() + SUFFIX);
    }

    private static void removeIfStale(Path file) {
        try {
            long owner = CountersFile.owner(file);
            if (owner == 0 || ProcessHandle.of(owner).isEmpty()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // Somebody else's, or gone already.
        }
    }

    /** Removes a file made by this process. */
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
