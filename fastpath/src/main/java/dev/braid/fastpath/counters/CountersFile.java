package dev.braid.fastpath.counters;

import dev.braid.fastpath.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counters in a memory-mapped file, so that another process reads them while they change, with no word to their owner.
 *
 * <pre>
 *   0    magic "BRAIDCTR", 8 bytes
 *   8    layout version, int; 12 number of records, int; 16 process id, long; 24 start, ms since 1970, long; zero up to 128
 *   128  metadata records of 512 bytes, then value records of 128 bytes, both as Agrona's CountersReader reads them
 * </pre>
 *
 * <p>All numbers are in the machine's order.
 */
public final class CountersFile {
    /** Where the metadata records begin. */
    public static final int HEADER_LENGTH = 128;

    private static final long MAGIC = 0x5254_4344_4941_5242L;
    private static final int VERSION = 1;
    private static final int RECORD_ALLOCATED = 1;
    private static final int LABEL_OFFSET = 128;

    private CountersFile() {}

    /**
     * Makes the file, replacing what was there; whoever makes it deletes it in the end.
     *
     * @param arena keeps it mapped
     * @param capacity the number of records
     * @throws IOException when it cannot be written
     */
    public static Counters create(Path file, Arena arena, int capacity) throws IOException {
        Files.deleteIfExists(file);
        long length = HEADER_LENGTH + (long) capacity * (Counters.METADATA_LENGTH + Counters.VALUE_LENGTH);
        long base;
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            base = channel.map(MapMode.READ_WRITE, 0, length, arena).address();
        }
        Memory.putNative32(base + 8, VERSION);
        Memory.putNative32(base + 12, capacity);
        Memory.putNative64(base + 16, ProcessHandle.current().pid());
        Memory.putNative64(base + 24, System.currentTimeMillis());
        Memory.putNative64(base, MAGIC);
        long metadata = base + HEADER_LENGTH;
        return new Counters(metadata, metadata + (long) capacity * Counters.METADATA_LENGTH, capacity);
    }

    /**
     * What another process has counted so far, by name, in the order the counters were made.
     *
     * @throws IOException when the file cannot be read or is not a counters file
     */
    public static Map<String, Long> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            long length = mapped.byteSize();
            long base = mapped.address();
            if (length < HEADER_LENGTH || Memory.nativeI64(base) != MAGIC || Memory.nativeI32(base + 8) != VERSION) {
                throw new IOException(file + " is not a counters file");
            }
            int capacity = Memory.nativeI32(base + 12);
            long needed = HEADER_LENGTH + (long) capacity * (Counters.METADATA_LENGTH + Counters.VALUE_LENGTH);
            if (capacity < 0 || length < needed) {
                throw new IOException(file + " is cut short");
            }
            return values(base + HEADER_LENGTH, capacity);
        }
    }

    private static Map<String, Long> values(long metadata, int capacity) {
        var found = new LinkedHashMap<String, Long>();
        long values = metadata + (long) capacity * Counters.METADATA_LENGTH;
        for (int id = 0; id < capacity; id++) {
            long record = metadata + (long) id * Counters.METADATA_LENGTH;
            if (Memory.nativeI32(record) != RECORD_ALLOCATED) {
                break;
            }
            int labelLength = Memory.nativeI32(record + LABEL_OFFSET);
            byte[] label = new byte[Math.clamp(labelLength, 0,
                    Counters.METADATA_LENGTH - LABEL_OFFSET - Integer.BYTES)];
            Memory.copyOut(record + LABEL_OFFSET + Integer.BYTES, label, 0, label.length);
            found.put(
                    new String(label, StandardCharsets.US_ASCII),
                    Memory.nativeI64(values + (long) id * Counters.VALUE_LENGTH));
        }
        return found;
    }

    /** The process that makes the counters in this file, or 0 when it is not a counters file. */
    public static long owner(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            if (channel.size() < HEADER_LENGTH) {
                return 0;
            }
            long base = channel.map(MapMode.READ_ONLY, 0, HEADER_LENGTH, arena).address();
            return Memory.nativeI64(base) == MAGIC ? Memory.nativeI64(base + 16) : 0;
        }
    }
}
