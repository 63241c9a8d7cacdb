package dev.braid.tools.bind;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Held by the one process that binds links with a run folder; the kernel lets it go when that process ends, however it ends. */
final class RunLock implements AutoCloseable {
    private static final String FILE = "up.lock";

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; makes the folder when it is missing.
     *
     * @throws ClaimedException when another process has it, with one line that says so
     */
    static RunLock take(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path file = folder.resolve(FILE);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock != null) {
                return new RunLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // This process has it.
        }
        channel.close();
        throw new ClaimedException("a daemon runs already: it holds " + file);
    }

    /** @throws IllegalStateException when it was given up */
    void requireHeld() {
        if (!channel.isOpen()) {
            throw new IllegalStateException("the run folder's lock was given up");
        }
    }

    /** Gives it up. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
