package dev.braid.stack.tcp;

import dev.braid.fastpath.checksum.Checksum;
import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.memory.Memory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes an application has written and the connection still needs, as spans of reference-counted chunks. Positions count
 * bytes since the stream's first byte.
 *
 * <p>Each queued span holds one reference to its chunk; frames that carry its bytes hold their own, so bytes may be released
 * here while a frame with them still waits to be written. Core thread only; allocates only while growing.
 */
public final class SendStream {
    private static final int INITIAL_SPANS = 8;

    /** A ring, a power of two long; span {@code i} is at {@code (head + i) & (length - 1)}. */
    private @Nullable Chunk[] chunks = new Chunk[INITIAL_SPANS];

    private long[] addresses = new long[INITIAL_SPANS];
    private long[] starts = new long[INITIAL_SPANS];
    private int head;
    private int spans;
    private long start;
    private long end;
    private long trueSize;

    /** An empty stream at position 0. */
    public SendStream() {}

    /** The position of the first byte held. */
    public long start() {
        return start;
    }

    /** The position behind the last byte written. */
    public long end() {
        return end;
    }

    /** Bytes held: {@code end() - start()}. */
    public long bytes() {
        return end - start;
    }

    /** Bytes of chunk memory the stream pins: what the send buffer is charged. */
    public long trueSize() {
        return trueSize;
    }

    /**
     * Adds bytes at the end, retaining the chunk; the caller keeps its own reference. Bytes that follow the last ones in the
     * same chunk extend their span.
     */
    public void append(Chunk chunk, int offset, int length) {
        if (offset < 0 || length < 0 || offset > chunk.capacity() - length) {
            throw new IndexOutOfBoundsException("span " + offset + "+" + length + " of a chunk of " + chunk.capacity());
        }
        if (length == 0) {
            return;
        }
        long address = chunk.address() + offset;
        boolean sameChunk = spans > 0 && chunk(spans - 1) == chunk;
        if (!sameChunk || addresses[slot(spans - 1)] + (end - starts[slot(spans - 1)]) != address) {
            if (spans == chunks.length) {
                grow();
            }
            int slot = slot(spans++);
            chunk.retain();
            chunks[slot] = chunk;
            addresses[slot] = address;
            starts[slot] = end;
            trueSize += sameChunk ? 0 : chunk.capacity();
        }
        end += length;
    }

    /**
     * Adds bytes of the stream to a frame's fragments; the frame takes references of its own.
     *
     * @param from a position held, {@code start() <= from}
     * @param length {@code from + length <= end()}
     * @return how many bytes fitted: fewer than {@code length} only when the frame ran out of fragments
     */
    public int attach(Frame frame, long from, int length) {
        require(from, length);
        int room = Frame.MAX_FRAGMENTS - frame.fragmentCount();
        int attached = 0;
        for (int span = length == 0 ? 0 : find(from); attached < length && room > 0; span++, room--) {
            int slot = slot(span);
            Chunk chunk = chunk(span);
            long skipped = from + attached - starts[slot];
            int part = (int) Math.min(length - attached, endOf(span) - from - attached);
            frame.appendFragment(chunk, (int) (addresses[slot] + skipped - chunk.address()), part);
            attached += part;
        }
        return attached;
    }

    /** Copies bytes of the stream, for a payload too small to be worth a fragment or one that crosses too many spans. */
    public void copyTo(long from, long address, int length) {
        require(from, length);
        int copied = 0;
        for (int span = length == 0 ? 0 : find(from); copied < length; span++) {
            int slot = slot(span);
            long skipped = from + copied - starts[slot];
            int part = (int) Math.min(length - copied, endOf(span) - from - copied);
            Memory.copy(addresses[slot] + skipped, address + copied, part);
            copied += part;
        }
    }

    /** Queues bytes of this stream at another's end, which takes references of its own. */
    public void lend(long from, int length, LowerLayer to) {
        require(from, length);
        int lent = 0;
        for (int span = length == 0 ? 0 : find(from); lent < length; span++) {
            int slot = slot(span);
            Chunk chunk = chunk(span);
            long skipped = from + lent - starts[slot];
            int part = (int) Math.min(length - lent, endOf(span) - from - lent);
            to.append(chunk, (int) (addresses[slot] + skipped - chunk.address()), part);
            lent += part;
        }
    }

    /** The sum of bytes of the stream as {@link Checksum} has it, 0..65535: for checksums of whatever they are sent in. */
    public int sum(long from, int length) {
        require(from, length);
        long sum = 0;
        int summed = 0;
        for (int span = length == 0 ? 0 : find(from); summed < length; span++) {
            int slot = slot(span);
            long skipped = from + summed - starts[slot];
            int part = (int) Math.min(length - summed, endOf(span) - from - summed);
            sum = Checksum.sumAt(addresses[slot] + skipped, part, sum, summed);
            summed += part;
        }
        return Checksum.fold(sum);
    }

    /** Drops what lies before {@code upTo}, at any byte; what was dropped before is no error. */
    public void release(long upTo) {
        if (upTo > end) {
            throw new IllegalArgumentException("release up to " + upTo + " of a stream that ends at " + end);
        }
        while (spans > 0 && endOf(0) <= upTo) {
            Chunk chunk = chunk(0);
            boolean stillCharged = spans > 1 && chunk(1) == chunk;
            trueSize -= stillCharged ? 0 : chunk.capacity();
            chunks[head] = null;
            head = (head + 1) & (chunks.length - 1);
            spans--;
            chunk.release();
        }
        start = Math.max(start, upTo);
    }

    /** Drops everything; the stream ends where it did. */
    public void clear() {
        release(end);
    }

    private void require(long from, int length) {
        if (length < 0 || from < start || from > end - length) {
            throw new IndexOutOfBoundsException(
                    "bytes " + from + "+" + length + " of a stream that holds " + start + ".." + end);
        }
    }

    private int slot(int span) {
        return (head + span) & (chunks.length - 1);
    }

    private Chunk chunk(int span) {
        Chunk chunk = chunks[slot(span)];
        if (chunk == null) {
            throw new IllegalStateException("no span " + span);
        }
        return chunk;
    }

    private long endOf(int span) {
        return span + 1 == spans ? end : starts[slot(span + 1)];
    }

    /** The span that holds the byte at this position. */
    private int find(long position) {
        int low = 0;
        int high = spans - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (starts[slot(middle)] <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void grow() {
        int old = chunks.length;
        chunks = Arrays.copyOf(chunks, 2 * old);
        addresses = Arrays.copyOf(addresses, 2 * old);
        starts = Arrays.copyOf(starts, 2 * old);
        System.arraycopy(chunks, 0, chunks, old, head);
        System.arraycopy(addresses, 0, addresses, old, head);
        System.arraycopy(starts, 0, starts, old, head);
        Arrays.fill(chunks, 0, head, null);
    }
}
