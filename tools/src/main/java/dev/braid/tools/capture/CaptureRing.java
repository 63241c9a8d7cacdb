package dev.braid.tools.capture;

import dev.braid.fastpath.memory.Memory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A file that two processes map, through which captured packets pass from a stack to {@code braid capture}.
 *
 * <pre>
 *   0     magic "BRAIDCAP", 8 bytes; 8 layout version, int; 12 capacity of the ring in bytes, int;
 *         16 not 0 once nothing more will come, int; zero up to 128
 *   128   for each link 128 bytes: frames received and those of them missing, at 64 the same for frames sent; longs
 *   4096  the ring, an Agrona ManyToOneRingBuffer of {@link CaptureRecord}s, with its trailer
 * </pre>
 *
 * <p>All numbers are in the machine's order. Each side holds the other's writes for hostile: nothing read here is used as an
 * index unchecked, the stack's side reads nothing but the ring's positions, and its counts are its own.
 */
final class CaptureRing implements AutoCloseable {
    /** The most links that a stack with a capture has. */
    static final int MAX_LINKS = 30;
    /** The smallest ring, which takes the longest packet: an eighth of the capacity is the longest message. */
    static final int MIN_CAPACITY = 1 << 20;
    /** The largest ring. */
    static final int MAX_CAPACITY = 1 << 30;

    private static final long MAGIC = 0x5041_4344_4941_5242L;
    private static final int VERSION = 1;
    private static final int ENDED = 16;
    private static final int STATISTICS = 128;
    private static final int LINK_STATISTICS = 128;
    private static final int SENT = 64;
    private static final int HEADER = 4096;
    private static final int ZEROS = 1 << 16;

    private final Arena arena;
    private final long base;
    private final UnsafeBuffer buffer;
    private final ManyToOneRingBuffer ring;

    private CaptureRing(Arena arena, long base, int capacity) {
        this.arena = arena;
        this.base = base;
        this.buffer = new UnsafeBuffer(base + HEADER, capacity + RingBufferDescriptor.TRAILER_LENGTH);
        this.ring = new ManyToOneRingBuffer(buffer);
    }

    /**
     * Makes the file and maps it. All its memory is there afterwards: a file system that is full says so now and not when the
     * data path writes.
     *
     * @param capacity bytes, a power of two between {@link #MIN_CAPACITY} and {@link #MAX_CAPACITY}
     * @throws IOException when there is no room or no right
     */
    static CaptureRing create(Path file, int capacity) throws IOException {
        long length = HEADER + (long) capacity + RingBufferDescriptor.TRAILER_LENGTH;
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel = FileChannel.open(file, options, owner)) {
            try {
                return fill(channel, length, capacity);
            } catch (IOException e) {
                Files.deleteIfExists(file); // what fitted of it would keep a full file system full
                throw e;
            }
        }
    }

    private static CaptureRing fill(FileChannel channel, long length, int capacity) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
        for (long done = 0; done < length; done += zeros.position()) {
            zeros.clear().limit((int) Math.min(ZEROS, length - done));
            channel.write(zeros);
        }
        Arena arena = Arena.ofShared();
        long base = channel.map(MapMode.READ_WRITE, 0, length, arena).address();
        Memory.putNative32(base + 8, VERSION);
        Memory.putNative32(base + 12, capacity);
        Memory.putNative64(base, MAGIC);
        return new CaptureRing(arena, base, capacity);
    }

    /**
     * Maps a file that a stack made.
     *
     * @throws IOException when it is not there or not a ring of this version
     */
    static CaptureRing open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = channel.size();
            if (length < HEADER + RingBufferDescriptor.TRAILER_LENGTH) {
                throw new IOException(file + " is not a capture ring");
            }
            Arena arena = Arena.ofShared();
            long base = channel.map(MapMode.READ_WRITE, 0, length, arena).address();
            int capacity = Memory.nativeI32(base + 12);
            boolean sound = Memory.nativeI64(base) == MAGIC
                    && Memory.nativeI32(base + 8) == VERSION
                    && isCapacity(capacity)
                    && length == HEADER + (long) capacity + RingBufferDescriptor.TRAILER_LENGTH;
            if (!sound) {
                arena.close();
                throw new IOException(file + " is not a capture ring of this version of braid");
            }
            return new CaptureRing(arena, base, capacity);
        }
    }

    /** Whether a ring can have this capacity. */
    static boolean isCapacity(long bytes) {
        return bytes >= MIN_CAPACITY && bytes <= MAX_CAPACITY && Long.bitCount(bytes) == 1;
    }

    /** The ring. */
    ManyToOneRingBuffer ring() {
        return ring;
    }

    /** The memory the ring's indices count in. */
    UnsafeBuffer buffer() {
        return buffer;
    }

    /** Nothing more will come: the stack's side has failed. */
    void end() {
        Memory.putNative32(base + ENDED, 1);
    }

    /** Whether nothing more will come, before the reader asked for the end. */
    boolean hasEnded() {
        return Memory.nativeI32(base + ENDED) != 0;
    }

    /** Publishes how many frames a link has received or sent since the capture began, and how many are missing. */
    void counts(int link, boolean sent, long frames, long missing) {
        long at = statistics(link, sent);
        Memory.putNative64(at, frames);
        Memory.putNative64(at + Long.BYTES, missing);
    }

    /** Frames that the link received or sent. */
    long frames(int link, boolean sent) {
        return Memory.nativeI64(statistics(link, sent));
    }

    /** Those of them that did not fit the ring. */
    long missing(int link, boolean sent) {
        return Memory.nativeI64(statistics(link, sent) + Long.BYTES);
    }

    private long statistics(int link, boolean sent) {
        return base + STATISTICS + (long) LINK_STATISTICS * link + (sent ? SENT : 0);
    }

    /** Unmaps it; nobody may touch it any more. */
    @Override
    public void close() {
        arena.close();
    }
}
