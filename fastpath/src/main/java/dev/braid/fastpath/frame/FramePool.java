package dev.braid.fastpath.frame;

import dev.braid.fastpath.memory.Memory;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one owner: two slot sizes, a free list each, grown by slabs up to a limit.
 *
 * <p>Only the owner's thread takes and releases. A frame that ended its way on another thread {@linkplain #comeHome comes
 * home} through a lock-free queue. Where one thread receives and another runs the protocol, a pool has {@linkplain
 * #belongTo two owners}: the receiver takes, the protocol counts references and frees, and free slots go back through a ring.
 */
public final class FramePool {
    /** Bytes of a slot of the MTU class: metadata, headroom and a 1,500-byte packet with room to spare. */
    public static final int MTU_SLOT_BYTES = 2048;
    /** Bytes of a slot of the 64 KiB class: metadata, headroom and 65,536 bytes of data. */
    public static final int SUPER_SLOT_BYTES = Frame.METADATA_BYTES + Frame.HEADROOM_BYTES + 65_536;
    /** Data bytes that fit a slot of the MTU class behind the default headroom. */
    public static final int MTU_ROOM = MTU_SLOT_BYTES - Frame.METADATA_BYTES - Frame.HEADROOM_BYTES;

    private static final int MTU_SLAB = 256;
    private static final int SUPER_SLAB = 16;
    /** Frames that carry extensions are on their way or newly received, and so never as many as queues can hold. */
    private static final int MAX_EXTENSIONS = 16_384;

    private final Arena arena;
    private final boolean tracking;
    private final FreeList mtu;
    private final FreeList large;
    private final ExtensionBlocks extensions;
    private final MpscAtomicArrayQueue<Frame> homecoming;
    private final SpscAtomicArrayQueue<Frame> returning;
    private @Nullable PoolOwners owners;

    /**
     * An empty pool.
     *
     * @param arena owns the memory and outlives every frame
     * @param maxMtuFrames the most slots of the MTU class
     * @param maxSuperFrames the most slots of the 64 KiB class
     * @param tracking remember who took each frame, for leak reports in tests
     */
    public FramePool(Arena arena, int maxMtuFrames, int maxSuperFrames, boolean tracking) {
        this(
                arena,
                maxMtuFrames,
                maxSuperFrames,
                tracking,
                new ExtensionBlocks(arena, Math.min(maxMtuFrames, MAX_EXTENSIONS)));
    }

    private FramePool(
            Arena arena, int maxMtuFrames, int maxSuperFrames, boolean tracking, ExtensionBlocks extensions) {
        this.arena = arena;
        this.tracking = tracking;
        this.mtu = new FreeList(MTU_SLOT_BYTES, MTU_SLAB, maxMtuFrames);
        this.large = new FreeList(SUPER_SLOT_BYTES, SUPER_SLAB, maxSuperFrames);
        this.extensions = extensions;
        this.homecoming = new MpscAtomicArrayQueue<>(maxMtuFrames + maxSuperFrames);
        this.returning = new SpscAtomicArrayQueue<>(maxMtuFrames + maxSuperFrames);
    }

    /**
     * An empty pool for a thread that receives for, or transmits after, this pool's owner: the two share their extension
     * blocks, which only the owner's thread touches.
     *
     * @param maxMtuFrames the most slots of the MTU class
     * @param maxSuperFrames the most slots of the 64 KiB class
     */
    public FramePool sibling(int maxMtuFrames, int maxSuperFrames) {
        return new FramePool(arena, maxMtuFrames, maxSuperFrames, tracking, extensions);
    }

    /**
     * Names the threads that own the pool; from then on a release on any other thread sends the frame home by itself. Called
     * while no other thread uses the pool.
     *
     * @param owners {@code null} when whoever uses the pool owns it
     */
    public void belongTo(@Nullable PoolOwners owners) {
        this.owners = owners;
    }

    /** An empty frame of the MTU class that the caller owns, or {@code null} when the limit is reached. */
    public @Nullable Frame takeMtu() {
        return take(mtu);
    }

    /** An empty frame of the 64 KiB class that the caller owns, or {@code null} when the limit is reached. */
    public @Nullable Frame takeSuper() {
        return take(large);
    }

    /** An empty frame with room for {@code bytes}, or {@code null} when the limit of its class is reached. */
    public @Nullable Frame take(int bytes) {
        return take(bytes <= MTU_ROOM ? mtu : large);
    }

    private @Nullable Frame take(FreeList list) {
        if (list.count == 0) {
            takeBack();
        }
        Frame frame = list.pop();
        if (frame != null) {
            frame.taken();
            frame.takenAt = tracking ? new Throwable("frame taken here") : null;
        }
        return frame;
    }

    /**
     * A frame with metadata of its own that shares the original's data, fragments and extensions; it must not be written to,
     * but extensions may be (they are copied then). Returns {@code null} when no slot is left.
     */
    public @Nullable Frame cloneOf(Frame original) {
        Frame clone = takeMtu();
        if (clone != null) {
            clone.cloneOf(original);
        }
        return clone;
    }

    /** A frame whose last user was on another thread: takes it over and frees it on the owner's. Any thread. */
    public void comeHome(Frame frame) {
        if (!homecoming.offer(frame)) {
            throw new IllegalStateException("more frames came home than exist");
        }
    }

    /** Frees the frames that came home. Counting owner's thread, once a duty cycle. */
    public int welcomeHome() {
        int count = 0;
        for (Frame frame = homecoming.poll(); frame != null; frame = homecoming.poll()) {
            frame.release();
            count++;
        }
        return count;
    }

    /** Whether this thread may count the references of the pool's frames. */
    boolean countsHere() {
        PoolOwners present = owners;
        return present == null || present.countsHere() || present.takesHere();
    }

    void giveBack(Frame frame) {
        frame.takenAt = null;
        PoolOwners present = owners;
        if (present == null || !present.areTwo() || present.takesHere()) {
            push(frame);
        } else {
            returning.offer(frame);
        }
    }

    private void takeBack() {
        for (Frame frame = returning.poll(); frame != null; frame = returning.poll()) {
            push(frame);
        }
        PoolOwners present = owners;
        if (present == null || !present.areTwo()) {
            welcomeHome();
        }
    }

    private void push(Frame frame) {
        (frame.isSuper() ? large : mtu).push(frame);
    }

    ExtensionBlocks extensionBlocks() {
        return extensions;
    }

    /** Frames that are out now. */
    public int inUse() {
        return mtu.made.size() - mtu.count + large.made.size() - large.count - returning.size();
    }

    /** Extension blocks that are out now. */
    public int extensionsInUse() {
        return extensions.inUse();
    }

    /** Bytes of memory the pool holds, in use or not. */
    public long bytesHeld() {
        return (long) mtu.made.size() * MTU_SLOT_BYTES + (long) large.made.size() * SUPER_SLOT_BYTES;
    }

    /** The most bytes of memory that frames of one class can take up, whichever class it is. */
    public long bytesOfEachClass() {
        return Math.min((long) mtu.max * MTU_SLOT_BYTES, (long) large.max * SUPER_SLOT_BYTES);
    }

    /** What each frame that is out is, and where it was taken if the pool tracks. */
    public List<String> leaks() {
        var found = new ArrayList<String>();
        mtu.report(found);
        large.report(found);
        return found;
    }

    /** One slot size: every slot made so far and a stack of the free ones. */
    private final class FreeList {
        final int slotBytes;
        final int slab;
        final int max;
        final List<Frame> made = new ArrayList<>();
        final Frame[] free;
        int count;

        FreeList(int slotBytes, int slab, int max) {
            this.slotBytes = slotBytes;
            this.slab = slab;
            this.max = max;
            this.free = new Frame[max];
        }

        @Nullable
        Frame pop() {
            if (count == 0) {
                grow();
            }
            return count == 0 ? null : free[--count];
        }

        void push(Frame frame) {
            free[count++] = frame;
        }

        private void grow() {
            int more = Math.min(slab, max - made.size());
            if (more <= 0) {
                return;
            }
            long address = Memory.allocate(arena, (long) more * slotBytes, 64);
            for (int i = 0; i < more; i++) {
                Frame frame = new Frame(FramePool.this, address + (long) i * slotBytes, slotBytes);
                made.add(frame);
                free[count++] = frame;
            }
        }

        void report(List<String> found) {
            for (Frame frame : made) {
                if (frame.references() > 0) {
                    var text = new StringBuilder(frame.toString());
                    Throwable at = frame.takenAt;
                    if (at != null) {
                        for (StackTraceElement element : at.getStackTrace()) {
                            text.append("\n    at ").append(element);
                        }
                    }
                    found.add(text.toString());
                }
            }
        }
    }
}
