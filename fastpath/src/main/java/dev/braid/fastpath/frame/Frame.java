package dev.braid.fastpath.frame;

import dev.braid.fastpath.chunk.Chunk;
import dev.braid.fastpath.counters.Counter;
import dev.braid.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * A slot of off-heap memory that holds one IP packet or super-packet, its metadata in front of it.
 *
 * <pre>
 *   slot   | metadata 128 | headroom 128 | data ........................ |
 *                         ^ room for a virtio header and for headers pushed in front
 * </pre>
 *
 * <p>A frame has one owner at a time. Whoever takes a frame either passes it on, {@linkplain #release() releases} it, or
 * {@linkplain #drop drops} it under a counter. A received frame is contiguous. A frame on its way out has a linear part with
 * the headers and, behind it, up to {@value #MAX_FRAGMENTS} fragments that refer to payload chunks.
 *
 * <p>Not thread-safe: a frame changes threads only through a ring, and goes home with {@link FramePool#comeHome}.
 */
public final class Frame {
    /** Bytes of metadata in front of the headroom. */
    public static final int METADATA_BYTES = 128;
    /** Bytes between the metadata and where data starts by default. */
    public static final int HEADROOM_BYTES = 128;
    /** The most fragments a frame can carry. */
    public static final int MAX_FRAGMENTS = 20;

    /** {@link #gsoType()}: one packet, as it is. */
    public static final int GSO_NONE = 0;
    /** {@link #gsoType()}: TCP over IPv4, to be cut every {@link #gsoSize()} payload bytes. */
    public static final int GSO_TCP4 = 1;
    /** {@link #gsoType()}: TCP over IPv6, to be cut every {@link #gsoSize()} payload bytes. */
    public static final int GSO_TCP6 = 2;
    /** {@link #gsoType()}: UDP, to be cut into datagrams of {@link #gsoSize()} bytes. */
    public static final int GSO_UDP = 3;

    /** {@link #checksumState()}: nothing is known; a receiver verifies, a sender has filled it in. */
    public static final int CHECKSUM_UNVERIFIED = 0;
    /** {@link #checksumState()}: the transport checksum was verified by the device. */
    public static final int CHECKSUM_VALID = 1;
    /** {@link #checksumState()}: the field holds the folded pseudo-header sum; the device completes it. */
    public static final int CHECKSUM_PARTIAL = 2;

    private static final int DATA = 0;
    private static final int ARRIVAL_NS = 8;
    private static final int LENGTH = 16;
    private static final int DEVICE = 20;
    private static final int FLOW_HASH = 24;
    private static final int REFERENCES = 28;
    private static final int FRAGMENT_BYTES = 32;
    private static final int FRAGMENT_COUNT = 36;
    private static final int TRANSPORT_OFFSET = 40;
    private static final int PAYLOAD_OFFSET = 44;
    private static final int CHECKSUM_STATE = 48;
    private static final int CHECKSUM_START = 52;
    private static final int CHECKSUM_OFFSET = 56;
    private static final int GSO_TYPE = 60;
    private static final int GSO_SIZE = 64;
    private static final int GSO_ECN = 68;
    /** Bits of the active extensions, then the number of their block: {@link FrameExtensions}'. */
    static final int EXTENSIONS = 72;

    static final int EXTENSION_BLOCK = 76;

    private static final int LINK_HEADER = 80;
    /** The fields' end; the rest of the metadata is not used yet. */
    private static final int FIELDS_END = 88;

    private final FramePool pool;
    private final long base;
    private final int slotBytes;
    private final FrameExtensions extensions;
    private @Nullable Frame sharedWith;
    private Chunk @Nullable [] fragmentChunks;
    private long @Nullable [] fragmentSpans;
    @Nullable Throwable takenAt;

    Frame(FramePool pool, long base, int slotBytes) {
        this.pool = pool;
        this.base = base;
        this.slotBytes = slotBytes;
        this.extensions = new FrameExtensions(pool, base);
    }

    /** Readies a slot that left the pool: one reference, no data, all else zero. */
    void taken() {
        Memory.putNative64(base + DATA, base + METADATA_BYTES + HEADROOM_BYTES);
        // So many that the compiler knows: ten stores and no loop.
        for (int field = DATA + Long.BYTES; field < FIELDS_END; field += Long.BYTES) {
            Memory.putNative64(base + field, 0);
        }
        Memory.putNative32(base + REFERENCES, 1);
    }

    /** The pool it belongs to. */
    public FramePool pool() {
        return pool;
    }

    /** Bytes of memory the frame pins: what budgets are charged. A clone pins its own slot and the one it shares. */
    public int trueSize() {
        Frame shared = sharedWith;
        return shared == null ? slotBytes : slotBytes + shared.slotBytes;
    }

    /** Whether it shares another frame's data, which nobody may write to then. */
    public boolean isClone() {
        return sharedWith != null;
    }

    /** True for a slot of the 64 KiB class. */
    public boolean isSuper() {
        return slotBytes > FramePool.MTU_SLOT_BYTES;
    }

    // Data.

    /** The address of the first byte of the IP packet. */
    public long data() {
        return Memory.nativeI64(base + DATA);
    }

    /** Bytes of the linear part. */
    public int linearLength() {
        return Memory.nativeI32(base + LENGTH);
    }

    /** Bytes of the whole packet: linear part and fragments. */
    public int length() {
        return Memory.nativeI32(base + LENGTH) + Memory.nativeI32(base + FRAGMENT_BYTES);
    }

    /** Bytes that fit behind {@link #data()} in the slot. */
    public int room() {
        return (int) (base + slotBytes - data());
    }

    /**
     * Says how many bytes of the slot are the packet.
     *
     * @throws FrameBoundsException when they do not fit
     */
    public void resize(int linearLength) {
        if (linearLength < 0 || linearLength > room()) {
            throw FrameBoundsException.INSTANCE;
        }
        Memory.putNative32(base + LENGTH, linearLength);
    }

    /**
     * Moves the start of the data, the end staying where it is.
     *
     * @param bytes added in front when positive, cut off when negative
     * @throws FrameBoundsException when headroom or data do not suffice
     */
    public void pushFront(int bytes) {
        long data = data() - bytes;
        int length = linearLength() + bytes;
        if (data < base + METADATA_BYTES || length < 0) {
            throw FrameBoundsException.INSTANCE;
        }
        Memory.putNative64(base + DATA, data);
        Memory.putNative32(base + LENGTH, length);
    }

    /** Whether {@code length} bytes at {@code offset} lie inside the linear part. */
    public boolean has(int offset, int length) {
        return (offset | length) >= 0 && offset <= linearLength() - length;
    }

    /**
     * The address of a span whose offset or length came from a packet.
     *
     * @throws FrameBoundsException when the span is not wholly inside the linear part
     */
    public long require(int offset, int length) {
        if (!has(offset, length)) {
            throw FrameBoundsException.INSTANCE;
        }
        return data() + offset;
    }

    // Fragments.

    /**
     * Adds payload behind the linear part without copying it; the frame takes a reference of its own.
     *
     * @throws IllegalStateException when the frame has {@value #MAX_FRAGMENTS} fragments
     */
    public void appendFragment(Chunk chunk, int offset, int length) {
        int count = fragmentCount();
        Chunk[] chunks = fragmentChunks;
        long[] spans = fragmentSpans;
        if (chunks == null || spans == null) {
            chunks = fragmentChunks = new Chunk[MAX_FRAGMENTS];
            spans = fragmentSpans = new long[MAX_FRAGMENTS * 2];
        }
        if (count == MAX_FRAGMENTS) {
            throw new IllegalStateException("a frame holds at most " + MAX_FRAGMENTS + " fragments");
        }
        chunk.retain();
        chunks[count] = chunk;
        spans[2 * count] = chunk.address() + offset;
        spans[2 * count + 1] = length;
        Memory.putNative32(base + FRAGMENT_COUNT, count + 1);
        Memory.putNative32(base + FRAGMENT_BYTES, Memory.nativeI32(base + FRAGMENT_BYTES) + length);
    }

    /** How many fragments follow the linear part. */
    public int fragmentCount() {
        return Memory.nativeI32(base + FRAGMENT_COUNT);
    }

    /** The address of fragment {@code index}, {@code 0 <= index < fragmentCount()}. */
    public long fragmentAddress(int index) {
        return spans()[2 * index];
    }

    /** The bytes of fragment {@code index}. */
    public int fragmentLength(int index) {
        return (int) spans()[2 * index + 1];
    }

    private long[] spans() {
        long[] spans = fragmentSpans;
        if (spans == null) {
            throw new IllegalStateException("the frame has no fragments");
        }
        return spans;
    }

    /** Copies the whole packet, linear part and fragments, to {@code to}, which has {@link #length()} bytes. */
    public void copyTo(long to) {
        copyTo(to, length());
    }

    /** Copies the packet's first {@code length} bytes, {@code 0 <= length <= length()}, to {@code to}. */
    public void copyTo(long to, int length) {
        int done = Math.min(linearLength(), length);
        Memory.copy(data(), to, done);
        for (int i = 0; done < length; i++) {
            int piece = Math.min(fragmentLength(i), length - done);
            Memory.copy(fragmentAddress(i), to + done, piece);
            done += piece;
        }
    }

    // Metadata.

    /** The index of the device it came from or is to leave by. */
    public int device() {
        return Memory.nativeI32(base + DEVICE);
    }

    /** Names the device. */
    public Frame device(int device) {
        Memory.putNative32(base + DEVICE, device);
        return this;
    }

    /** When it arrived, on the core's clock in nanoseconds. */
    public long arrivalNs() {
        return Memory.nativeI64(base + ARRIVAL_NS);
    }

    /** Stamps the arrival. */
    public Frame arrivalNs(long nowNs) {
        Memory.putNative64(base + ARRIVAL_NS, nowNs);
        return this;
    }

    /** The keyed hash of its flow, or 0. */
    public int flowHash() {
        return Memory.nativeI32(base + FLOW_HASH);
    }

    /** Stores the flow's hash. */
    public Frame flowHash(int hash) {
        Memory.putNative32(base + FLOW_HASH, hash);
        return this;
    }

    /** Bytes of a link layer's header right in front of {@link #data()}; 0 from and to devices that have none, such as a TUN. */
    public int linkHeaderLength() {
        return Memory.nativeI32(base + LINK_HEADER);
    }

    /** Says that the bytes in front of {@link #data()} are a link layer's header. */
    public Frame linkHeaderLength(int bytes) {
        Memory.putNative32(base + LINK_HEADER, bytes);
        return this;
    }

    /** Takes over the link header of a frame that this one is a copy or a part of; costs a test where there is none. */
    public void copyLinkHeader(Frame from) {
        int bytes = from.linkHeaderLength();
        if (bytes != 0) {
            Memory.copy(from.data() - bytes, data() - bytes, bytes);
            linkHeaderLength(bytes);
        }
    }

    /** Where the transport header starts, from {@link #data()}. */
    public int transportOffset() {
        return Memory.nativeI32(base + TRANSPORT_OFFSET);
    }

    /** Says where the transport header starts. */
    public Frame transportOffset(int offset) {
        Memory.putNative32(base + TRANSPORT_OFFSET, offset);
        return this;
    }

    /** Where the transport payload starts, from {@link #data()}. */
    public int payloadOffset() {
        return Memory.nativeI32(base + PAYLOAD_OFFSET);
    }

    /** Says where the transport payload starts. */
    public Frame payloadOffset(int offset) {
        Memory.putNative32(base + PAYLOAD_OFFSET, offset);
        return this;
    }

    /** {@link #CHECKSUM_UNVERIFIED}, {@link #CHECKSUM_VALID} or {@link #CHECKSUM_PARTIAL}. */
    public int checksumState() {
        return Memory.nativeI32(base + CHECKSUM_STATE);
    }

    /** Says what is known of the transport checksum. */
    public Frame checksumState(int state) {
        Memory.putNative32(base + CHECKSUM_STATE, state);
        return this;
    }

    /** Leaves the transport checksum to the device: summed from {@code start}, stored {@code offset} bytes behind it. */
    public Frame partialChecksum(int start, int offset) {
        Memory.putNative32(base + CHECKSUM_STATE, CHECKSUM_PARTIAL);
        Memory.putNative32(base + CHECKSUM_START, start);
        Memory.putNative32(base + CHECKSUM_OFFSET, offset);
        return this;
    }

    /** Where a partial checksum starts summing, from {@link #data()}. */
    public int checksumStart() {
        return Memory.nativeI32(base + CHECKSUM_START);
    }

    /** Where a partial checksum is stored, from {@link #checksumStart()}. */
    public int checksumOffset() {
        return Memory.nativeI32(base + CHECKSUM_OFFSET);
    }

    /** {@link #GSO_NONE}, {@link #GSO_TCP4}, {@link #GSO_TCP6} or {@link #GSO_UDP}. */
    public int gsoType() {
        return Memory.nativeI32(base + GSO_TYPE);
    }

    /** Payload bytes of each packet that a super-packet stands for; 0 when it is one packet. */
    public int gsoSize() {
        return Memory.nativeI32(base + GSO_SIZE);
    }

    /** Makes this a super-packet. */
    public Frame gso(int type, int size) {
        Memory.putNative32(base + GSO_TYPE, type);
        Memory.putNative32(base + GSO_SIZE, size);
        return this;
    }

    /** Whether the super-packet's first packet alone carries CWR (RFC 3168, virtio's GSO_ECN bit). */
    public boolean gsoEcn() {
        return Memory.nativeI32(base + GSO_ECN) != 0;
    }

    /** Marks a super-packet whose first packet alone carries CWR. */
    public Frame gsoEcn(boolean ecn) {
        Memory.putNative32(base + GSO_ECN, ecn ? 1 : 0);
        return this;
    }

    // Extensions.

    /** Whether any extension is active: the one test a frame without extensions pays. */
    public boolean hasExtensions() {
        return Memory.nativeI32(base + EXTENSIONS) != 0;
    }

    /** What was attached to it for those who need more than the metadata. */
    public FrameExtensions extensions() {
        return extensions;
    }

    // Ownership.

    /** References held to this slot; more than one only while clones share its data. */
    public int references() {
        return Memory.nativeI32(base + REFERENCES);
    }

    /** Whether somebody else reads the data too, so that it must not be written to. */
    public boolean isShared() {
        return sharedWith != null || references() > 1;
    }

    /** Takes one more reference, for a clone or a queue that shares the data. */
    public void retain() {
        Memory.putNative32(base + REFERENCES, references() + 1);
    }

    /**
     * Gives the frame up. The last reference frees its extensions and fragments and sends the slot home. On a thread that does
     * not own the pool the frame goes home first and is given up there.
     */
    public void release() {
        if (!pool.countsHere()) {
            pool.comeHome(this);
            return;
        }
        int left = references() - 1;
        if (left < 0) {
            throw new IllegalStateException("a frame was released more often than taken");
        }
        Memory.putNative32(base + REFERENCES, left);
        if (left == 0) {
            clear();
            pool.giveBack(this);
        }
    }

    /** Gives the frame up for a reason that is counted. */
    public void drop(Counter reason) {
        reason.increment();
        release();
    }

    private void clear() {
        int fragments = fragmentCount();
        Chunk[] chunks = fragmentChunks;
        if (fragments > 0 && chunks != null) {
            for (int i = 0; i < fragments; i++) {
                chunks[i].release();
            }
            Memory.putNative32(base + FRAGMENT_COUNT, 0);
            Memory.putNative32(base + FRAGMENT_BYTES, 0);
        }
        if (hasExtensions()) {
            extensions.release();
        }
        Frame shared = sharedWith;
        if (shared != null) {
            sharedWith = null;
            shared.release();
        }
    }

    /**
     * Makes this fresh frame a read-only clone: own metadata, shared data, shared extensions. Fragments are referenced too.
     */
    void cloneOf(Frame original) {
        Frame holder = original.sharedWith == null ? original : original.sharedWith;
        holder.retain();
        sharedWith = holder;
        Memory.copy(original.base, base, METADATA_BYTES);
        Memory.putNative32(base + REFERENCES, 1);
        Memory.putNative32(base + EXTENSIONS, 0);
        Memory.putNative32(base + FRAGMENT_COUNT, 0);
        Memory.putNative32(base + FRAGMENT_BYTES, 0);
        Chunk[] chunks = original.fragmentChunks;
        for (int i = 0, n = original.fragmentCount(); i < n && chunks != null; i++) {
            Chunk chunk = chunks[i];
            appendFragment(chunk, (int) (original.fragmentAddress(i) - chunk.address()), original.fragmentLength(i));
        }
        extensions.share(original.extensions);
    }

    @Override
    public String toString() {
        return "frame of " + length() + " bytes, device " + device() + ", references " + references();
    }
}
