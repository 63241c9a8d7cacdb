package dev.braid.tools.names;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a small file of the host says, read again when it has changed; looked at once a second at most. Missing, unreadable or too large
 * means empty. Any thread.
 *
 * @param <T> what its lines mean
 */
final class WatchedFile<T> {
    private static final long LOOK_NS = 1_000_000_000L;
    /** Lists of names to be blocked, which some keep in their hosts file, have some megabytes. */
    private static final long MAX_BYTES = 16 << 20;

    private final Path path;
    private final Function<List<String>, T> reader;
    private final LongSupplier clock;
    private long lookedNs;
    private @Nullable FileTime seen;
    private T value;

    /** @param clock nanoseconds, as {@link System#nanoTime} */
    WatchedFile(Path path, Function<List<String>, T> reader, LongSupplier clock) {
        this.path = path;
        this.reader = reader;
        this.clock = clock;
        this.value = reader.apply(List.of());
        this.lookedNs = clock.getAsLong() - LOOK_NS;
    }

    synchronized T value() {
        long nowNs = clock.getAsLong();
        if (nowNs - lookedNs >= LOOK_NS) {
            lookedNs = nowNs;
            look();
        }
        return value;
    }

    private void look() {
        try {
            FileTime changed = Files.getLastModifiedTime(path);
            if (!changed.equals(seen)) {
                value = reader.apply(
                        Files.size(path) > MAX_BYTES
                                ? List.of()
                                : Files.readAllLines(path, StandardCharsets.ISO_8859_1));
                seen = changed;
            }
        } catch (IOException e) {
            value = reader.apply(List.of());
            seen = null;
        }
    }
}
