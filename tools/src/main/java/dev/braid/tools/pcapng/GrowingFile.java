package dev.braid.tools.pcapng;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import net.openhft.chronicle.bytes.MappedBytesStore;
import net.openhft.chronicle.bytes.MappedFile;
import net.openhft.chronicle.core.io.ReferenceOwner;

/**
 * A file that is written from front to back through mapped memory, a window at a time: a write is a store into the page cache,
 * and the kernel brings it to the disk when it likes. One thread.
 */
final class GrowingFile implements AutoCloseable {
    /** The most that is written behind a place in one piece. */
    static final int MAX_PIECE = 256 << 10;

    /** Below the 16 MiB that readers take for the longest sane block: the free rest of a window is one. */
    private static final int WINDOW = 4 << 20;

    private final Path path;
    private final MappedFile mapped;
    private final ReferenceOwner owner = ReferenceOwner.temporary("pcapng");
    private MappedBytesStore window;

    /**
     * Makes the file, replacing what was there.
     *
     * @throws IOException when it cannot be made
     */
    GrowingFile(Path path) throws IOException {
        this.path = path;
        // Says why in a line where the mapping would only say that it failed.
        Files.newByteChannel(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING).close();
        mapped = MappedFile.mappedFile(new File(path.toString()), WINDOW, MAX_PIECE);
        window = mapped.acquireByteStore(owner, 0);
    }

    /**
     * Makes sure that {@link #MAX_PIECE} bytes at this position, which never goes back, can be written.
     *
     * @return whether the file has grown: from its former {@link #end} on it holds zeros
     */
    boolean advanceTo(long position) throws IOException {
        if (position < window.start() + WINDOW) {
            return false;
        }
        MappedBytesStore next = mapped.acquireByteStore(owner, position);
        window.release(owner);
        window = next;
        return true;
    }

    /** The address of the byte at this position, which lies in the present window. */
    long address(long position) {
        return window.addressForWrite(position);
    }

    /** The file's present length: where the window ends. */
    long end() {
        return window.start() + WINDOW + MAX_PIECE;
    }

    /** Unmaps the file and cuts it to this length. */
    void close(long length) throws IOException {
        close();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    /** Unmaps the file as it is. */
    @Override
    public void close() {
        window.release(owner);
        mapped.releaseLast();
    }
}
