package dev.braid.fastpath.counters;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A block of named counters, laid out as Agrona's {@code CountersReader} expects: a metadata buffer of 512-byte records
 * and a values buffer of 128-byte records.
 *
 * <p>Counters are made while a stack is put together, by one thread, and never freed: the block lives as long as its arena.
 */
public final class Counters {
    /** Bytes of one metadata record. */
    public static final int METADATA_LENGTH = 512;
    /** Bytes of one value record. */
    public static final int VALUE_LENGTH = 128;

    private static final int RECORD_ALLOCATED = 1;
    private static final int TYPE_ID_OFFSET = 4;
    private static final int FREE_FOR_REUSE_OFFSET = 8;
    private static final int LABEL_OFFSET = 128;
    private static final int MAX_LABEL_LENGTH = METADATA_LENGTH - LABEL_OFFSET - Integer.BYTES;

    private final long metadata;
    private final long values;
    private final int capacity;
    private final Map<String, Counter> byName = new LinkedHashMap<>();

    /** Held, so that the memory goes only after the last counter: each of them holds this block. */
    @SuppressWarnings("unused") private @Nullable Arena memory;

    /**
     * Counters over memory that the caller owns and has zeroed.
     *
     * @param metadata address of {@code capacity * 512} bytes
     * @param values address of {@code capacity * 128} bytes
     * @param capacity the number of records
     */
    public Counters(long metadata, long values, int capacity) {
        this.metadata = metadata;
        this.values = values;
        this.capacity = capacity;
    }

    /** Counters in memory of their own, which lives as long as somebody can ask for a value. */
    public static Counters inMemory(int capacity) {
        Arena arena = Arena.ofAuto();
        Counters made = inMemory(arena, capacity);
        made.memory = arena;
        return made;
    }

    /** Counters in plain memory that lives as long as {@code arena}. */
    public static Counters inMemory(Arena arena, int capacity) {
        return new Counters(
                Memory.allocate(arena, (long) capacity * METADATA_LENGTH, 128),
                Memory.allocate(arena, (long) capacity * VALUE_LENGTH, 128),
                capacity);
    }

    /**
     * The counter of this name, made at zero if there is none yet.
     *
     * @throws IllegalStateException when the block is full or the name too long (380 bytes of ASCII)
     */
    public Counter counter(String name) {
        Counter known = byName.get(name);
        if (known != null) {
            return known;
        }
        int id = byName.size();
        byte[] label = name.getBytes(StandardCharsets.US_ASCII);
        if (id == capacity || label.length > MAX_LABEL_LENGTH) {
            throw new IllegalStateException("no room for counter " + name + ": " + capacity + " records are in use");
        }
        long record = metadata + (long) id * METADATA_LENGTH;
        Memory.putNative32(record + TYPE_ID_OFFSET, 0);
        Memory.putNative64(record + FREE_FOR_REUSE_OFFSET, Long.MAX_VALUE);
        Memory.putNative32(record + LABEL_OFFSET, label.length);
        Memory.copyIn(label, 0, record + LABEL_OFFSET + Integer.BYTES, label.length);
        Memory.publishNative32(record, RECORD_ALLOCATED);
        Counter made = new Counter(this, name, id, values + (long) id * VALUE_LENGTH);
        byName.put(name, made);
        return made;
    }

    /** The value of the named counter, 0 when there is none. Building thread, or any thread once building is over. */
    public long value(String name) {
        Counter counter = byName.get(name);
        return counter == null ? 0 : counter.value();
    }

    /** Shows each counter's name and present value, in the order they were made. */
    public void forEach(ObjLongConsumer<String> visitor) {
        byName.forEach((name, counter) -> visitor.accept(name, counter.value()));
    }
}
