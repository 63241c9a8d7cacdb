package dev.braid.tools.bind;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The old values of the settings that are changed, each on the disk before the change it tells of. What ended a process in the middle
 * of a line has not begun that line's change, so a torn last line is nothing. One thread.
 */
final class Journal implements AutoCloseable {
    static final String FILE = "up.journal";

    /** More than every setting of every NIC that a host can have; a longer file is somebody else's. */
    private static final long MAX_BYTES = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private final FileChannel channel;
    private final Map<Place, JournalEntry> entries = new LinkedHashMap<>();

    private Journal(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * What a journal says.
     *
     * @param header {@code null} = not even its first line was finished, so nothing was changed
     * @param entries the oldest first; of several about one setting the first, which tells what it was
     */
    record Told(@Nullable JournalHeader header, List<JournalEntry> entries) {}

    /** A setting belongs to a device, whatever that is called meanwhile. */
    private record Place(int device, boolean v4) {
        static Place of(JournalEntry entry) {
            return new Place(entry.device(), Settings.isV4(entry.sysctl()));
        }
    }

    /** Begins a journal in this folder, which has none. */
    static Journal create(Path folder, JournalHeader header) throws IOException {
        Path file = folder.resolve(FILE);
        Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        FileChannel channel = FileChannel.open(file, options, mode);
        Journal journal = new Journal(channel);
        try {
            journal.append(header);
            return journal;
        } catch (IOException e) {
            journal.close();
            throw e;
        }
    }

    /**
     * What a process that is gone has left in this folder.
     *
     * @return {@code null} when there is no journal
     * @throws IOException when what is there is no journal: a link, too long, or of another form
     */
    static @Nullable Told read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        byte[] bytes;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            if (channel.size() > MAX_BYTES) {
                throw new IOException(file + " is no journal of Braid's: it has " + channel.size() + " bytes");
            }
            ByteBuffer all = ByteBuffer.allocate((int) channel.size());
            while (all.hasRemaining() && channel.read(all) >= 0) {
                // As much as there is.
            }
            bytes = all.array();
        } catch (NoSuchFileException e) {
            return null;
        }
        Told told = parse(new String(bytes, StandardCharsets.UTF_8));
        if (told == null) {
            throw new IOException(
                    file + " is no journal of this version of Braid's: run the braid down of the one that wrote it");
        }
        return told;
    }

    /**
     * What these lines say. Whatever follows the first line that is none of ours was not written by us.
     *
     * @return {@code null} when they begin with a whole line that is no header of this form: what it tells of is not known
     */
    static @Nullable Told parse(String text) {
        JournalHeader header = null;
        Map<Place, JournalEntry> first = new LinkedHashMap<>();
        int from = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
            String line = text.substring(from, end);
            from = end + 1;
            try {
                if (header == null) {
                    header = JSON.readValue(line, JournalHeader.class);
                    if (header.v() != JournalHeader.VERSION) {
                        return null;
                    }
                    continue;
                }
                JournalEntry entry = JSON.readValue(line, JournalEntry.class);
                if (!Settings.isOurs(entry.sysctl())) {
                    break;
                }
                first.putIfAbsent(Place.of(entry), entry);
            } catch (JacksonException e) {
                if (header == null) {
                    return null;
                }
                break;
            }
        }
        return new Told(header, List.copyOf(first.values()));
    }

    /** Removes the journal of a process that is gone, once everything is undone. */
    static void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(FILE));
    }

    /** Has the disk know what a setting was, unless it does. */
    void note(JournalEntry entry) throws IOException {
        if (!Settings.isOurs(entry.sysctl())) {
            throw new IllegalArgumentException(entry.sysctl() + " is no setting that binding changes");
        }
        Place place = Place.of(entry);
        if (!entries.containsKey(place)) {
            append(entry);
            entries.put(place, entry);
        }
    }

    /** What was noted, the oldest first. */
    List<JournalEntry> entries() {
        return List.copyOf(entries.values());
    }

    private void append(Object line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + '\n').getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** Ends writing; the file stays. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
