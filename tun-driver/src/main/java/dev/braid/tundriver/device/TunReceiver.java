package dev.braid.tundriver.device;

import dev.braid.fastpath.frame.Frame;
import dev.braid.fastpath.frame.FramePool;
import dev.braid.fastpath.memory.Memory;
import dev.braid.fastpath.offload.VirtioHeader;
import dev.braid.fastpath.offload.VirtioVerdict;
import dev.braid.tundriver.sys.IoVector;
import dev.braid.tundriver.tun.TunQueue;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Reads one queue into frames. Each read is scattered over a frame of the MTU class and, behind it, one of the 64 KiB
 * class: a packet that fits the first leaves the second for the next read; one that spills is made whole in the second by
 * copying its beginning there.
 *
 * <p>With no frame left, packets go into scratch memory and are dropped: left in the queue they would wake the sleeping
 * thread over and over. With small frames left but no large one, only super-frames are dropped, so that acknowledgements,
 * which free memory, still get through. Receiving thread only; allocation-free.
 */
final class TunReceiver {
    private static final int SUPER_ROOM = FramePool.SUPER_SLOT_BYTES - Frame.METADATA_BYTES - Frame.HEADROOM_BYTES;
    private static final int SPILL_ROOM = SUPER_ROOM - FramePool.MTU_ROOM;

    private final TunQueue queue;
    private final FramePool frames;
    private final TunCounters counters;
    private final Preamble preamble;
    private final IoVector pieces;
    private final long scratch;
    private final VirtioHeader header = new VirtioHeader();
    private @Nullable Frame small;
    private @Nullable Frame large;

    TunReceiver(Arena arena, TunQueue queue, Preamble preamble, FramePool frames, TunCounters counters) {
        this.preamble = preamble;
        this.queue = queue;
        this.frames = frames;
        this.counters = counters;
        this.pieces = new IoVector(arena, 2);
        this.scratch = Memory.allocate(arena, preamble.length() + SUPER_ROOM, 64);
    }

    /** Reads one packet: its bytes with the virtio header, or a negative error number. */
    int read() {
        Frame first = small;
        if (first == null) {
            first = frames.takeMtu();
            small = first;
        }
        if (first == null) {
            return queue.receive(scratch, preamble.length() + SUPER_ROOM);
        }
        Frame second = large;
        if (second == null) {
            second = frames.takeSuper();
            large = second;
        }
        long spill = second == null ? scratch : second.data() + FramePool.MTU_ROOM;
        pieces.clear();
        // The headers land in the headroom.
        pieces.add(first.data() - preamble.length(), preamble.length() + FramePool.MTU_ROOM);
        pieces.add(spill, SPILL_ROOM);
        return queue.receive(pieces);
    }

    /**
     * The frame that the last {@link #read} filled; the caller owns it.
     *
     * @param bytes what the read answered, not negative
     * @return null when the packet was dropped, which has been counted
     */
    @Nullable
    Frame frame(int bytes) {
        Frame first = small;
        if (first == null) {
            counters.receiveNoFrame.increment();
            return null;
        }
        int length = bytes - preamble.length();
        if (length <= 0) {
            counters.runt().increment();
            return null;
        }
        long virtio = first.data() - preamble.length();
        Frame frame = length <= FramePool.MTU_ROOM ? takeSmall() : takeLarge(length);
        if (frame == null) {
            counters.receiveNoFrame.increment();
            return null;
        }
        frame.resize(length);
        frame.linkHeaderLength(preamble.link());
        preamble.fromLinkToPacket(virtio);
        VirtioVerdict verdict = header.read(virtio, frame);
        if (verdict != VirtioVerdict.ACCEPTED) {
            frame.drop(counters.malformed(verdict));
            return null;
        }
        return frame;
    }

    private @Nullable Frame takeSmall() {
        Frame taken = small;
        small = null;
        return taken;
    }

    /** The large frame with the beginning of the packet, which lies in the small one, put in front of the spill. */
    private @Nullable Frame takeLarge(int length) {
        Frame first = small;
        Frame taken = large;
        if (first == null || taken == null || length > SUPER_ROOM) {
            return null;
        }
        int link = preamble.link();
        Memory.copy(first.data() - link, taken.data() - link, link + FramePool.MTU_ROOM);
        large = null;
        return taken;
    }

    /** Releases the frames that wait for the next read. */
    void close() {
        Frame first = small;
        Frame second = large;
        small = null;
        large = null;
        if (first != null) {
            first.release();
        }
        if (second != null) {
            second.release();
        }
    }
}
